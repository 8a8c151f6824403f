# For the scripts of this folder; CMakeLists.txt sets the variables.

cmake_minimum_required(VERSION 3.25)

set(prefix "${WORK_DIR}/prefix")

# The builds of chorus in these tests compile the same sources: where ccache is installed, it compiles them once.
set(ENV{CCACHE_BASEDIR} "${CHORUS_SOURCE_DIR}")

# run("build it" COMMAND...): fails with what the command printed; leaves it in `output`.
function(run description)
  message(STATUS "${description}")
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE printed ERROR_VARIABLE printed)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${description}: failed (${status})\n${printed}")
  endif()
  set(output "${printed}" PARENT_SCOPE)
endfunction()

# configure(PROJECT [-D...]): the project in that folder, to WORK_DIR/PROJECT. Nothing of an earlier run may help.
function(configure project)
  file(REMOVE_RECURSE "${WORK_DIR}/${project}")
  run("configure ${project}" "${CMAKE_COMMAND}" -S "${CMAKE_CURRENT_LIST_DIR}/${project}" -B "${WORK_DIR}/${project}"
    -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${FLAGS}" ${ARGN})
endfunction()

function(build project)
  run("build ${project}" "${CMAKE_COMMAND}" --build "${WORK_DIR}/${project}" --parallel 2 ${ARGN})
endfunction()
