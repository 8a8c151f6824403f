# `cmake --install`: for find_package(chorus) a component for each module, for pkg-config a chorus-MODULE.pc, and the
# pages. Each module is an install component of its own, chorus_MODULE: `cmake --install FOLDER --component
# chorus_runtime` installs one, chorus_package what finds them.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(chorus_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/chorus")
set(chorus_pkgconfig_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
set(chorus_pages_dir "${CMAKE_INSTALL_DATADIR}/doc/chorus")

# Where something in FOLDER of the installed tree finds chorus' shared libraries, wherever that tree is.
function(chorus_find_libraries_beside target folder)
  file(RELATIVE_PATH way "/prefix/${folder}" "/prefix/${CMAKE_INSTALL_LIBDIR}")
  string(REGEX REPLACE "/$" "" rpath "$ORIGIN/${way}")
  set_target_properties(${target} PROPERTIES INSTALL_RPATH "${rpath}")
endfunction()

# chorus_install_module(NAME HEADERS headers LINKS targets PRIVATE_LINKS targets): called by chorus_add_module.
function(chorus_install_module name)
  cmake_parse_arguments(ARG "" "" "HEADERS;LINKS;PRIVATE_LINKS" ${ARGN})
  set(target chorus_${name})
  foreach(header IN LISTS ARG_HEADERS)
    file(RELATIVE_PATH path "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}/${header}")
    get_filename_component(folder "${path}" DIRECTORY)
    install(FILES "${header}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/chorus/${folder}" COMPONENT ${target})
  endforeach()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "SHARED_LIBRARY")
    chorus_find_libraries_beside(${target} "${CMAKE_INSTALL_LIBDIR}")
  endif()
  install(TARGETS ${target} EXPORT chorus_${name}_targets
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT ${target}
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT ${target} NAMELINK_COMPONENT ${target})
  install(EXPORT chorus_${name}_targets NAMESPACE chorus:: DESTINATION "${chorus_package_dir}" COMPONENT ${target})

  # What a user of the module must find: of a shared library's own needs only chorus' other modules.
  set(needs ${ARG_LINKS} ${ARG_PRIVATE_LINKS})
  if(type STREQUAL "SHARED_LIBRARY")
    list(FILTER ARG_PRIVATE_LINKS INCLUDE REGEX "^chorus::[a-z]+$")
    list(REMOVE_ITEM ARG_PRIVATE_LINKS chorus::caf chorus::zeromq chorus::sodium)
    set(needs ${ARG_LINKS} ${ARG_PRIVATE_LINKS})
  endif()
  set_property(GLOBAL APPEND PROPERTY CHORUS_MODULES ${name})
  set_property(GLOBAL PROPERTY CHORUS_NEEDS_OF_${name} "${needs}")
  chorus_write_pkgconfig(${name} ${type} ${needs})
endfunction()

# A .pc file for each module. Static libraries name all that they need, so that nobody has to say --static.
function(chorus_write_pkgconfig module type)
  set(libs "")
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    set(libs "-L\${libdir} -lchorus_${module}")
  endif()
  set(cflags "-std=c++20 -I\${includedir}")
  set(requires "")
  foreach(need IN LISTS ARGN)
    if(need STREQUAL "chorus::caf")
      chorus_flags_of_bare_library(CAF)
      string(APPEND cflags " -DCAF_ENABLE_ACTOR_PROFILER") # as chorus::caf has it
    elseif(need STREQUAL "chorus::zeromq")
      chorus_flags_of_bare_library(ZEROMQ)
    elseif(need STREQUAL "chorus::sodium")
      chorus_flags_of_bare_library(SODIUM)
    elseif(need STREQUAL "Threads::Threads")
      string(APPEND libs " -pthread")
    elseif(need STREQUAL "spdlog::spdlog")
      list(APPEND requires spdlog)
    elseif(need MATCHES "^chorus::(.+)")
      list(APPEND requires "chorus-${CMAKE_MATCH_1}")
    endif() # cereal and CLI11 are headers beside others
  endforeach()
  list(JOIN requires ", " requires)
  chorus_configure_pkgconfig(chorus-${module} chorus_${module} "the module ${module}")
endfunction()

# Appends to `libs` and `cflags`; nothing where the compiler looks anyway.
macro(chorus_flags_of_bare_library name)
  get_filename_component(folder "${CHORUS_${name}_LIBRARY}" DIRECTORY)
  get_filename_component(library "${CHORUS_${name}_LIBRARY}" NAME_WE)
  string(REGEX REPLACE "^lib" "" library "${library}")
  if(NOT folder IN_LIST CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES)
    string(APPEND libs " -L${folder}")
  endif()
  string(APPEND libs " -l${library}")
  if(NOT CHORUS_${name}_INCLUDE_DIR IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
    string(APPEND cflags " -I${CHORUS_${name}_INCLUDE_DIR}")
  endif()
endmacro()

function(chorus_configure_pkgconfig name component description)
  file(RELATIVE_PATH way "/prefix/${chorus_pkgconfig_dir}" "/prefix")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/chorus.pc.in" "${PROJECT_BINARY_DIR}/pkgconfig/${name}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/pkgconfig/${name}.pc" DESTINATION "${chorus_pkgconfig_dir}"
    COMPONENT ${component})
endfunction()

# Called once, after all modules.
function(chorus_install_package)
  get_property(modules GLOBAL PROPERTY CHORUS_MODULES)
  set(needs_of_modules "")
  foreach(module IN LISTS modules)
    get_property(needs GLOBAL PROPERTY CHORUS_NEEDS_OF_${module})
    list(JOIN needs " " needs)
    string(APPEND needs_of_modules "set(chorus_needs_of_${module} ${needs})\n")
  endforeach()
  list(JOIN modules " " modules_in_order)
  configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/chorus-config.cmake.in"
    "${PROJECT_BINARY_DIR}/chorus-config.cmake" INSTALL_DESTINATION "${chorus_package_dir}")
  write_basic_package_version_file("${PROJECT_BINARY_DIR}/chorus-config-version.cmake" COMPATIBILITY SameMinorVersion)
  install(FILES
    "${PROJECT_BINARY_DIR}/chorus-config.cmake"
    "${PROJECT_BINARY_DIR}/chorus-config-version.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/chorus_external.cmake"
    DESTINATION "${chorus_package_dir}" COMPONENT chorus_package)

  set(libs "")
  set(cflags "-std=c++20")
  list(TRANSFORM modules PREPEND "chorus-" OUTPUT_VARIABLE requires)
  foreach(module IN ITEMS actors program) # each brings what stands before it
    if(module IN_LIST modules)
      set(requires chorus-${module})
    endif()
  endforeach()
  list(JOIN requires ", " requires)
  chorus_configure_pkgconfig(chorus chorus_package "${PROJECT_DESCRIPTION}")

  # The pages keep their places towards each other, so that their links hold.
  file(GLOB pages RELATIVE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/*.md")
  foreach(folder IN ITEMS actors bench consensus docs handles membership names runtime samples simulation tests tools)
    file(GLOB_RECURSE more RELATIVE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/${folder}/*.md")
    list(APPEND pages ${more})
  endforeach()
  foreach(page IN LISTS pages ITEMS LICENSE)
    get_filename_component(folder "${page}" DIRECTORY)
    install(FILES "${PROJECT_SOURCE_DIR}/${page}" DESTINATION "${chorus_pages_dir}/${folder}" COMPONENT chorus_pages)
  endforeach()
endfunction()
