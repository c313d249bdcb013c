# SPDX-License-Identifier: Apache-2.0
# mote_freertos_two_tasks(TARGET): makes an executable this sample. The board's start-up code is the project's; see the port's README.
include_guard(GLOBAL)
include(${CMAKE_CURRENT_LIST_DIR}/../../../common/app.cmake)
set(MOTE_FREERTOS_TWO_TASKS_DIR ${CMAKE_CURRENT_LIST_DIR})

function(mote_freertos_two_tasks target)
  target_sources(${target} PRIVATE ${MOTE_FREERTOS_TWO_TASKS_DIR}/main.cpp)
  mote_port_app(${target})
  target_link_libraries(${target} PRIVATE mote_freertos)
endfunction()
