message(FATAL_ERROR "chorus looked for spdlog by a module of the project")
