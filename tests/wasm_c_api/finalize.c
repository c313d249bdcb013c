/* SPDX-License-Identifier: Apache-2.0 */
/* Thousands of instances in one store: each goes with its last handle, and its finalizer runs. */
#include "check.h"

enum { kInstances = 3000 };

static int live;

static void finalize(void* info) {
  CHECK(info == &live);
  --live;
}

static void run_in(wasm_store_t* store) {
  wasm_module_t* module = compile(store);
  const wasm_extern_vec_t none = WASM_EMPTY_VEC;
  for (int i = 0; i < kInstances; ++i) {
    wasm_instance_t* instance = wasm_instance_new(store, module, &none, NULL);
    CHECK(instance != NULL);
    wasm_instance_set_host_info_with_finalizer(instance, &live, finalize);
    ++live;
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    /* What a program notes on an export is still there when it asks again. */
    wasm_extern_set_host_info_with_finalizer(exports.data[0], &live, finalize);
    ++live;
    wasm_extern_vec_delete(&exports);
    wasm_instance_exports(instance, &exports);
    CHECK(wasm_extern_get_host_info(exports.data[0]) == &live);
    wasm_instance_delete(instance);
    CHECK(live == 2);
    wasm_extern_vec_delete(&exports);
    CHECK(live == 0);
  }
  wasm_module_delete(module);
}

int main(int argc, char** argv) {
  wasm_engine_t* engine = make_engine(argc, argv);
  wasm_store_t *first = wasm_store_new(engine), *second = wasm_store_new(engine);
  run_in(first);
  run_in(second);
  run_in(first);
  wasm_foreign_t* foreign = wasm_foreign_new(first);
  wasm_foreign_set_host_info_with_finalizer(foreign, &live, finalize);
  ++live;
  wasm_store_delete(first); /* lives on for `foreign` */
  CHECK(live == 1);
  wasm_foreign_delete(foreign);
  CHECK(live == 0);
  wasm_store_delete(second);
  wasm_engine_delete(engine);
  return 0;
}
