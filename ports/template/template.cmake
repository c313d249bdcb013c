# SPDX-License-Identifier: Apache-2.0
# mote_template(TARGET): makes an executable this port's sample.
include_guard(GLOBAL)
include(${CMAKE_CURRENT_LIST_DIR}/../common/app.cmake)
set(MOTE_TEMPLATE_DIR ${CMAKE_CURRENT_LIST_DIR})

function(mote_template target)
  target_sources(${target} PRIVATE ${MOTE_TEMPLATE_DIR}/main.cpp)
  mote_port_app(${target})
  target_link_libraries(${target} PRIVATE mote::mote)
endfunction()
