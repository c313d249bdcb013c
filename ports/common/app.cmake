# SPDX-License-Identifier: Apache-2.0
# mote_port_app(TARGET) gives an executable the modules and code that the samples of every RTOS run; see app.hpp. A module is compiled with clang, or taken
# as it is where an archive of a port brings it along.
include_guard(GLOBAL)
set(MOTE_PORT_APP_DIR ${CMAKE_CURRENT_LIST_DIR})
include(${MOTE_PORT_APP_DIR}/../../cmake/embed_module.cmake)
include(${MOTE_PORT_APP_DIR}/../../cmake/wasm_module.cmake)

function(mote_port_module target source)
  cmake_path(GET source STEM name)
  cmake_path(REPLACE_EXTENSION source wasm OUTPUT_VARIABLE wasm)
  if(NOT EXISTS ${wasm})
    set(wasm ${CMAKE_CURRENT_BINARY_DIR}/${name}.wasm)
    mote_wasm_module(${wasm} ${source})
  endif()
  mote_embed_module(${target} ${name} ${wasm})
endfunction()

# mote_port_example(TARGET NAME): the module of examples/NAME.
function(mote_port_example target name)
  cmake_path(SET source NORMALIZE ${MOTE_PORT_APP_DIR}/../../examples/${name}/${name}.c)
  mote_port_module(${target} ${source})
endfunction()

# mote_port_twin(TARGET): fib_timed's native twin, optimised whatever the build type is.
function(mote_port_twin target)
  cmake_path(SET source NORMALIZE ${MOTE_PORT_APP_DIR}/../../examples/fib_timed/twin.c)
  target_sources(${target} PRIVATE ${source})
  set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS -O2)
endfunction()

function(mote_port_app target)
  target_sources(${target} PRIVATE ${MOTE_PORT_APP_DIR}/app.cpp)
  target_include_directories(${target} PRIVATE ${MOTE_PORT_APP_DIR})
  mote_port_module(${target} ${MOTE_PORT_APP_DIR}/spin.c)
  mote_port_module(${target} ${MOTE_PORT_APP_DIR}/blink.c)
  mote_port_example(${target} fib_timed)
endfunction()
