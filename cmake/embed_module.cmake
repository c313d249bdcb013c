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

# mote_embed_image(TARGET NAME WASM CPU [OPTION...]): likewise the module compiled to an image for CPU (`mote compile --target`: cortex-m4f,
# cortex-m7, vm, ...), by the host's mote: MOTE_TOOL, or what is found. OPTIONs go to `mote compile`: --fuel, --names.
function(mote_embed_image target name wasm cpu)
  find_program(MOTE_TOOL mote DOC "The mote command of the host")
  if(NOT MOTE_TOOL)
    message(FATAL_ERROR "mote_embed_image: no mote command found; build it on the host (target mote_tool) and set MOTE_TOOL to it")
  endif()
  set(image ${CMAKE_CURRENT_BINARY_DIR}/${target}_${name}.mote)
  add_custom_command(OUTPUT ${image} COMMAND ${MOTE_TOOL} compile ${wasm} --target ${cpu} ${ARGN} -o ${image}
                     DEPENDS ${wasm} ${MOTE_TOOL} VERBATIM)
  mote_embed_module(${target} ${name} ${image})
endfunction()
