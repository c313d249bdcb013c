# SPDX-License-Identifier: Apache-2.0
# mote_mbed_devices(TARGET) makes an executable the example `devices`.
include_guard(GLOBAL)
include(${CMAKE_CURRENT_LIST_DIR}/../../../common/app.cmake)
set(MOTE_MBED_DEVICES_DIR ${CMAKE_CURRENT_LIST_DIR})

function(mote_mbed_devices target)
  target_sources(${target} PRIVATE ${MOTE_MBED_DEVICES_DIR}/main.cpp)
  mote_port_module(${target} ${MOTE_PORT_APP_DIR}/pulse.c)
  target_link_libraries(${target} PRIVATE mbed-os mote-mbed-devices)
endfunction()
