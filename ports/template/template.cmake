# SPDX-License-Identifier: Apache-2.0
# mote_template(TARGET): makes an executable this port's sample.
include_guard(GLOBAL)
include(${CMAKE_CURRENT_LIST_DIR}/../common/app.cmake)
set(MOTE_TEMPLATE_DIR ${CMAKE_CURRENT_LIST_DIR})

# The backend: what mote/platform.hpp and mote/threads.hpp are on this system.
add_library(mote_template_platform STATIC EXCLUDE_FROM_ALL ${MOTE_TEMPLATE_DIR}/platform/platform.cpp
            ${MOTE_TEMPLATE_DIR}/../../src/platform/ram_storage.cpp)
target_include_directories(mote_template_platform PUBLIC ${MOTE_TEMPLATE_DIR}/platform PRIVATE ${MOTE_TEMPLATE_DIR}/../../src)
target_link_libraries(mote_template_platform PUBLIC mote::mote)

function(mote_template target)
  target_sources(${target} PRIVATE ${MOTE_TEMPLATE_DIR}/main.cpp)
  mote_port_app(${target})
  target_link_libraries(${target} PRIVATE mote_template_platform)
endfunction()
