# Finds libsodium; Debian's package ships a pkg-config file, but no CMake file.
#
#   find_package(Sodium 1.0.18 REQUIRED)   ->   Sodium::Sodium
#
# Cache variables: SODIUM_INCLUDE_DIR, SODIUM_LIBRARY.

find_path(SODIUM_INCLUDE_DIR sodium.h)
find_library(SODIUM_LIBRARY sodium)

if(SODIUM_INCLUDE_DIR AND EXISTS "${SODIUM_INCLUDE_DIR}/sodium/version.h")
  file(STRINGS "${SODIUM_INCLUDE_DIR}/sodium/version.h" SODIUM_version_line REGEX "#define +SODIUM_VERSION_STRING ")
  string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" SODIUM_VERSION "${SODIUM_version_line}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Sodium
  REQUIRED_VARS SODIUM_LIBRARY SODIUM_INCLUDE_DIR
  VERSION_VAR SODIUM_VERSION
  REASON_FAILURE_MESSAGE "install Debian's libsodium-dev")
mark_as_advanced(SODIUM_INCLUDE_DIR SODIUM_LIBRARY)

if(SODIUM_FOUND AND NOT TARGET Sodium::Sodium)
  add_library(Sodium::Sodium UNKNOWN IMPORTED)
  set_target_properties(Sodium::Sodium PROPERTIES
    IMPORTED_LOCATION "${SODIUM_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${SODIUM_INCLUDE_DIR}")
endif()
