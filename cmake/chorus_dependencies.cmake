# What chorus stands on: Debian packages, each with a reason in docs/decisions/.

find_package(Threads REQUIRED)
find_package(cereal REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(CAF 0.17.6 REQUIRED)
find_package(cppzmq REQUIRED)
if(CHORUS_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()
