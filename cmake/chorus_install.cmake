# `cmake --install` and find_package(chorus): targets chorus::runtime, chorus::actors, …

include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/chorus")

install(EXPORT chorus_targets NAMESPACE chorus:: DESTINATION "${package_dir}")
install(FILES cmake/FindCAF.cmake cmake/FindSodium.cmake DESTINATION "${package_dir}")
configure_package_config_file(cmake/chorus-config.cmake.in "${PROJECT_BINARY_DIR}/chorus-config.cmake"
  INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/chorus-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/chorus-config.cmake" "${PROJECT_BINARY_DIR}/chorus-config-version.cmake"
  DESTINATION "${package_dir}")
