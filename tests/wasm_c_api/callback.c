/* SPDX-License-Identifier: Apache-2.0 */
/* Callbacks with and without an environment; one that calls back into its guest; the environment's end. */
#include "check.h"

static wasm_extern_t* run;
static int depth, printed, ended;

static wasm_trap_t* print(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->size == 1 && args->data[0].kind == WASM_I32 && results->size == 1);
  printed = args->data[0].of.i32;
  results->data[0] = i32(printed);
  if (depth == 0) return NULL;
  --depth;
  int32_t inner = 0;
  wasm_trap_t* trap = call_i32(run, printed, 1, &inner);
  results->data[0].of.i32 = inner;
  return trap;
}

static wasm_trap_t* closure(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  results->data[0] = i32(*(int*)env);
  return NULL;
}

static void end(void* env) {
  ended = *(int*)env;
}

int main(int argc, char** argv) {
  wasm_engine_t* engine = make_engine(argc, argv);
  wasm_store_t* store = wasm_store_new(engine);
  int secret = 1000;
  wasm_functype_t* print_type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasm_functype_t* closure_type = wasm_functype_new_0_1(wasm_valtype_new_i32());
  wasm_func_t* print_func = wasm_func_new(store, print_type, print);
  wasm_func_t* closure_func = wasm_func_new_with_env(store, closure_type, closure, &secret, end);
  wasm_functype_delete(print_type);
  wasm_functype_delete(closure_type);
  wasm_extern_t* imports[] = {wasm_func_as_extern(print_func), wasm_func_as_extern(closure_func)};
  wasm_instance_t* instance = instantiate(store, imports, 2);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  run = exports.data[0];
  int32_t result = 0;
  CHECK(call_i32(run, 20, 22, &result) == NULL && result == 1042 && printed == 42);
  depth = 3;
  CHECK(call_i32(run, 20, 22, &result) == NULL && result == 4045 && printed == 45);
  depth = 1000; /* too deep: a trap, and all is well afterwards */
  wasm_trap_t* trap = call_i32(run, 0, 0, &result);
  CHECK(trap != NULL);
  wasm_trap_delete(trap);
  depth = 0;
  CHECK(call_i32(run, 1, 2, &result) == NULL && result == 1003);
  /* A host's function called by the host, without a guest. */
  CHECK(call_i32(wasm_func_as_extern(print_func), 7, 0, &result) == NULL && result == 7);
  wasm_func_delete(print_func);
  wasm_func_delete(closure_func);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  CHECK(ended == 0);
  wasm_store_delete(store);
  CHECK(ended == 1000);
  wasm_engine_delete(engine);
  return 0;
}
