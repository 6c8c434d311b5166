# SPDX-License-Identifier: Apache-2.0
# find_package(inlay) from the install tree and from the build tree.
include(CMakePackageConfigHelpers)
get_property(targets GLOBAL PROPERTY INLAY_INSTALL_TARGETS)
install(TARGETS ${targets} EXPORT inlay-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/runtime/include/inlay DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT inlay-targets NAMESPACE inlay:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/inlay)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/inlay-config.cmake.in ${PROJECT_BINARY_DIR}/inlay-config.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/inlay)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/inlay-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/inlay-config.cmake ${PROJECT_BINARY_DIR}/inlay-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/inlay)
export(EXPORT inlay-targets NAMESPACE inlay:: FILE ${PROJECT_BINARY_DIR}/inlay-targets.cmake)
