# SPDX-License-Identifier: Apache-2.0
# The suite's agent as a firmware of QEMU's boards.
include_guard(GLOBAL)
set(MOTE_AGENT_DIR ${CMAKE_CURRENT_LIST_DIR})

# agent_firmware(BOARD POOL bytes STORE bytes STACK bytes [EXTRA addr]): pool and store lie at EXTRA, or in the main RAM.
function(agent_firmware board)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "POOL;STORE;STACK;EXTRA" "")
  set(ram_bytes "${arg_POOL} + ${arg_STORE}")
  if(arg_EXTRA)
    set(ram_bytes 8)
  else()
    set(arg_EXTRA 0)
  endif()
  add_executable(${board} ${MOTE_AGENT_DIR}/agent.cpp)
  target_compile_definitions(${board} PRIVATE RAM_BYTES=${ram_bytes} EXTRA_BEGIN=${arg_EXTRA} POOL_BYTES=${arg_POOL} STORE_BYTES=${arg_STORE}
                             STACK_BYTES=${arg_STACK})
  target_link_libraries(${board} PRIVATE mote_spec_agent)
  mote_board(${board} ${board})
endfunction()
