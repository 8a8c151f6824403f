# One declaration per fuzz target.
#
#   chorus_add_fuzzer(NAME codec.decode
#     SOURCES decode.fuzz.cpp         defines LLVMFuzzerTestOneInput
#     LINKS chorus::codec
#     CORPUS corpus                   a folder of seeds, kept in the repository
#     RUNS 200000)                    inputs of the brief run in the suite (default)
#
# gives the program fuzz_NAME and a CTest test `fuzz.NAME` with the label `fuzz`. With CHORUS_BUILD_FUZZERS
# (preset `fuzz`, clang) the program is a libFuzzer: run it by hand for as long as you like,
#
#   build/fuzz/tests/codec/fuzz/fuzz_codec.decode -max_total_time=3600 my_corpus tests/codec/fuzz/corpus
#
# Otherwise tests/fuzz_main.cpp runs the seeds and deterministic mutations of them, with any compiler.

if(NOT CHORUS_BUILD_FUZZERS)
  add_library(chorus_fuzz_main OBJECT "${PROJECT_SOURCE_DIR}/tests/fuzz_main.cpp")
  target_link_libraries(chorus_fuzz_main PRIVATE chorus::runtime chorus_build_flags)
  chorus_precompile(chorus_fuzz_main library)
endif()

function(chorus_add_fuzzer)
  cmake_parse_arguments(ARG "" "NAME;CORPUS;RUNS" "SOURCES;LINKS" ${ARGN})
  if(NOT ARG_RUNS)
    set(ARG_RUNS 200000)
  endif()
  set(target fuzz_${ARG_NAME})
  set(seeds "${CMAKE_CURRENT_SOURCE_DIR}/${ARG_CORPUS}")
  add_executable(${target} ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE ${ARG_LINKS} chorus_build_flags)
  chorus_precompile(${target} program)
  if(CHORUS_BUILD_FUZZERS)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    # libFuzzer writes what it finds to the first folder.
    set(found "${CMAKE_CURRENT_BINARY_DIR}/found_${ARG_NAME}")
    file(MAKE_DIRECTORY "${found}")
    set(arguments -max_total_time=20 "${found}" "${seeds}")
  else()
    target_link_libraries(${target} PRIVATE chorus_fuzz_main chorus::runtime)
    set(arguments "${seeds}")
  endif()
  add_test(NAME fuzz.${ARG_NAME} COMMAND ${target} -runs=${ARG_RUNS} ${arguments})
  set_tests_properties(fuzz.${ARG_NAME} PROPERTIES LABELS fuzz TIMEOUT 300)
endfunction()
