# Finds the libraries that chorus stands on, for its own build and, installed, for projects that use it.
#
#   chorus_find_external(chorus::caf reason)
#
# makes the target known, or sets `reason` to a sentence that names what is missing. Debian's packages of CAF, ZeroMQ
# and libsodium have no CMake files of their own. They are found here under names that belong to chorus, and the
# others by their own package files only, so that find modules of the project have no say in it. It can tell where
# something is by CMAKE_PREFIX_PATH, by CAF_ROOT, ZeroMQ_ROOT or Sodium_ROOT, and by the cache variables
# CHORUS_CAF_INCLUDE_DIR, CHORUS_CAF_LIBRARY and so on; CMAKE_DISABLE_FIND_PACKAGE_CAF hides CAF, and so on.

# chorus_find_bare_library(NAME CAF HEADER caf/all.hpp LIBRARY caf_core): sets CHORUS_CAF_INCLUDE_DIR and
# CHORUS_CAF_LIBRARY, and `found` to whether both are there.
function(chorus_find_bare_library found)
  cmake_parse_arguments(ARG "" "NAME;HEADER;LIBRARY" "" ${ARGN})
  set(${found} FALSE PARENT_SCOPE)
  if(CMAKE_DISABLE_FIND_PACKAGE_${ARG_NAME})
    return()
  endif()
  string(TOUPPER "CHORUS_${ARG_NAME}" prefix)
  set(hints "${${ARG_NAME}_ROOT}" "$ENV{${ARG_NAME}_ROOT}")
  find_path(${prefix}_INCLUDE_DIR ${ARG_HEADER} HINTS ${hints} PATH_SUFFIXES include)
  find_library(${prefix}_LIBRARY ${ARG_LIBRARY} HINTS ${hints} PATH_SUFFIXES lib)
  mark_as_advanced(${prefix}_INCLUDE_DIR ${prefix}_LIBRARY)
  if(${prefix}_INCLUDE_DIR AND ${prefix}_LIBRARY)
    set(${found} TRUE PARENT_SCOPE)
  endif()
endfunction()

# The number that FILE defines as MACRO, or nothing.
function(chorus_read_number number file macro)
  set(${number} "" PARENT_SCOPE)
  if(EXISTS "${file}")
    file(STRINGS "${file}" lines REGEX "# *define +${macro} +[0-9]+" LIMIT_COUNT 1)
    if(lines MATCHES "${macro} +([0-9]+)")
      set(${number} "${CMAKE_MATCH_1}" PARENT_SCOPE)
    endif()
  endif()
endfunction()

function(chorus_add_bare_library target include_dir library)
  add_library(${target} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES
    IMPORTED_LOCATION "${library}" INTERFACE_INCLUDE_DIRECTORIES "${include_dir}")
endfunction()

# Of CAF only libcaf_core is used: chorus has a network layer of its own.
function(chorus_find_caf reason)
  chorus_find_bare_library(found NAME CAF HEADER caf/all.hpp LIBRARY caf_core)
  if(NOT found)
    set(${reason} "the C++ Actor Framework 0.17.6 was not found (Debian: libcaf-dev)" PARENT_SCOPE)
    return()
  endif()
  # major * 10000 + minor * 100 + patch
  chorus_read_number(version "${CHORUS_CAF_INCLUDE_DIR}/caf/config.hpp" CAF_VERSION)
  if(NOT version EQUAL 1706)
    set(${reason} "the C++ Actor Framework in ${CHORUS_CAF_INCLUDE_DIR} is not version 0.17.6 (CAF_VERSION is ${version})"
      PARENT_SCOPE)
    return()
  endif()
  find_package(Threads REQUIRED)
  chorus_add_bare_library(chorus::caf "${CHORUS_CAF_INCLUDE_DIR}" "${CHORUS_CAF_LIBRARY}")
  # CAF then tells of each actor that is spawned (actors/caf17/living_actors.hpp).
  set_target_properties(chorus::caf PROPERTIES
    INTERFACE_COMPILE_DEFINITIONS CAF_ENABLE_ACTOR_PROFILER
    INTERFACE_LINK_LIBRARIES Threads::Threads)
endfunction()

# chorus_find_plain(reason chorus::zeromq NAME ZeroMQ HEADER zmq.h LIBRARY zmq CALLED ZeroMQ PACKAGE libzmq3-dev): a
# library that needs nothing else.
function(chorus_find_plain reason target)
  cmake_parse_arguments(ARG "" "NAME;HEADER;LIBRARY;CALLED;PACKAGE" "" ${ARGN})
  chorus_find_bare_library(found NAME ${ARG_NAME} HEADER ${ARG_HEADER} LIBRARY ${ARG_LIBRARY})
  if(NOT found)
    set(${reason} "${ARG_CALLED} was not found (Debian: ${ARG_PACKAGE})" PARENT_SCOPE)
    return()
  endif()
  string(TOUPPER "CHORUS_${ARG_NAME}" prefix)
  chorus_add_bare_library(${target} "${${prefix}_INCLUDE_DIR}" "${${prefix}_LIBRARY}")
endfunction()

# chorus_find_packaged(reason cereal libcereal-dev): a library with a package file of its own.
function(chorus_find_packaged reason package debian_package)
  find_package(${package} CONFIG QUIET)
  if(NOT ${package}_FOUND)
    set(${reason} "${package} was not found (Debian: ${debian_package})" PARENT_SCOPE)
  endif()
endfunction()

function(chorus_find_external target reason)
  set(missing "")
  if(TARGET ${target})
    # The project has it already.
  elseif(target STREQUAL "chorus::caf")
    chorus_find_caf(missing)
  elseif(target STREQUAL "chorus::zeromq")
    chorus_find_plain(missing ${target} NAME ZeroMQ HEADER zmq.h LIBRARY zmq CALLED ZeroMQ PACKAGE libzmq3-dev)
  elseif(target STREQUAL "chorus::sodium")
    chorus_find_plain(missing ${target}
      NAME Sodium HEADER sodium.h LIBRARY sodium CALLED libsodium PACKAGE libsodium-dev)
  elseif(target STREQUAL "cereal::cereal")
    chorus_find_packaged(missing cereal libcereal-dev)
  elseif(target STREQUAL "spdlog::spdlog")
    chorus_find_packaged(missing spdlog libspdlog-dev)
  elseif(target STREQUAL "CLI11::CLI11")
    chorus_find_packaged(missing CLI11 libcli11-dev)
  elseif(target STREQUAL "Threads::Threads")
    find_package(Threads REQUIRED)
  else()
    message(FATAL_ERROR "chorus does not know how to find ${target}")
  endif()
  set(${reason} "${missing}" PARENT_SCOPE)
endfunction()
