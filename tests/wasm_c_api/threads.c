/* SPDX-License-Identifier: Apache-2.0 */
/* One engine, one module, a store for each thread. */
#include <pthread.h>

#include "check.h"

enum { kThreads = 8, kTurns = 50000 };

typedef struct {
  wasm_engine_t* engine;
  const wasm_shared_module_t* module;
  int id;
  int32_t sum;
} job;

static wasm_trap_t* report(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)results;
  ((job*)env)->sum += args->data[0].of.i32;
  return NULL;
}

static void* run(void* data) {
  job* self = data;
  wasm_store_t* store = wasm_store_new(self->engine);
  wasm_module_t* module = wasm_module_obtain(store, self->module);
  CHECK(module != NULL);
  for (int round = 0; round < 3; ++round) {
    wasm_functype_t* type = wasm_functype_new_1_0(wasm_valtype_new_i32());
    wasm_func_t* function = wasm_func_new_with_env(store, type, report, self, NULL);
    wasm_functype_delete(type);
    const wasm_val_t value = WASM_I32_VAL(self->id);
    wasm_globaltype_t* global_type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_CONST);
    wasm_global_t* global = wasm_global_new(store, global_type, &value);
    wasm_globaltype_delete(global_type);
    wasm_extern_t* items[] = {wasm_func_as_extern(function), wasm_global_as_extern(global)};
    const wasm_extern_vec_t imports = WASM_ARRAY_VEC(items);
    wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
    CHECK(instance != NULL);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    CHECK(call_i32(exports.data[0], kTurns, 0, NULL) == NULL);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_func_delete(function);
    wasm_global_delete(global);
  }
  wasm_module_delete(module);
  wasm_store_delete(store);
  return NULL;
}

int main(int argc, char** argv) {
  wasm_engine_t* engine = make_engine(argc, argv);
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = compile(store);
  wasm_shared_module_t* shared = wasm_module_share(module);
  wasm_module_delete(module);
  wasm_store_delete(store);
  pthread_t threads[kThreads];
  job jobs[kThreads];
  for (int i = 0; i < kThreads; ++i) {
    jobs[i] = (job){engine, shared, i, 0};
    CHECK(pthread_create(&threads[i], NULL, run, &jobs[i]) == 0);
  }
  for (int i = 0; i < kThreads; ++i) {
    pthread_join(threads[i], NULL);
    CHECK(jobs[i].sum == 3 * kTurns * i);
  }
  wasm_shared_module_delete(shared);
  wasm_engine_delete(engine);
  return 0;
}
