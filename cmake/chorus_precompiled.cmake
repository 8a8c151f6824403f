# Headers that many sources include are parsed once: the standard library's, CAF's, GoogleTest's, and none of
# chorus', so that a change of one of those rebuilds no more than what includes it. A source still includes all that
# it uses; presets without precompiled headers (asan-ubsan, fuzz) find what is missing
# (docs/decisions/0024-build-time.md).
#
#   chorus_precompile(chorus_runtime library)
#
# SET is what the target's sources include, and how they are compiled: headers are precompiled for equal flags only.
#
#   library   modules: the standard library
#   actors    modules of actors: CAF as well
#   program   programs with the optimisation of the build: the standard library
#   test      test programs: the standard library and GoogleTest
#   node_test test programs with actors: CAF as well

set(chorus_standard_headers
  <algorithm> <array> <chrono> <cstddef> <cstdint> <functional> <map> <memory> <optional> <set> <span> <string>
  <string_view> <tuple> <utility> <variant> <vector>)
set(chorus_caf_headers
  <caf/actor.hpp> <caf/actor_cast.hpp> <caf/actor_system.hpp> <caf/actor_system_config.hpp> <caf/error.hpp>
  <caf/event_based_actor.hpp> <caf/mailbox_element.hpp> <caf/message.hpp> <caf/send.hpp>)
set(chorus_test_headers <gmock/gmock.h> <gtest/gtest.h>)

# Declares the target on whose behalf the headers of SET are precompiled, when the first target wants them.
function(chorus_declare_precompiled set)
  set(source "${PROJECT_BINARY_DIR}/precompiled/${set}.cpp")
  file(CONFIGURE OUTPUT "${source}" CONTENT "int main() {} // a target needs a source\n")
  if(set MATCHES "library|actors")
    add_library(chorus_precompiled_${set} OBJECT EXCLUDE_FROM_ALL "${source}")
  else()
    add_executable(chorus_precompiled_${set} EXCLUDE_FROM_ALL "${source}")
  endif()
  target_link_libraries(chorus_precompiled_${set} PRIVATE chorus_build_flags)
  target_precompile_headers(chorus_precompiled_${set} PRIVATE ${chorus_standard_headers})
  if(set MATCHES "actors|node_test")
    target_link_libraries(chorus_precompiled_${set} PRIVATE chorus::caf)
    target_precompile_headers(chorus_precompiled_${set} PRIVATE ${chorus_caf_headers})
  endif()
  if(set MATCHES "test")
    target_link_libraries(chorus_precompiled_${set} PRIVATE chorus_test_flags GTest::gtest GTest::gmock)
    target_precompile_headers(chorus_precompiled_${set} PRIVATE ${chorus_test_headers})
  endif()
endfunction()

function(chorus_precompile target set)
  if(NOT CHORUS_PRECOMPILED_HEADERS OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    return()
  endif()
  if(NOT TARGET chorus_precompiled_${set})
    chorus_declare_precompiled(${set})
  endif()
  target_precompile_headers(${target} REUSE_FROM chorus_precompiled_${set})
endfunction()
