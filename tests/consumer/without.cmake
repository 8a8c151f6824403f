# A project on a machine without CAF, ZeroMQ, libsodium, spdlog and CLI11: the pure components are of use, and what is
# asked for besides is refused with the reason.

include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")

configure(without "-DCMAKE_PREFIX_PATH=${prefix}"
  -DCMAKE_DISABLE_FIND_PACKAGE_CAF=ON -DCMAKE_DISABLE_FIND_PACKAGE_ZeroMQ=ON -DCMAKE_DISABLE_FIND_PACKAGE_Sodium=ON
  -DCMAKE_DISABLE_FIND_PACKAGE_spdlog=ON -DCMAKE_DISABLE_FIND_PACKAGE_CLI11=ON)
build(without)
run("run pure" "${WORK_DIR}/without/pure")
