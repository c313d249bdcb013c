// SPDX-License-Identifier: Apache-2.0
#include "capi/wasm_c_api/types.hpp"

#include "capi/wasm_c_api/vector.hpp"

struct wasm_importtype_t {
  wasm_name_t module, name;
  wasm_externtype_t* type;
};
struct wasm_exporttype_t {
  wasm_name_t name;
  wasm_externtype_t* type;
};

static wasm_byte_t copy_byte(wasm_byte_t byte) {
  return byte;
}
static void delete_byte(wasm_byte_t) {}

MOTE_WASM_VECTOR(byte, copy_byte, delete_byte)
MOTE_WASM_POINTER_VECTOR(valtype)
MOTE_WASM_POINTER_VECTOR(functype)
MOTE_WASM_POINTER_VECTOR(globaltype)
MOTE_WASM_POINTER_VECTOR(tabletype)
MOTE_WASM_POINTER_VECTOR(memorytype)
MOTE_WASM_POINTER_VECTOR(externtype)
MOTE_WASM_POINTER_VECTOR(importtype)
MOTE_WASM_POINTER_VECTOR(exporttype)

// --- Value types.

wasm_valtype_t* wasm_valtype_new(wasm_valkind_t kind) {
  return new wasm_valtype_t{kind};
}
void wasm_valtype_delete(wasm_valtype_t* type) {
  delete type;
}
wasm_valtype_t* wasm_valtype_copy(const wasm_valtype_t* type) {
  return new wasm_valtype_t(*type);
}
wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t* type) {
  return type->kind;
}

// --- Function types.

wasm_functype_t* wasm_functype_new(wasm_valtype_vec_t* params, wasm_valtype_vec_t* results) {
  auto* type = new wasm_functype_t{{WASM_EXTERN_FUNC}, *params, *results};
  wasm_valtype_vec_new_empty(params);
  wasm_valtype_vec_new_empty(results);
  return type;
}
void wasm_functype_delete(wasm_functype_t* type) {
  if (type == nullptr) return;
  wasm_valtype_vec_delete(&type->params);
  wasm_valtype_vec_delete(&type->results);
  delete type;
}
wasm_functype_t* wasm_functype_copy(const wasm_functype_t* type) {
  auto* copy = new wasm_functype_t{{WASM_EXTERN_FUNC}, {}, {}};
  wasm_valtype_vec_copy(&copy->params, &type->params);
  wasm_valtype_vec_copy(&copy->results, &type->results);
  return copy;
}
const wasm_valtype_vec_t* wasm_functype_params(const wasm_functype_t* type) {
  return &type->params;
}
const wasm_valtype_vec_t* wasm_functype_results(const wasm_functype_t* type) {
  return &type->results;
}

// --- Global types.

wasm_globaltype_t* wasm_globaltype_new(wasm_valtype_t* content, wasm_mutability_t mutability) {
  return new wasm_globaltype_t{{WASM_EXTERN_GLOBAL}, content, mutability};
}
void wasm_globaltype_delete(wasm_globaltype_t* type) {
  if (type == nullptr) return;
  wasm_valtype_delete(type->content);
  delete type;
}
wasm_globaltype_t* wasm_globaltype_copy(const wasm_globaltype_t* type) {
  return wasm_globaltype_new(wasm_valtype_copy(type->content), type->mutability);
}
const wasm_valtype_t* wasm_globaltype_content(const wasm_globaltype_t* type) {
  return type->content;
}
wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t* type) {
  return type->mutability;
}

// --- Table and memory types.

wasm_tabletype_t* wasm_tabletype_new(wasm_valtype_t* element, const wasm_limits_t* limits) {
  return new wasm_tabletype_t{{WASM_EXTERN_TABLE}, element, *limits};
}
void wasm_tabletype_delete(wasm_tabletype_t* type) {
  if (type == nullptr) return;
  wasm_valtype_delete(type->element);
  delete type;
}
wasm_tabletype_t* wasm_tabletype_copy(const wasm_tabletype_t* type) {
  return wasm_tabletype_new(wasm_valtype_copy(type->element), &type->limits);
}
const wasm_valtype_t* wasm_tabletype_element(const wasm_tabletype_t* type) {
  return type->element;
}
const wasm_limits_t* wasm_tabletype_limits(const wasm_tabletype_t* type) {
  return &type->limits;
}

