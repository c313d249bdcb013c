/* SPDX-License-Identifier: Apache-2.0 */
/* A module to bytes and back, in another store; bad bytes are refused. */
#include "check.h"

int main(int argc, char** argv) {
  wasm_engine_t* engine = make_engine(argc, argv);
  wasm_store_t *store = wasm_store_new(engine), *other = wasm_store_new(engine);
  wasm_module_t* module = compile(store);
  wasm_byte_vec_t bytes, damaged;
  wasm_module_serialize(module, &bytes);
  wasm_module_delete(module);
  wasm_store_delete(store);
  CHECK(bytes.size > 0);
  for (size_t size = 0; size < bytes.size; ++size) {
    wasm_byte_vec_new(&damaged, size, bytes.data);
    wasm_module_t* refused = wasm_module_deserialize(other, &damaged);
    CHECK(refused == NULL || size >= 8); /* sections may be missing at the end, the header may not */
    wasm_module_delete(refused);
    wasm_byte_vec_delete(&damaged);
  }
  wasm_byte_vec_copy(&damaged, &bytes);
  damaged.data[4] = 9;
  CHECK(!wasm_module_validate(other, &damaged) && wasm_module_new(other, &damaged) == NULL);
  wasm_byte_vec_delete(&damaged);
  module = wasm_module_deserialize(other, &bytes);
  wasm_byte_vec_delete(&bytes);
  CHECK(module != NULL);
  const wasm_extern_vec_t none = WASM_EMPTY_VEC;
  wasm_instance_t* instance = wasm_instance_new(other, module, &none, NULL);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  int32_t result = 0;
  CHECK(call_i32(exports.data[0], 0, 0, &result) == NULL && result == 42);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(other);
  wasm_engine_delete(engine);
  return 0;
}
