message(FATAL_ERROR "chorus looked for cereal by a module of the project")
