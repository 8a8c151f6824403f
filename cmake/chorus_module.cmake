# One declaration per module and one per test program.
#
#   chorus_add_module(NAME transport
#     HEADERS transport.hpp           what other modules and users may include
#     SOURCES transport.cpp           everything compiled
#     LINKS chorus::runtime           what users of the module link as well
#     PRIVATE_LINKS chorus::zeromq)   what only the module itself uses
#
# gives the target chorus::transport. A public header `runtime/transport/transport.hpp` is included
# as <chorus/runtime/transport/transport.hpp>, here through generated forwarding headers and where
# chorus is installed through the same path. A header that is not listed cannot be reached from
# another module. The module is static, or shared with BUILD_SHARED_LIBS; a component of find_package(chorus).
# Names with `.` become folders of output and labels: `actors`, `runtime.link`.

function(chorus_add_module)
  cmake_parse_arguments(ARG "" "NAME" "HEADERS;SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  set(target chorus_${ARG_NAME})
  if(ARG_SOURCES)
    add_library(${target} ${ARG_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:chorus_build_flags>)
    if(chorus::caf IN_LIST ARG_LINKS)
      chorus_precompile(${target} actors)
    else()
      chorus_precompile(${target} library)
    endif()
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(chorus::${ARG_NAME} ALIAS ${target})
  # Until 1.0, a minor version may change what a library offers. No symbol tells a shared build from a static one, so
  # that the same objects make both.
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${ARG_NAME} DEFINE_SYMBOL ""
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  target_compile_features(${target} ${scope} cxx_std_20)
  target_link_libraries(${target} ${scope} ${ARG_LINKS})
  if(ARG_PRIVATE_LINKS)
    target_link_libraries(${target} PRIVATE ${ARG_PRIVATE_LINKS})
  endif()

  set(forward_root "${PROJECT_BINARY_DIR}/forward/${ARG_NAME}")
  foreach(header IN LISTS ARG_HEADERS)
    set(source "${CMAKE_CURRENT_SOURCE_DIR}/${header}")
    file(RELATIVE_PATH path "${PROJECT_SOURCE_DIR}" "${source}")
    # By a relative path, so that ccache knows the same sources again in another checkout.
    get_filename_component(folder "${forward_root}/chorus/${path}" DIRECTORY)
    file(REAL_PATH "${folder}" real_folder)
    file(REAL_PATH "${source}" real_source)
    file(RELATIVE_PATH way "${real_folder}" "${real_source}")
    file(CONFIGURE OUTPUT "${forward_root}/chorus/${path}" CONTENT "#include \"${way}\"\n" @ONLY)
    set_property(GLOBAL APPEND PROPERTY CHORUS_PUBLIC_HEADERS "${path}")
  endforeach()
  target_include_directories(${target} ${scope}
    $<BUILD_INTERFACE:${forward_root}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  if(CHORUS_INSTALL)
    chorus_install_module(${ARG_NAME}
      HEADERS ${ARG_HEADERS} LINKS ${ARG_LINKS} PRIVATE_LINKS ${ARG_PRIVATE_LINKS})
  endif()
endfunction()

# chorus_add_test(NAME runtime.clocks SOURCES lamport_clock.test.cpp ... LINKS chorus::runtime LABELS unit)
#
# One GoogleTest program; each of its tests becomes a CTest test named `NAME.Suite.Test`.
# LABELS: unit (pure, milliseconds), scenario (transcripts), integration (sockets, processes), lint. Tests that are no
# GoogleTest programs have `campaign` (tests/simulation), `fuzz` (chorus_fuzzer.cmake) or one of these.
# PROCESSORS: how many cores each test keeps busy, 1 unless said; TIMEOUT: seconds, 120 unless said.
function(chorus_add_test)
  cmake_parse_arguments(ARG "" "NAME;TIMEOUT;PROCESSORS" "SOURCES;LINKS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(NOT ARG_PROCESSORS)
    set(ARG_PROCESSORS 1)
  endif()
  set(target test_${ARG_NAME})
  add_executable(${target} ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE
    ${ARG_LINKS} chorus_build_flags chorus_test_flags GTest::gtest GTest::gmock GTest::gtest_main)
  if(ARG_LINKS MATCHES "chorus::(actors|program)")
    chorus_precompile(${target} node_test)
  else()
    chorus_precompile(${target} test)
  endif()
  gtest_discover_tests(${target} TEST_PREFIX "${ARG_NAME}." DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT} PROCESSORS ${ARG_PROCESSORS})
endfunction()
