message(FATAL_ERROR "chorus looked for Sodium by a module of the project")
