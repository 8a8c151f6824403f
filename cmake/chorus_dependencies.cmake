# What chorus stands on: Debian packages, each with a reason in docs/decisions/.

find_package(Threads REQUIRED)
find_package(cereal REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(CAF 0.17.6 REQUIRED)
find_package(cppzmq REQUIRED)
find_package(Sodium 1.0.18 REQUIRED)
if(CHORUS_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()

# CAF 0.17 dereferences an empty shared pointer to no arguments when it spawns a function without any
# (caf/detail/init_fun_factory.hpp); harmless, but the sanitizer stops there. A real null pointer still traps.
if(CHORUS_SANITIZE MATCHES "undefined")
  target_compile_options(CAF::core INTERFACE -fno-sanitize=null)
endif()
