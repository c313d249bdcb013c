/* SPDX-License-Identifier: Apache-2.0 */
/* Types: of imports and exports, made by hand, copied, seen as extern types. */
#include "check.h"

static void check_name(const wasm_name_t* name, const char* expected) {
  CHECK(name->size == strlen(expected) && memcmp(name->data, expected, name->size) == 0);
}

static void check_func(const wasm_externtype_t* type, const char* expected) {
  static const char* const kNames[] = {"i32", "i64", "f32", "f64"};
  char text[100] = "";
  const wasm_functype_t* function = wasm_externtype_as_functype_const(type);
  CHECK(function != NULL && wasm_externtype_as_globaltype_const(type) == NULL);
  const wasm_valtype_vec_t* parts[] = {wasm_functype_params(function), wasm_functype_results(function)};
  for (int part = 0; part < 2; ++part) {
    for (size_t i = 0; i < parts[part]->size; ++i) {
      const wasm_valkind_t kind = wasm_valtype_kind(parts[part]->data[i]);
      const char* name = kind == WASM_FUNCREF     ? "funcref"
                         : kind == WASM_EXTERNREF ? "externref"
                                                  : kNames[kind];
      snprintf(text + strlen(text), sizeof text - strlen(text), "%s ", name);
    }
    strcat(text, part == 0 ? ": " : "");
  }
  CHECK(strcmp(text, expected) == 0);
}

static void check_imports(const wasm_module_t* module) {
  wasm_importtype_vec_t all, imports;
  wasm_module_imports(module, &all);
  wasm_importtype_vec_copy(&imports, &all);
  wasm_importtype_vec_delete(&all);
  CHECK(imports.size == 4);
  check_name(wasm_importtype_module(imports.data[0]), "env");
  check_name(wasm_importtype_name(imports.data[0]), "log");
  check_func(wasm_importtype_type(imports.data[0]), "i64 f32 : f64 ");
  const wasm_globaltype_t* global =
      wasm_externtype_as_globaltype_const(wasm_importtype_type(imports.data[1]));
  CHECK(wasm_globaltype_mutability(global) == WASM_CONST);
  CHECK(wasm_valtype_kind(wasm_globaltype_content(global)) == WASM_I64);
  const wasm_memorytype_t* memory =
      wasm_externtype_as_memorytype_const(wasm_importtype_type(imports.data[2]));
  CHECK(wasm_memorytype_limits(memory)->min == 1 && wasm_memorytype_limits(memory)->max == 3);
  const wasm_tabletype_t* table = wasm_externtype_as_tabletype_const(wasm_importtype_type(imports.data[3]));
  CHECK(wasm_valtype_kind(wasm_tabletype_element(table)) == WASM_EXTERNREF);
  CHECK(wasm_tabletype_limits(table)->min == 4);
  CHECK(wasm_tabletype_limits(table)->max == wasm_limits_max_default);
  wasm_importtype_vec_delete(&imports);
}

static void check_exports(const wasm_module_t* module) {
  static const wasm_externkind_t kKinds[] = {WASM_EXTERN_FUNC, WASM_EXTERN_GLOBAL, WASM_EXTERN_TABLE,
                                             WASM_EXTERN_MEMORY};
  wasm_exporttype_vec_t exports;
  wasm_module_exports(module, &exports);
  CHECK(exports.size == 4);
  for (size_t i = 0; i < 4; ++i)
    CHECK(wasm_externtype_kind(wasm_exporttype_type(exports.data[i])) == kKinds[i]);
  check_name(wasm_exporttype_name(exports.data[0]), "func");
  check_func(wasm_exporttype_type(exports.data[0]), "i32 f64 funcref : f32 ");
  wasm_exporttype_vec_delete(&exports);
}

static void check_copies(void) {
  wasm_functype_t* function =
      wasm_functype_new_3_2(wasm_valtype_new_i32(), wasm_valtype_new_i64(), wasm_valtype_new_f32(),
                            wasm_valtype_new_funcref(), wasm_valtype_new_externref());
  const wasm_limits_t limits = {3, 9};
  wasm_externtype_t* types[] = {
      wasm_functype_as_externtype(function),
      wasm_globaltype_as_externtype(wasm_globaltype_new(wasm_valtype_new_f64(), WASM_VAR)),
      wasm_tabletype_as_externtype(wasm_tabletype_new(wasm_valtype_new_funcref(), &limits)),
      wasm_memorytype_as_externtype(wasm_memorytype_new(&limits))};
  wasm_externtype_vec_t vector, copy;
  wasm_externtype_vec_new(&vector, 4, types);
  wasm_externtype_vec_copy(&copy, &vector);
  wasm_externtype_vec_delete(&vector);
  check_func(copy.data[0], "i32 i64 f32 : funcref externref ");
  CHECK(wasm_globaltype_mutability(wasm_externtype_as_globaltype(copy.data[1])) == WASM_VAR);
  CHECK(wasm_tabletype_limits(wasm_externtype_as_tabletype(copy.data[2]))->max == 9);
  CHECK(wasm_memorytype_limits(wasm_externtype_as_memorytype(copy.data[3]))->min == 3);
  CHECK(wasm_externtype_as_memorytype(copy.data[2]) == NULL);
  wasm_externtype_vec_delete(&copy);
}

int main(int argc, char** argv) {
  wasm_engine_t* engine = make_engine(argc, argv);
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = compile(store);
  check_imports(module);
  check_exports(module);
  check_copies();
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
