# What every target of chorus is built with: the language, warnings, sanitizers, ccache.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
endif()

# ccache takes what a source depends on from the compiler and does not run the preprocessor for it; it caches
# with precompiled headers only where it may ignore what macros they define.
find_program(CHORUS_CCACHE ccache)
if(CHORUS_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    env CCACHE_DEPEND=1 CCACHE_SLOPPINESS=pch_defines,time_macros "${CHORUS_CCACHE}")
endif()

# What a build without a preset gets.
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release or RelWithDebInfo" FORCE)
endif()

# Carried by chorus' own targets only; users who link chorus keep their own flags.
add_library(chorus_build_flags INTERFACE)
target_compile_options(chorus_build_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align
  $<$<BOOL:${CHORUS_WARNINGS_AS_ERRORS}>:-Werror>)

# Warnings of gcc's optimiser that see what is not there (docs/decisions/0005-warnings.md): overlapping copies
# in std::string (gcc bugs 105651, 105329), overflows in std::vector (107852) and, once a sanitizer is in,
# uninitialised members in moves of variants.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(chorus_build_flags INTERFACE
    -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread)
  if(CHORUS_SANITIZE)
    target_compile_options(chorus_build_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()

# For code that is compiled far more often than it runs: tests, whose subjects are optimised anyway, and what a program
# does once, at its start.
set(CHORUS_LIGHT_OPTIMISATION $<$<CONFIG:Release>:-Og>)
add_library(chorus_test_flags INTERFACE)
target_compile_options(chorus_test_flags INTERFACE ${CHORUS_LIGHT_OPTIMISATION})
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(chorus_test_flags INTERFACE -Wno-maybe-uninitialized)
endif()

if(CHORUS_SANITIZE)
  set(chorus_sanitize_flags -fsanitize=${CHORUS_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_compile_options(${chorus_sanitize_flags})
  add_link_options(${chorus_sanitize_flags})
endif()