wasm_memorytype_t* wasm_memorytype_new(const wasm_limits_t* limits) {
  return new wasm_memorytype_t{{WASM_EXTERN_MEMORY}, *limits};
}
void wasm_memorytype_delete(wasm_memorytype_t* type) {
  delete type;
}
wasm_memorytype_t* wasm_memorytype_copy(const wasm_memorytype_t* type) {
  return wasm_memorytype_new(&type->limits);
}
const wasm_limits_t* wasm_memorytype_limits(const wasm_memorytype_t* type) {
  return &type->limits;
}

// --- Extern types: one of the four.

wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t* type) {
  return type->kind;
}

#define MOTE_EXTERN_TYPE(x, KIND)                                                     \
  wasm_externtype_t* wasm_##x##_as_externtype(wasm_##x##_t* type) {                   \
    return type;                                                                      \
  }                                                                                   \
  const wasm_externtype_t* wasm_##x##_as_externtype_const(const wasm_##x##_t* type) { \
    return type;                                                                      \
  }                                                                                   \
  wasm_##x##_t* wasm_externtype_as_##x(wasm_externtype_t* type) {                     \
    return type->kind == KIND ? static_cast<wasm_##x##_t*>(type) : nullptr;           \
  }                                                                                   \
  const wasm_##x##_t* wasm_externtype_as_##x##_const(const wasm_externtype_t* type) { \
    return type->kind == KIND ? static_cast<const wasm_##x##_t*>(type) : nullptr;     \
  }
MOTE_EXTERN_TYPE(functype, WASM_EXTERN_FUNC)
MOTE_EXTERN_TYPE(globaltype, WASM_EXTERN_GLOBAL)
MOTE_EXTERN_TYPE(tabletype, WASM_EXTERN_TABLE)
MOTE_EXTERN_TYPE(memorytype, WASM_EXTERN_MEMORY)
#undef MOTE_EXTERN_TYPE

void wasm_externtype_delete(wasm_externtype_t* type) {
  if (type == nullptr) return;
  switch (type->kind) {
    case WASM_EXTERN_FUNC:
      return wasm_functype_delete(static_cast<wasm_functype_t*>(type));
    case WASM_EXTERN_GLOBAL:
      return wasm_globaltype_delete(static_cast<wasm_globaltype_t*>(type));
    case WASM_EXTERN_TABLE:
      return wasm_tabletype_delete(static_cast<wasm_tabletype_t*>(type));
    default:
      return wasm_memorytype_delete(static_cast<wasm_memorytype_t*>(type));
  }
}
wasm_externtype_t* wasm_externtype_copy(const wasm_externtype_t* type) {
  switch (type->kind) {
    case WASM_EXTERN_FUNC:
      return wasm_functype_copy(static_cast<const wasm_functype_t*>(type));
    case WASM_EXTERN_GLOBAL:
      return wasm_globaltype_copy(static_cast<const wasm_globaltype_t*>(type));
    case WASM_EXTERN_TABLE:
      return wasm_tabletype_copy(static_cast<const wasm_tabletype_t*>(type));
    default:
      return wasm_memorytype_copy(static_cast<const wasm_memorytype_t*>(type));
  }
}

// --- Imports and exports.

wasm_importtype_t* wasm_importtype_new(wasm_name_t* module, wasm_name_t* name, wasm_externtype_t* type) {
  auto* made = new wasm_importtype_t{*module, *name, type};
  wasm_name_new_empty(module);
  wasm_name_new_empty(name);
  return made;
}
void wasm_importtype_delete(wasm_importtype_t* type) {
  if (type == nullptr) return;
  wasm_name_delete(&type->module);
  wasm_name_delete(&type->name);
  wasm_externtype_delete(type->type);
  delete type;
}
wasm_importtype_t* wasm_importtype_copy(const wasm_importtype_t* type) {
  auto* copy = new wasm_importtype_t{{}, {}, wasm_externtype_copy(type->type)};
  wasm_name_copy(&copy->module, &type->module);
  wasm_name_copy(&copy->name, &type->name);
  return copy;
}
const wasm_name_t* wasm_importtype_module(const wasm_importtype_t* type) {
  return &type->module;
}
const wasm_name_t* wasm_importtype_name(const wasm_importtype_t* type) {
  return &type->name;
}
const wasm_externtype_t* wasm_importtype_type(const wasm_importtype_t* type) {
  return type->type;
}

