/* SPDX-License-Identifier: Apache-2.0 */
/* References to whatever the host likes, through guests and back. */
#include "check.h"

static int finalized;
static wasm_ref_t* last;

static wasm_trap_t* pass(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->data[0].kind == WASM_EXTERNREF);
  last = args->data[0].of.ref;
  wasm_val_copy(&results->data[0], &args->data[0]);
  return NULL;
}

static void finalize(void* info) {
  finalized += *(int*)info;
}

/* The result is the caller's. */
static wasm_ref_t* call(wasm_extern_t* function, wasm_ref_t* argument) {
  const wasm_func_t* callee = wasm_extern_as_func(function);
  wasm_val_t in[] = {WASM_REF_VAL(argument)}, out[] = {WASM_INIT_VAL};
  const wasm_val_vec_t args = {wasm_func_param_arity(callee), in};
  wasm_val_vec_t results = {wasm_func_result_arity(callee), out};
  CHECK(wasm_func_call(callee, &args, &results) == NULL);
  return results.size == 1 ? out[0].of.ref : NULL;
}

static void check(wasm_ref_t* found, const wasm_ref_t* expected) {
  CHECK(found == NULL ? expected == NULL : wasm_ref_same(found, expected));
  wasm_ref_delete(found);
}

int main(int argc, char** argv) {
  wasm_engine_t* engine = make_engine(argc, argv);
  wasm_store_t *store = wasm_store_new(engine), *other = wasm_store_new(engine);
  wasm_functype_t* type = wasm_functype_new_1_1(wasm_valtype_new_externref(), wasm_valtype_new_externref());
  wasm_func_t* function = wasm_func_new(store, type, pass);
  wasm_functype_delete(type);
  wasm_extern_t* imports[] = {wasm_func_as_extern(function)};
  wasm_instance_t* instance = instantiate(store, imports, 1);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  int one = 1, two = 20;
  wasm_ref_t *a = wasm_foreign_as_ref(wasm_foreign_new(store)),
             *b = wasm_foreign_as_ref(wasm_foreign_new(store));
  wasm_ref_set_host_info_with_finalizer(a, &one, finalize);
  wasm_ref_set_host_info_with_finalizer(b, &two, finalize);
  CHECK(wasm_ref_get_host_info(b) == &two && wasm_ref_as_foreign(a) != NULL && wasm_ref_as_func(a) == NULL);

  check(call(exports.data[3], NULL), NULL);
  call(exports.data[2], a);
  check(call(exports.data[3], NULL), a);
  wasm_val_t value;
  wasm_global_get(wasm_extern_as_global(exports.data[0]), &value);
  CHECK(value.kind == WASM_EXTERNREF && value.of.ref == a);
  wasm_val_delete(&value);
  check(call(exports.data[4], b), b);
  CHECK(last == b);
  check(call(exports.data[4], NULL), NULL);
  CHECK(last == NULL);
  wasm_table_t* table = wasm_extern_as_table(exports.data[1]);
  CHECK(wasm_table_set(table, 2, b));
  check(wasm_table_get(table, 2), b);
  /* A function, and even an instance, is a reference too. */
  check(call(exports.data[4], wasm_func_as_ref(function)), wasm_func_as_ref(function));
  check(call(exports.data[4], wasm_instance_as_ref(instance)), wasm_instance_as_ref(instance));
  /* What another store made is refused. */
  wasm_foreign_t* stranger = wasm_foreign_new(other);
  CHECK(!wasm_table_set(table, 1, wasm_foreign_as_ref(stranger)));
  wasm_foreign_delete(stranger);

  /* The guest keeps what the program lets go. */
  wasm_ref_delete(a);
  CHECK(finalized == 0);
  a = call(exports.data[3], NULL);
  CHECK(wasm_ref_get_host_info(a) == &one);
  wasm_ref_delete(a);
  wasm_ref_delete(b);
  wasm_func_delete(function);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_store_delete(other);
  wasm_store_delete(store);
  CHECK(finalized == 21);
  wasm_engine_delete(engine);
  return 0;
}
