# A project that has chorus as a subdirectory, and keeps its own settings.

include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")

configure(subdirectory "-DCHORUS_SOURCE_DIR=${CHORUS_SOURCE_DIR}")
build(subdirectory --target counter)
run("run its program" "${WORK_DIR}/subdirectory/counter")
