# Finds the C++ Actor Framework's core library; Debian's package ships no CMake or pkg-config file.
#
#   find_package(CAF 0.17.6 REQUIRED)   ->   CAF::core
#
# Cache variables: CAF_INCLUDE_DIR, CAF_CORE_LIBRARY.

find_path(CAF_INCLUDE_DIR caf/all.hpp)
find_library(CAF_CORE_LIBRARY caf_core)

# CAF_VERSION is major * 10000 + minor * 100 + patch.
if(CAF_INCLUDE_DIR AND EXISTS "${CAF_INCLUDE_DIR}/caf/config.hpp")
  file(STRINGS "${CAF_INCLUDE_DIR}/caf/config.hpp" CAF_version_line REGEX "#define +CAF_VERSION +[0-9]+")
  string(REGEX MATCH "[0-9]+$" CAF_version_number "${CAF_version_line}")
  if(CAF_version_number)
    math(EXPR CAF_version_major "${CAF_version_number} / 10000")
    math(EXPR CAF_version_minor "${CAF_version_number} / 100 % 100")
    math(EXPR CAF_version_patch "${CAF_version_number} % 100")
    set(CAF_VERSION "${CAF_version_major}.${CAF_version_minor}.${CAF_version_patch}")
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CAF
  REQUIRED_VARS CAF_CORE_LIBRARY CAF_INCLUDE_DIR
  VERSION_VAR CAF_VERSION
  REASON_FAILURE_MESSAGE "install Debian's libcaf-dev")
mark_as_advanced(CAF_INCLUDE_DIR CAF_CORE_LIBRARY)

if(CAF_FOUND AND NOT TARGET CAF::core)
  find_package(Threads REQUIRED)
  add_library(CAF::core UNKNOWN IMPORTED)
  set_target_properties(CAF::core PROPERTIES
    IMPORTED_LOCATION "${CAF_CORE_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()
