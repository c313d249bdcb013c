# SPDX-License-Identifier: Apache-2.0
include_guard(GLOBAL)

# mote_wat(TARGET NAME WAT): the module of a text file, in the executable's constants as NAME_begin and NAME_end.
function(mote_wat target name wat)
  find_program(MOTE_WAT2WASM wat2wasm REQUIRED)
  set(wasm ${CMAKE_CURRENT_BINARY_DIR}/${target}_${name}.wasm)
  add_custom_command(OUTPUT ${wasm} COMMAND ${MOTE_WAT2WASM} --debug-names ${wat} -o ${wasm} DEPENDS ${wat} VERBATIM)
  mote_embed_module(${target} ${name} ${wasm})
endfunction()
