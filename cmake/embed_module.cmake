# SPDX-License-Identifier: Apache-2.0
include_guard(GLOBAL)

# mote_embed_module(TARGET NAME WASM): puts the file into the executable's constants, hence into flash, 8-byte aligned. In C++:
#   extern "C" const uint8_t NAME_begin[], NAME_end[];
# Needs the language ASM of gcc or clang.
function(mote_embed_module target name wasm)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${target}_${name}.S)
  configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/embedded_module.S.in ${source} @ONLY)
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${wasm})
  target_sources(${target} PRIVATE ${source})
endfunction()
