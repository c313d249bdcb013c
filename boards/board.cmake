# SPDX-License-Identifier: Apache-2.0
# What makes an executable the firmware of a board of QEMU's. Every firmware of this repository comes through here: the examples,
# the benchmark, the size table, the suite's agent.
include_guard(GLOBAL)
set(MOTE_BOARDS netduinoplus2 mps2-an386)  # of Cortex-M4F, which the examples are built for
set(MOTE_BOARDS_DIR ${CMAKE_CURRENT_LIST_DIR})

# mote_board_map(BOARD): sets FLASH and RAM (where code and data begin), STACK_END, TIMER (what board.cpp counts by, 0: none), UART (0: not
# told) and SECURE (1: with TrustZone) in the caller.
function(mote_board_map board)
  if(board STREQUAL netduinoplus2)  # STM32F405 (RM0090, 2.3): 1 MB of flash, 128 KB of RAM
    set(map 0x08000000 0x20000000 0x20020000 0x40000000 0)
  elseif(board MATCHES "^mps2-an(385|386|500)$")  # Cortex-M3, M4, M7: AN386 (DAI0386, 3.1): code from 0, 4 MB of SSRAM
    set(map 0x00000000 0x20000000 0x20400000 0x40000000 0x40004000)
  elseif(board STREQUAL mps2-an505)  # Cortex-M33, Secure: AN505 (DAI0505, 3.2): code in SSRAM1, data in SSRAM2 and 3
    set(map 0x10000000 0x38000000 0x38400000 0x50000000 0x50200000)
  elseif(board STREQUAL mps3-an547)  # Cortex-M55, Secure: AN547 (DAI0547): code in ITCM (512 KB), data in the SSE-300's SRAM
    set(map 0x10000000 0x31000000 0x31400000 0 0x59303000)
  else()
    message(FATAL_ERROR "mote_board: no board \"${board}\"; there are: ${MOTE_BOARDS}, and of other CPUs mps2-an385, mps2-an500, mps2-an505, mps3-an547")
  endif()
  if(board MATCHES "an505|an547")
    list(APPEND map 1)
  else()
    list(APPEND map 0)
  endif()
  foreach(name IN ITEMS FLASH RAM STACK_END TIMER UART SECURE)
    list(POP_FRONT map value)
    set(${name} ${value} PARENT_SCOPE)
  endforeach()
endfunction()

# mote_board(TARGET BOARD): start-up code, board.hpp, memory map, and newlib's console and exit over semihosting.
function(mote_board target board)
  set(support mote_board_${board})
  if(NOT TARGET ${support})
    mote_board_map(${board})
    math(EXPR init "${FLASH} + 0x40" OUTPUT_FORMAT HEXADECIMAL)
    math(EXPR text "${FLASH} + 0x100" OUTPUT_FORMAT HEXADECIMAL)
    add_library(${support} OBJECT ${MOTE_BOARDS_DIR}/board.cpp ${MOTE_BOARDS_DIR}/startup.S)
    target_include_directories(${support} INTERFACE ${MOTE_BOARDS_DIR})
    target_compile_features(${support} PRIVATE cxx_std_20)
    target_compile_definitions(${support} PRIVATE STACK_END=${STACK_END} BOARD_NAME="${board}" BOARD_TIMER=${TIMER}
                               BOARD_TIM2=$<STREQUAL:${board},netduinoplus2> BOARD_HEAP=${SECURE})
    target_compile_definitions(${support} INTERFACE BOARD_UART=${UART})
    target_compile_options(${support} PRIVATE -ffunction-sections)
    target_compile_options(${support} PUBLIC -Wall -Wextra -Wshadow -Werror
                           $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti -fno-threadsafe-statics>)
    target_link_options(${support} INTERFACE --specs=nano.specs --specs=rdimon.specs -Wl,--undefined=vectors
                        -Wl,--section-start=.vectors=${FLASH} -Wl,--section-start=.init=${init} -Wl,-Ttext=${text} -Wl,-Tdata=${RAM})
  endif()
  target_link_libraries(${target} PRIVATE ${support})
endfunction()

# mote_board_drivers(TARGET BOARD): the board's pins and buses for apps (mote/devices.hpp), by its own hardware: boards/mps2/drivers.hpp.
function(mote_board_drivers target board)
  if(NOT board MATCHES "^mps2-an38[56]$")
    message(FATAL_ERROR "mote_board_drivers: there are drivers for mps2-an385 and mps2-an386, not for ${board}")
  endif()
  target_sources(${target} PRIVATE ${MOTE_BOARDS_DIR}/mps2/drivers.cpp ${MOTE_BOARDS_DIR}/../ports/common/platform_drivers.cpp)
  target_link_libraries(${target} PRIVATE mote::devices mote::platform)
endfunction()
