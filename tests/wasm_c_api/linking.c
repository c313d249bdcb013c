/* SPDX-License-Identifier: Apache-2.0 */
/* Imports go by their order, not by their names; linked instances live as long as anything can reach them;
 * what does not fit is refused with a reason. */
#include "check.h"

static wasm_trap_t* add_one(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  results->data[0] = i32(args->data[0].of.i32 + 1);
  return NULL;
}
static wasm_trap_t* times_ten(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  results->data[0] = i32(args->data[0].of.i32 * 10);
  return NULL;
}

static void check_refused(wasm_store_t* store, const wasm_module_t* module, wasm_extern_t** items,
                          size_t count, const char* reason) {
  const wasm_extern_vec_t imports = {count, items};
  wasm_trap_t* trap = NULL;
  wasm_message_t message;
  CHECK(wasm_instance_new(store, module, &imports, &trap) == NULL && trap != NULL);
  wasm_trap_message(trap, &message);
  if (strstr(message.data, reason) == NULL) fprintf(stderr, "%s\n", message.data);
  CHECK(strstr(message.data, reason) != NULL);
  wasm_name_delete(&message);
  wasm_trap_delete(trap);
}

/* `wrong` has another type, `far` is of another store. */
static void check_misfits(wasm_store_t* store, wasm_extern_t** items, wasm_func_t* wrong, wasm_func_t* far) {
  wasm_module_t* module = compile(store);
  wasm_extern_t* bad[] = {wasm_func_as_extern(wrong), items[1], items[2]};
  check_refused(store, module, bad, 3, "another signature \"x\".\"same\"");
  bad[0] = items[2];
  check_refused(store, module, bad, 3, "of another kind");
  bad[0] = NULL;
  check_refused(store, module, bad, 3, "import 0 is NULL");
  bad[0] = wasm_func_as_extern(far);
  check_refused(store, module, bad, 3, "another store");
  check_refused(store, module, items, 2, "unknown import \"x\".\"table\"");
  wasm_module_delete(module);
}

int main(int argc, char** argv) {
  wasm_engine_t* engine = make_engine(argc, argv);
  wasm_store_t *store = wasm_store_new(engine), *other = wasm_store_new(engine);
  wasm_functype_t* type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasm_functype_t* wrong_type = wasm_functype_new_1_0(wasm_valtype_new_i32());
  wasm_func_t *one = wasm_func_new(store, type, add_one), *ten = wasm_func_new(store, type, times_ten);
  wasm_func_t *wrong = wasm_func_new(store, wrong_type, add_one), *far = wasm_func_new(other, type, add_one);
  wasm_functype_delete(type);
  wasm_functype_delete(wrong_type);
  const wasm_limits_t limits = {3, 3};
  wasm_tabletype_t* table_type = wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
  wasm_table_t* table = wasm_table_new(store, table_type, NULL);
  wasm_tabletype_delete(table_type);

  wasm_extern_t* items[] = {wasm_func_as_extern(one), wasm_func_as_extern(ten), wasm_table_as_extern(table)};
  wasm_instance_t* first = instantiate(store, items, 3);
  wasm_extern_vec_t exports;
  wasm_instance_exports(first, &exports);
  int32_t result = 0;
  CHECK(call_i32(exports.data[1], 4, 0, &result) == NULL && result == 50); /* (4 + 1) * 10 */
  CHECK(wasm_extern_same(exports.data[3], items[0]));

  /* Another instance imports a function of the first, and shares its table. */
  wasm_extern_t* linked[] = {exports.data[1], wasm_func_as_extern(one), wasm_table_as_extern(table)};
  wasm_instance_t* second = instantiate(store, linked, 3);
  wasm_instance_delete(first);
  wasm_extern_vec_delete(&exports);
  wasm_instance_exports(second, &exports);
  CHECK(call_i32(exports.data[1], 4, 0, &result) == NULL && result == 51);
  wasm_instance_delete(second);
  /* Nobody holds an instance, but its function is in the host's table. */
  wasm_extern_vec_t later;
  wasm_instance_t* third = instantiate(store, items, 3);
  wasm_instance_exports(third, &later);
  CHECK(wasm_table_set(table, 0, wasm_extern_as_ref(exports.data[0])));
  wasm_extern_vec_delete(&exports);
  CHECK(call_i32(later.data[2], 5, 0, &result) == NULL && result == 105);
  CHECK(call_i32(later.data[2], 6, 1, &result) == NULL && result == 106);
  wasm_extern_vec_delete(&later);
  wasm_instance_delete(third);

  check_misfits(store, items, wrong, far);
  wasm_func_delete(one);
  wasm_func_delete(ten);
  wasm_func_delete(wrong);
  wasm_func_delete(far);
  wasm_table_delete(table);
  wasm_store_delete(store);
  wasm_store_delete(other);
  wasm_engine_delete(engine);
  return 0;
}
