# Programs that are compiled by hand, as `g++ main.cpp $(pkg-config --cflags --libs chorus)`.

include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")

find_program(PKG_CONFIG pkg-config REQUIRED)
set(ENV{PKG_CONFIG_PATH} "${prefix}/lib/pkgconfig")
separate_arguments(FLAGS)
file(MAKE_DIRECTORY "${WORK_DIR}/pkgconfig")

foreach(program_of_module IN ITEMS "installed/pure:chorus-runtime" "embedded/embedded:chorus-actors"
    "installed/opens:chorus")
  string(REPLACE ":" ";" parts "${program_of_module}")
  list(GET parts 0 source)
  get_filename_component(program "${source}" NAME)
  list(GET parts 1 module)
  run("ask pkg-config for ${module}" "${PKG_CONFIG}" --cflags --libs ${module})
  string(STRIP "${output}" output)
  separate_arguments(output)
  set(executable "${WORK_DIR}/pkgconfig/${program}")
  run("compile ${program}" "${COMPILER}" ${FLAGS} "${CMAKE_CURRENT_LIST_DIR}/${source}.cpp" -o "${executable}"
    ${output})
  set(ENV{LD_LIBRARY_PATH} "${prefix}/lib")
  run("run ${program}" "${executable}")
endforeach()

# Every module has its file, and names nothing that is not there.
file(GLOB files "${prefix}/lib/pkgconfig/chorus*.pc")
foreach(file IN LISTS files)
  get_filename_component(module "${file}" NAME_WLE)
  run("ask pkg-config for ${module}" "${PKG_CONFIG}" --cflags --libs ${module})
endforeach()
