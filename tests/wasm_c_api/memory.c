/* SPDX-License-Identifier: Apache-2.0 */
/* Memories: the program and the guest see the same bytes. */
#include "check.h"

static int32_t call(wasm_extern_t* function, int32_t a, int32_t b) {
  int32_t result = 0;
  CHECK(call_i32(function, a, b, &result) == NULL);
  return result;
}

static void check_trap(wasm_extern_t* function, int32_t a) {
  int32_t result = 0;
  wasm_trap_t* trap = call_i32(function, a, 0, &result);
  CHECK(trap != NULL);
  wasm_trap_delete(trap);
}

int main(int argc, char** argv) {
  wasm_engine_t* engine = make_engine(argc, argv);
  wasm_store_t* store = wasm_store_new(engine);
  wasm_instance_t* instance = instantiate(store, NULL, 0);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  wasm_memory_t* memory = wasm_extern_as_memory(exports.data[0]);
  wasm_extern_t *size = exports.data[1], *load = exports.data[2], *store_byte = exports.data[3];
  CHECK(wasm_memory_size(memory) == 2 && wasm_memory_data_size(memory) == 2 * MEMORY_PAGE_SIZE);
  CHECK(wasm_memory_data(memory)[0x1003] == 4 && wasm_memory_data(memory)[0x1004] == 0);
  CHECK(call(size, 0, 0) == 2 && call(load, 0x1000, 0) == 1 && call(load, 0x1ffff, 0) == 0);
  check_trap(load, 0x20000);
  wasm_memory_data(memory)[0x1003] = 5;
  call(store_byte, 0x1002, 6);
  CHECK(call(load, 0x1003, 0) == 5 && wasm_memory_data(memory)[0x1002] == 6);
  CHECK(wasm_memory_grow(memory, 1) && !wasm_memory_grow(memory, 1) && wasm_memory_grow(memory, 0));
  CHECK(wasm_memory_data_size(memory) == 3 * MEMORY_PAGE_SIZE && call(size, 0, 0) == 3);
  CHECK(wasm_memory_data(memory)[0x1002] == 6 && call(load, 0x20000, 0) == 0);
  check_trap(load, 0x30000);

  const wasm_limits_t limits = {1, 1};
  wasm_memorytype_t* type = wasm_memorytype_new(&limits);
  wasm_memory_t* own_memory = wasm_memory_new(store, type);
  wasm_memorytype_delete(type);
  CHECK(wasm_memory_size(own_memory) == 1 && !wasm_memory_grow(own_memory, 1));
  type = wasm_memory_type(own_memory);
  CHECK(wasm_memorytype_limits(type)->max == 1);
  wasm_memorytype_delete(type);
  wasm_memory_delete(own_memory);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
