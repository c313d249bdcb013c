# SPDX-License-Identifier: Apache-2.0
# The kernels, and how each is compiled: the same way for the host, the board and WebAssembly.
include_guard(GLOBAL)
set(BENCH_DIR ${CMAKE_CURRENT_LIST_DIR})

# KERNELS: their names; KERNEL_<name>_CHECK: the check value, from kernels.txt.
file(STRINGS ${BENCH_DIR}/kernels.txt lines REGEX "^[a-z]")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${BENCH_DIR}/kernels.txt)
set(KERNELS)
foreach(line IN LISTS lines)
  string(REGEX MATCH "^([a-z0-9_]+) +[a-z]+ +(0x[0-9a-f]+)$" matched "${line}")
  if(NOT matched)
    message(FATAL_ERROR "kernels.txt: not NAME CLASS CHECK: ${line}")
  endif()
  list(APPEND KERNELS ${CMAKE_MATCH_1})
  set(KERNEL_${CMAKE_MATCH_1}_CHECK ${CMAKE_MATCH_2})
endforeach()

# Native twins: -O2; their loops stay loops as in the module, and floats are not contracted, or results would differ.
set(KERNEL_NATIVE_FLAGS -O2 -g0 -ffreestanding -fno-tree-loop-distribute-patterns -ffp-contract=off -fno-math-errno)

# kernel_module(WASM NAME EXPORT MORE_SOURCES...): one page of memory, 4 KiB of it stack. Linked by wasm-ld itself: clang's driver
# would run wasm-opt where that happens to be installed.
function(kernel_module wasm name export)
  find_program(MOTE_WASM_CLANG NAMES clang clang-14 REQUIRED)
  find_program(MOTE_WASM_LD NAMES wasm-ld wasm-ld-14 REQUIRED)
  set(objects)
  foreach(source IN ITEMS ${BENCH_DIR}/kernels/${name}.c ${ARGN})
    cmake_path(GET source STEM stem)
    set(object ${wasm}.${stem}.o)
    add_custom_command(OUTPUT ${object}
      COMMAND ${MOTE_WASM_CLANG} --target=wasm32 -O2 -ffreestanding -fno-math-errno -c -o ${object} ${source}
      DEPENDS ${source} ${BENCH_DIR}/kernels/kernel.h VERBATIM)
    list(APPEND objects ${object})
  endforeach()
  add_custom_command(OUTPUT ${wasm}
    COMMAND ${MOTE_WASM_LD} --no-entry --strip-all -z stack-size=4096 --initial-memory=65536 --export=${export} -o ${wasm} ${objects}
    DEPENDS ${objects} VERBATIM)
endfunction()
