# What this build of chorus stands on: Debian packages, each with a reason in docs/decisions/.

include(chorus_external)

# chorus_require(chorus::caf ACTORS): for what is built unless CHORUS_BUILD_ACTORS is off.
function(chorus_require target module)
  chorus_find_external(${target} missing)
  if(missing)
    message(FATAL_ERROR "${missing}. Install it, or build chorus without what needs it: -DCHORUS_BUILD_${module}=OFF")
  endif()
endfunction()

find_package(Threads REQUIRED)
chorus_find_external(cereal::cereal missing)
if(missing)
  message(FATAL_ERROR "${missing}.")
endif()
if(CHORUS_BUILD_SIGNING)
  chorus_require(chorus::sodium SIGNING)
endif()
if(CHORUS_BUILD_TRANSPORT)
  chorus_require(chorus::zeromq TRANSPORT)
  find_path(CHORUS_CPPZMQ_INCLUDE_DIR zmq.hpp HINTS "${CHORUS_ZEROMQ_INCLUDE_DIR}")
  mark_as_advanced(CHORUS_CPPZMQ_INCLUDE_DIR)
  if(NOT CHORUS_CPPZMQ_INCLUDE_DIR)
    message(FATAL_ERROR "cppzmq was not found (Debian: cppzmq-dev). "
      "Install it, or build chorus without what needs it: -DCHORUS_BUILD_TRANSPORT=OFF")
  endif()
  set_property(TARGET chorus::zeromq APPEND PROPERTY INTERFACE_INCLUDE_DIRECTORIES "${CHORUS_CPPZMQ_INCLUDE_DIR}")
endif()
if(CHORUS_BUILD_ACTORS)
  chorus_require(chorus::caf ACTORS)
  chorus_require(spdlog::spdlog ACTORS)
endif()
if(CHORUS_BUILD_PROGRAM)
  chorus_require(CLI11::CLI11 PROGRAM)
endif()
if(CHORUS_BUILD_TESTS)
  find_package(GTest REQUIRED)
  chorus_require(CLI11::CLI11 TESTS)
endif()

# CAF 0.17 dereferences an empty shared pointer to no arguments when it spawns a function without any
# (caf/detail/init_fun_factory.hpp); harmless, but the sanitizer stops there. A real null pointer still traps.
if(CHORUS_BUILD_ACTORS AND CHORUS_SANITIZE MATCHES "undefined")
  target_compile_options(chorus::caf INTERFACE -fno-sanitize=null)
endif()
