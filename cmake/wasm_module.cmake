# SPDX-License-Identifier: Apache-2.0
include_guard(GLOBAL)

# mote_wasm_module(WASM SOURCE [EXPORT name...]): compiles a C source to a small WebAssembly module, without a C library: 4 KiB of
# stack, names stripped; sources may include mote_app.h. Linked by wasm-ld itself: clang's driver would pass the module through wasm-opt where that happens to be
# installed, and figures would depend on it.
cmake_path(SET MOTE_GUEST_INCLUDE NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../guest/include)

function(mote_wasm_module wasm source)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "EXPORT")
  find_program(MOTE_WASM_CLANG NAMES clang clang-14 REQUIRED)
  find_program(MOTE_WASM_LD NAMES wasm-ld wasm-ld-14 REQUIRED)
  list(TRANSFORM arg_EXPORT PREPEND --export=)
  add_custom_command(OUTPUT ${wasm}
    COMMAND ${MOTE_WASM_CLANG} --target=wasm32 -O2 -ffreestanding -I${MOTE_GUEST_INCLUDE} -c -o ${wasm}.o ${source}
    COMMAND ${MOTE_WASM_LD} --no-entry --strip-all -z stack-size=4096 ${arg_EXPORT} -o ${wasm} ${wasm}.o
    DEPENDS ${source} VERBATIM)
endfunction()
