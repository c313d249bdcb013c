# SPDX-License-Identifier: Apache-2.0
# mote_mbed_fib_timed(TARGET): makes an executable this sample.
include_guard(GLOBAL)
include(${CMAKE_CURRENT_LIST_DIR}/../../../common/app.cmake)
set(MOTE_MBED_FIB_TIMED_DIR ${CMAKE_CURRENT_LIST_DIR})

function(mote_mbed_fib_timed target)
  target_sources(${target} PRIVATE ${MOTE_MBED_FIB_TIMED_DIR}/main.cpp)
  mote_port_module(${target} ${MOTE_PORT_APP_DIR}/blink.c)
  mote_port_example(${target} fib_timed)
  mote_port_twin(${target})
  target_link_libraries(${target} mbed-os mote-mbed)
endfunction()
