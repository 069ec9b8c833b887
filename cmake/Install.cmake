# What `cmake --install` installs: library, headers, and a package for find_package(cuvae).

include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/cuvae)

set(libraries cuvae)
if(TARGET cuvae_shared)
  list(APPEND libraries cuvae_shared)
endif()
install(TARGETS ${libraries} EXPORT cuvaeTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/lib/include/cuvae DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
install(EXPORT cuvaeTargets NAMESPACE cuvae:: DESTINATION ${package_folder})

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/cuvaeConfig.cmake.in
  ${PROJECT_BINARY_DIR}/cuvaeConfig.cmake INSTALL_DESTINATION ${package_folder})
# Before 1.0 a new minor version may change the interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cuvaeConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cuvaeConfig.cmake ${PROJECT_BINARY_DIR}/cuvaeConfigVersion.cmake
  DESTINATION ${package_folder})
