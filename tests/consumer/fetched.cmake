# A project that gets chorus by FetchContent, builds it shared and without what is not pure, and installs a part of it;
# and one that uses that.

include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")

set(shared_prefix "${WORK_DIR}/fetched_prefix")
file(REMOVE_RECURSE "${shared_prefix}")
configure(fetched "-DFETCHCONTENT_SOURCE_DIR_CHORUS=${CHORUS_SOURCE_DIR}" "-DCMAKE_INSTALL_PREFIX=${shared_prefix}"
  -DCMAKE_DISABLE_FIND_PACKAGE_CAF=ON -DCMAKE_DISABLE_FIND_PACKAGE_ZeroMQ=ON -DCMAKE_DISABLE_FIND_PACKAGE_Sodium=ON
  -DCMAKE_DISABLE_FIND_PACKAGE_spdlog=ON -DCMAKE_DISABLE_FIND_PACKAGE_CLI11=ON)
build(fetched --target encoded)
foreach(component IN ITEMS chorus_package chorus_runtime chorus_codec)
  run("install ${component}" "${CMAKE_COMMAND}" --install "${WORK_DIR}/fetched" --component ${component})
endforeach()
if(NOT EXISTS "${shared_prefix}/lib/libchorus_codec.so" OR EXISTS "${shared_prefix}/lib/libchorus_codec.a")
  message(FATAL_ERROR "BUILD_SHARED_LIBS did not make shared libraries")
endif()

configure(shared "-DCMAKE_PREFIX_PATH=${shared_prefix}")
build(shared)
run("run a program with shared libraries" "${WORK_DIR}/shared/encoded")

# A library says by which name it is found, and finds the others beside itself, wherever the tree is.
find_program(READELF readelf REQUIRED)
run("read the dynamic section" "${READELF}" --dynamic "${shared_prefix}/lib/libchorus_codec.so")
foreach(entry IN ITEMS "soname: [libchorus_codec.so.${CHORUS_ABI}]" "runpath: [$ORIGIN]")
  string(FIND "${output}" "${entry}" position)
  if(position EQUAL -1)
    message(FATAL_ERROR "libchorus_codec.so has no '${entry}':\n${output}")
  endif()
endforeach()
