# A project that has a node in a process of its own kind, on a machine without CLI11: chorus::actors needs no command
# line, and a node leaves the process alone.

include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")

configure(embedded "-DCMAKE_BUILD_TYPE=${BUILD_TYPE}" "-DCMAKE_PREFIX_PATH=${prefix}"
  -DCMAKE_DISABLE_FIND_PACKAGE_CLI11=ON)
build(embedded)
run("run embedded" "${WORK_DIR}/embedded/embedded")
