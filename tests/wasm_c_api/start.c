/* SPDX-License-Identifier: Apache-2.0 */
/* A start function that runs, and one that traps. */
#include "check.h"

static int32_t value;

static wasm_trap_t* give_value(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  results->data[0] = i32(value);
  return NULL;
}

int main(int argc, char** argv) {
  wasm_engine_t* engine = make_engine(argc, argv);
  wasm_store_t* store = wasm_store_new(engine);
  wasm_functype_t* type = wasm_functype_new_0_1(wasm_valtype_new_i32());
  wasm_func_t* function = wasm_func_new(store, type, give_value);
  wasm_functype_delete(type);
  wasm_extern_t* items[] = {wasm_func_as_extern(function)};
  wasm_instance_delete(instantiate(store, items, 1));
  value = 1;
  const wasm_extern_vec_t imports = WASM_ARRAY_VEC(items);
  wasm_module_t* module = compile(store);
  wasm_trap_t* trap = NULL;
  CHECK(wasm_instance_new(store, module, &imports, NULL) == NULL);
  CHECK(wasm_instance_new(store, module, &imports, &trap) == NULL && trap != NULL);
  wasm_frame_vec_t trace;
  wasm_trap_trace(trap, &trace);
  CHECK(trace.size == 2 && wasm_frame_func_index(trace.data[0]) == 1);
  CHECK(wasm_frame_func_index(trace.data[1]) == 2);
  wasm_frame_vec_delete(&trace);
  wasm_trap_delete(trap);
  wasm_module_delete(module);
  wasm_func_delete(function);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