wasm_exporttype_t* wasm_exporttype_new(wasm_name_t* name, wasm_externtype_t* type) {
  auto* made = new wasm_exporttype_t{*name, type};
  wasm_name_new_empty(name);
  return made;
}
void wasm_exporttype_delete(wasm_exporttype_t* type) {
  if (type == nullptr) return;
  wasm_name_delete(&type->name);
  wasm_externtype_delete(type->type);
  delete type;
}
wasm_exporttype_t* wasm_exporttype_copy(const wasm_exporttype_t* type) {
  auto* copy = new wasm_exporttype_t{{}, wasm_externtype_copy(type->type)};
  wasm_name_copy(&copy->name, &type->name);
  return copy;
}
const wasm_name_t* wasm_exporttype_name(const wasm_exporttype_t* type) {
  return &type->name;
}
const wasm_externtype_t* wasm_exporttype_type(const wasm_exporttype_t* type) {
  return type->type;
}

// --- From the engine's.

namespace mote::wasm_c {

namespace {

struct Row {
  wasm_valkind_t kind;
  ValueType type;
  char letter;
};
constexpr Row kRows[] = {
    {WASM_I32, ValueType::I32, 'i'},         {WASM_I64, ValueType::I64, 'l'},
    {WASM_F32, ValueType::F32, 'f'},         {WASM_F64, ValueType::F64, 'd'},
    {WASM_FUNCREF, ValueType::FuncRef, 'r'}, {WASM_EXTERNREF, ValueType::ExternRef, 'e'}};

const Row& row_of(wasm_valkind_t kind) {
  for (const Row& row : kRows) {
    if (row.kind == kind) return row;
  }
  return kRows[5];
}

wasm_limits_t limits_to_c(const ExternLimits& limits) {
  const auto clamp = [](uint64_t n) { return static_cast<uint32_t>(n < 0xffff'ffff ? n : 0xffff'ffff); };
  return {clamp(limits.min), clamp(limits.max)};
}

}  // namespace

wasm_valkind_t kind_of(ValueType type) {
  for (const Row& row : kRows) {
    if (row.type == type) return row.kind;
  }
  return WASM_EXTERNREF;
}
ValueType value_type(wasm_valkind_t kind) {
  return row_of(kind).type;
}
char letter_of(wasm_valkind_t kind) {
  return row_of(kind).letter;
}

wasm_name_t name_of(std::string_view text) {
  wasm_name_t name;
  wasm_name_new(&name, text.size(), text.data());
  return name;
}

ExternLimits limits_of(const wasm_limits_t& limits, uint8_t page_log2) {
  return {limits.min, limits.max == wasm_limits_max_default ? ~uint64_t{0} : limits.max, page_log2};
}

wasm_functype_t* function_type(const ExternType& type) {
  auto* made = new wasm_functype_t{{WASM_EXTERN_FUNC}, {}, {}};
  make_vector(&made->params, type.param_count());
  make_vector(&made->results, type.result_count());
  // A vector that is not empty has data, which the analyzer does not see.
  // NOLINTBEGIN(clang-analyzer-core.NullDereference)
  for (uint32_t i = 0; i < type.param_count(); ++i)
    made->params.data[i] = wasm_valtype_new(kind_of(type.param(i)));
  for (uint32_t i = 0; i < type.result_count(); ++i)
    made->results.data[i] = wasm_valtype_new(kind_of(type.result(i)));
  // NOLINTEND(clang-analyzer-core.NullDereference)
  return made;
}

wasm_externtype_t* to_c(const ExternType& type) {
  const wasm_limits_t limits = limits_to_c(type.limits);
  switch (type.kind) {
    case ExternKind::Function:
      return function_type(type);
    case ExternKind::Global:
      return wasm_globaltype_new(wasm_valtype_new(kind_of(type.value)),
                                 type.mutable_ ? WASM_VAR : WASM_CONST);
    case ExternKind::Table:
      return wasm_tabletype_new(wasm_valtype_new(kind_of(type.value)), &limits);
    default:
      return wasm_memorytype_new(&limits);
  }
}

}  // namespace mote::wasm_c
