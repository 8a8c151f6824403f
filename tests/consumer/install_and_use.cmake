# Installs a build of chorus and uses it from the project beside this file; see CMakeLists.txt for the variables.

cmake_minimum_required(VERSION 3.25)

set(prefix "${WORK_DIR}/prefix")
set(build "${WORK_DIR}/build")

function(run what)
  message(STATUS "${what}")
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${what}: failed (${status})\n${output}")
  endif()
endfunction()

# Nothing of an earlier run may help this one.
file(REMOVE_RECURSE "${WORK_DIR}")

run("install chorus" "${CMAKE_COMMAND}" --install "${CHORUS_BINARY_DIR}" --prefix "${prefix}")

# What a module lists as public is installed, and no other header of the modules.
file(STRINGS "${PUBLIC_HEADERS}" public_headers)
foreach(header IN LISTS public_headers)
  if(NOT EXISTS "${prefix}/include/chorus/${header}")
    message(FATAL_ERROR "public, but not installed: ${header}")
  endif()
endforeach()

set(private_headers 0)
foreach(folder IN ITEMS runtime membership consensus broadcast simulation actors operations)
  file(GLOB_RECURSE headers RELATIVE "${CHORUS_SOURCE_DIR}" "${CHORUS_SOURCE_DIR}/${folder}/*.hpp")
  list(REMOVE_ITEM headers ${public_headers})
  foreach(header IN LISTS headers)
    math(EXPR private_headers "${private_headers} + 1")
    if(EXISTS "${prefix}/include/chorus/${header}")
      message(FATAL_ERROR "installed, but not public: ${header}")
    endif()
  endforeach()
endforeach()
if(private_headers EQUAL 0)
  message(FATAL_ERROR "there is no private header to look for: this check has lost its subject")
endif()

run("configure a project that uses it" "${CMAKE_COMMAND}" -S "${CMAKE_CURRENT_LIST_DIR}/project" -B "${build}"
  -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_BUILD_TYPE=${BUILD_TYPE}" "-DCMAKE_CXX_FLAGS=${FLAGS}"
  "-DCMAKE_PREFIX_PATH=${prefix}" "-DCHORUS_INCLUDE_DIR=${prefix}/include")
run("build it" "${CMAKE_COMMAND}" --build "${build}" --parallel 2)
run("run its pure program" "${build}/pure")
run("run its simulated protocol" "${build}/simulated")
run("run its node" "${build}/node")
