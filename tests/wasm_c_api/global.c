/* SPDX-License-Identifier: Apache-2.0 */
/* Globals of the host and of guests: one cell, wherever it is seen. */
#include "check.h"

static wasm_global_t* make(wasm_store_t* store, wasm_valtype_t* content, wasm_mutability_t mutability,
                           wasm_val_t value) {
  wasm_globaltype_t* type = wasm_globaltype_new(content, mutability);
  wasm_global_t* global = wasm_global_new(store, type, &value);
  wasm_globaltype_delete(type);
  return global;
}

static wasm_val_t call(wasm_extern_t* function) {
  const wasm_val_vec_t none = WASM_EMPTY_VEC;
  wasm_val_t out[] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(out);
  CHECK(wasm_func_call(wasm_extern_as_func(function), &none, &results) == NULL);
  return out[0];
}

static wasm_val_t get(const wasm_global_t* global) {
  wasm_val_t value;
  wasm_global_get(global, &value);
  return value;
}

int main(int argc, char** argv) {
  wasm_engine_t* engine = make_engine(argc, argv);
  wasm_store_t* store = wasm_store_new(engine);
  const wasm_val_t seven = WASM_F32_VAL(7), big = WASM_I64_VAL(INT64_C(1) << 40), small = WASM_I64_VAL(-5);
  CHECK(make(store, wasm_valtype_new_i32(), WASM_VAR, big) == NULL); /* a value of another type */
  wasm_global_t* fixed = make(store, wasm_valtype_new_f32(), WASM_CONST, seven);
  wasm_global_t* shared = make(store, wasm_valtype_new_i64(), WASM_VAR, big);
  wasm_extern_t* imports[] = {wasm_global_as_extern(fixed), wasm_global_as_extern(shared)};
  wasm_instance_t* instance = instantiate(store, imports, 2);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  wasm_global_t* mine = wasm_extern_as_global(exports.data[0]);
  wasm_global_t* again = wasm_extern_as_global(exports.data[1]);
  CHECK(wasm_global_same(again, shared) && !wasm_global_same(mine, shared));
  CHECK(call(exports.data[2]).of.f32 == 7.0f);
  CHECK(call(exports.data[3]).of.i64 == INT64_C(1) << 40);
  wasm_global_set(shared, &small);
  CHECK(call(exports.data[3]).of.i64 == -5 && get(again).of.i64 == -5);
  wasm_val_t args[] = {WASM_I64_VAL(77)};
  const wasm_val_vec_t in = WASM_ARRAY_VEC(args);
  wasm_val_vec_t none = WASM_EMPTY_VEC;
  CHECK(wasm_func_call(wasm_extern_as_func(exports.data[4]), &in, &none) == NULL);
  CHECK(get(shared).of.i64 == 77);
  wasm_global_set(fixed, &small); /* immutable, and of another type: nothing happens */
  wasm_global_set(mine, &small);
  CHECK(get(fixed).of.f32 == 7.0f && get(mine).of.i32 == 3);
  wasm_globaltype_t* type = wasm_global_type(mine);
  CHECK(wasm_globaltype_mutability(type) == WASM_VAR);
  wasm_globaltype_delete(type);
  wasm_global_delete(fixed);
  wasm_global_delete(shared);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
