# A project with find modules of its own for what chorus stands on. They find something else.

include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")

configure(own_modules "-DCMAKE_PREFIX_PATH=${prefix}")
