# SPDX-License-Identifier: Apache-2.0
# mote_mbed_two_threads(TARGET): makes an executable this sample.
include_guard(GLOBAL)
include(${CMAKE_CURRENT_LIST_DIR}/../../../common/app.cmake)
set(MOTE_MBED_TWO_THREADS_DIR ${CMAKE_CURRENT_LIST_DIR})

function(mote_mbed_two_threads target)
  target_sources(${target} PRIVATE ${MOTE_MBED_TWO_THREADS_DIR}/main.cpp)
  mote_port_app(${target})
  target_link_libraries(${target} mbed-os mote-mbed)
endfunction()
