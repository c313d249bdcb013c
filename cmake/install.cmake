# SPDX-License-Identifier: Apache-2.0
# cmake --install: headers, libraries, the command, and what find_package(mote) reads.
include(CMakePackageConfigHelpers)

install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp" PATTERN "*.inc")
set(mote_libraries mote)
foreach(target mote_wasm_c_api mote_wasi mote_platform mote_devices mote_simulation)
  if(TARGET ${target})
    list(APPEND mote_libraries ${target})
  endif()
endforeach()
install(TARGETS ${mote_libraries} EXPORT moteTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET mote_platform)  # its backend's mote/threads.hpp
  get_target_property(backend mote_platform MOTE_BACKEND)
  install(FILES src/${backend}/mote/threads.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mote)
endif()
# What app authors use.
install(FILES guest/mote-app.wit DESTINATION ${CMAKE_INSTALL_DATADIR}/mote/guest)
install(DIRECTORY guest/include guest/rust guest/assemblyscript DESTINATION ${CMAKE_INSTALL_DATADIR}/mote/guest)
if(TARGET mote_tool)
  install(TARGETS mote_tool RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

set(destination ${CMAKE_INSTALL_LIBDIR}/cmake/mote)
install(EXPORT moteTargets NAMESPACE mote:: DESTINATION ${destination})
configure_package_config_file(cmake/moteConfig.cmake.in ${PROJECT_BINARY_DIR}/moteConfig.cmake INSTALL_DESTINATION ${destination})
# While the version is 0.x, a new minor version may change the interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/moteConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/moteConfig.cmake ${PROJECT_BINARY_DIR}/moteConfigVersion.cmake DESTINATION ${destination})
