message(FATAL_ERROR "chorus looked for cppzmq by a module of the project")
