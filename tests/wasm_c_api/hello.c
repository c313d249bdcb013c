/* SPDX-License-Identifier: Apache-2.0 */
/* A guest calls the host; handles go in whatever order. */
#include "check.h"

static int greetings;

static wasm_trap_t* hello(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->size == 0 && results->size == 0);
  ++greetings;
  return NULL;
}

int main(int argc, char** argv) {
  wasm_engine_t* engine = make_engine(argc, argv);
  wasm_store_t* store = wasm_store_new(engine);
  wasm_functype_t* type = wasm_functype_new_0_0();
  wasm_func_t* function = wasm_func_new(store, type, hello);
  wasm_functype_delete(type);
  wasm_extern_t* imports[] = {wasm_func_as_extern(function)};
  wasm_instance_t* instance = instantiate(store, imports, 1);
  wasm_func_delete(function);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  CHECK(exports.size == 1);
  /* Nothing but the exports is left, and they still work. */
  wasm_instance_delete(instance);
  wasm_engine_delete(engine);
  CHECK(call_i32(exports.data[0], 0, 0, NULL) == NULL);
  wasm_store_delete(store);
  CHECK(call_i32(exports.data[0], 0, 0, NULL) == NULL);
  CHECK(greetings == 4);
  wasm_extern_vec_delete(&exports);
  return 0;
}
