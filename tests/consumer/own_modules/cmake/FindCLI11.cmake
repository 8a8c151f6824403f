message(FATAL_ERROR "chorus looked for CLI11 by a module of the project")
