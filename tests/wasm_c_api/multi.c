/* SPDX-License-Identifier: Apache-2.0 */
/* Several values, there and back. */
#include "check.h"

static wasm_trap_t* turn(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->size == 4 && results->size == 4);
  for (size_t i = 0; i < 4; ++i) wasm_val_copy(&results->data[i], &args->data[3 - i]);
  return NULL;
}

int main(int argc, char** argv) {
  wasm_engine_t* engine = make_engine(argc, argv);
  wasm_store_t* store = wasm_store_new(engine);
  wasm_valtype_t* types[] = {wasm_valtype_new_i32(), wasm_valtype_new_i64(), wasm_valtype_new_f32(),
                             wasm_valtype_new_f64()};
  wasm_valtype_vec_t params, results;
  wasm_valtype_vec_new(&params, 4, types);
  wasm_valtype_vec_new_uninitialized(&results, 4);
  for (size_t i = 0; i < 4; ++i) results.data[i] = wasm_valtype_copy(params.data[3 - i]);
  wasm_functype_t* type = wasm_functype_new(&params, &results);
  wasm_func_t* function = wasm_func_new(store, type, turn);
  wasm_functype_delete(type);
  wasm_extern_t* imports[] = {wasm_func_as_extern(function)};
  wasm_instance_t* instance = instantiate(store, imports, 1);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  wasm_val_t in[] = {WASM_I32_VAL(-1), WASM_I64_VAL(INT64_MIN), WASM_F32_VAL(0.5f), WASM_F64_VAL(-1e300)};
  wasm_val_t out[] = {WASM_INIT_VAL, WASM_INIT_VAL, WASM_INIT_VAL, WASM_INIT_VAL};
  const wasm_val_vec_t args = WASM_ARRAY_VEC(in);
  wasm_val_vec_t outs = WASM_ARRAY_VEC(out);
  CHECK(wasm_func_call(wasm_extern_as_func(exports.data[0]), &args, &outs) == NULL);
  CHECK(out[0].kind == WASM_F64 && out[0].of.f64 == -1e300 && out[1].kind == WASM_F32 &&
        out[1].of.f32 == 0.5f);
  CHECK(out[2].kind == WASM_I64 && out[2].of.i64 == INT64_MIN && out[3].kind == WASM_I32 &&
        out[3].of.i32 == -1);
  wasm_functype_t* found = wasm_func_type(wasm_extern_as_func(exports.data[0]));
  CHECK(wasm_functype_results(found)->size == 4);
  CHECK(wasm_valtype_kind(wasm_functype_results(found)->data[1]) == WASM_F32);
  wasm_functype_delete(found);
  wasm_func_delete(function);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
