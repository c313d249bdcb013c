/* SPDX-License-Identifier: Apache-2.0 */
/* What the programs of this folder share. Each takes the tier as its argument, and fails at the first CHECK.
 */
#pragma once
#include <mote/wasm_config.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const uint8_t guest_begin[], guest_end[];

#define CHECK(condition)                                                      \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                \
    }                                                                         \
  } while (0)

/* "vm": the interpreter; anything else: what the library chooses. */
static inline wasm_engine_t* make_engine(int argc, char** argv) {
  wasm_config_t* config = wasm_config_new();
  CHECK(argc == 2);
  if (strcmp(argv[1], "vm") == 0) mote_wasm_config_set_tier(config, MOTE_TIER_VM);
  return wasm_engine_new_with_config(config);
}

static inline wasm_module_t* compile(wasm_store_t* store) {
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new(&bytes, (size_t)(guest_end - guest_begin), (const char*)guest_begin);
  CHECK(wasm_module_validate(store, &bytes));
  wasm_module_t* module = wasm_module_new(store, &bytes);
  wasm_byte_vec_delete(&bytes);
  CHECK(module != NULL);
  return module;
}

/* The module alone, linked with `count` imports. */
static inline wasm_instance_t* instantiate(wasm_store_t* store, wasm_extern_t** items, size_t count) {
  wasm_module_t* module = compile(store);
  const wasm_extern_vec_t imports = {count, items};
  wasm_trap_t* trap = NULL;
  wasm_instance_t* instance = wasm_instance_new(store, module, &imports, &trap);
  CHECK(trap == NULL && instance != NULL);
  wasm_module_delete(module);
  return instance;
}

static inline wasm_val_t i32(int32_t value) {
  const wasm_val_t made = WASM_I32_VAL(value);
  return made;
}

/* Calls with i32s; a result if there is one. */
static inline wasm_trap_t* call_i32(wasm_extern_t* function, int32_t a, int32_t b, int32_t* result) {
  wasm_func_t* callee = wasm_extern_as_func(function);
  CHECK(callee != NULL);
  wasm_val_t in[] = {i32(a), i32(b)}, out[] = {WASM_INIT_VAL};
  const wasm_val_vec_t args = {wasm_func_param_arity(callee), in};
  wasm_val_vec_t results = {wasm_func_result_arity(callee), out};
  wasm_trap_t* trap = wasm_func_call(callee, &args, &results);
  if (trap == NULL && results.size == 1) {
    CHECK(out[0].kind == WASM_I32);
    *result = out[0].of.i32;
  }
  return trap;
}
