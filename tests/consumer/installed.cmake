# A project outside of chorus that only does find_package(chorus).

include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")

configure(installed "-DCMAKE_BUILD_TYPE=${BUILD_TYPE}" "-DCMAKE_PREFIX_PATH=${prefix}"
  "-DCHORUS_INCLUDE_DIR=${prefix}/include" "-DCHORUS_README=${prefix}/share/doc/chorus/README.md")
build(installed)
foreach(program IN ITEMS pure simulated node)
  run("run ${program}" "${WORK_DIR}/installed/${program}")
endforeach()
run("run the example of the README" "${WORK_DIR}/installed/example" --help)
