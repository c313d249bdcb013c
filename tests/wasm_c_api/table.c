/* SPDX-License-Identifier: Apache-2.0 */
/* Tables: what guests and the host put there, growing, ends. */
#include "check.h"

static wasm_trap_t* negate(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  results->data[0] = i32(-args->data[0].of.i32);
  return NULL;
}

static void check_entry(const wasm_table_t* table, uint32_t index, const wasm_func_t* expected) {
  wasm_ref_t* found = wasm_table_get(table, index);
  CHECK(wasm_ref_as_func(found) == expected);
  wasm_ref_delete(found);
}

static void check_call(wasm_extern_t* through, int32_t value, int32_t index, int32_t expected) {
  int32_t result = 0;
  CHECK(call_i32(through, value, index, &result) == NULL && result == expected);
}

static void check_trap(wasm_extern_t* through, int32_t index) {
  int32_t result = 0;
  wasm_trap_t* trap = call_i32(through, 1, index, &result);
  CHECK(trap != NULL);
  wasm_trap_delete(trap);
}

static void check_host_table(wasm_store_t* store, wasm_func_t* init) {
  const wasm_limits_t limits = {4, 6};
  wasm_tabletype_t* type = wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
  wasm_table_t* table = wasm_table_new(store, type, wasm_func_as_ref(init));
  wasm_tabletype_delete(type);
  CHECK(wasm_table_size(table) == 4);
  check_entry(table, 3, init);
  CHECK(wasm_table_grow(table, 2, NULL) && !wasm_table_grow(table, 1, NULL) &&
        wasm_table_grow(table, 0, NULL));
  check_entry(table, 5, NULL);
  wasm_foreign_t* foreign = wasm_foreign_new(store);
  CHECK(!wasm_table_set(table, 0, wasm_foreign_as_ref(foreign))); /* no function */
  wasm_foreign_delete(foreign);
  wasm_table_delete(table);
}

int main(int argc, char** argv) {
  wasm_engine_t* engine = make_engine(argc, argv);
  wasm_store_t* store = wasm_store_new(engine);
  wasm_instance_t* instance = instantiate(store, NULL, 0);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  wasm_instance_delete(instance);
  wasm_table_t* table = wasm_extern_as_table(exports.data[0]);
  wasm_extern_t* through = exports.data[1];
  wasm_func_t* half = wasm_extern_as_func(exports.data[2]);
  wasm_func_t* twice = wasm_extern_as_func(exports.data[3]);
  wasm_functype_t* type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasm_func_t* host = wasm_func_new(store, type, negate);
  wasm_functype_delete(type);

  check_entry(table, 0, NULL);
  check_entry(table, 1, half);
  check_call(through, 42, 1, 21);
  check_trap(through, 0);
  check_trap(through, 2);
  CHECK(wasm_table_set(table, 0, wasm_func_as_ref(twice)));
  CHECK(!wasm_table_set(table, 2, wasm_func_as_ref(twice)));
  check_call(through, 21, 0, 42);
  CHECK(wasm_table_grow(table, 2, wasm_func_as_ref(host)) && wasm_table_size(table) == 4);
  check_entry(table, 3, host);
  check_call(through, 5, 3, -5); /* by way of the host */
  CHECK(wasm_table_set(table, 2, wasm_extern_as_ref(exports.data[4])));
  check_trap(through, 2); /* of another type */
  CHECK(!wasm_table_grow(table, 7, NULL) && wasm_table_grow(table, 6, NULL));
  CHECK(wasm_table_set(table, 1, NULL));
  check_trap(through, 1);
  wasm_table_t* copy = wasm_table_copy(table);
  CHECK(wasm_table_same(copy, table));
  wasm_table_delete(copy);
  check_host_table(store, host);

  wasm_func_delete(host);
  wasm_extern_vec_delete(&exports);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
