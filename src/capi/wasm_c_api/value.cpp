// SPDX-License-Identifier: Apache-2.0
// wasm.h: values, and references on their way between the program and guests.
#include "capi/wasm_c_api/store.hpp"
#include "capi/wasm_c_api/types.hpp"
#include "capi/wasm_c_api/vector.hpp"
#include "runtime/engine.hpp"

static void delete_value(wasm_val_t& value) {
  wasm_val_delete(&value);
}
static wasm_val_t copy_value(const wasm_val_t& value) {
  wasm_val_t copy;
  wasm_val_copy(&copy, &value);
  return copy;
}
MOTE_WASM_VECTOR(val, copy_value, delete_value)

void wasm_val_delete(wasm_val_t* value) {
  if (wasm_valkind_is_num(value->kind)) return;
  mote::wasm_c::let_go(value->of.ref);
  value->of.ref = nullptr;
}

void wasm_val_copy(wasm_val_t* out, const wasm_val_t* value) {
  *out = *value;
  if (wasm_valkind_is_ref(value->kind) && value->of.ref != nullptr) mote::wasm_c::hold(value->of.ref);
}

namespace mote::wasm_c {

wasm_func_t* handle_of(wasm_store_t* store, const Function& function) {
  const Extern item{ExternKind::Function, function.state(), function.state()->instance, 0};
  return static_cast<wasm_func_t*>(handle_of(store, item));
}

namespace {

uint32_t externref_of(wasm_ref_t* object) {
  if (object->id == 0) {
    object->store->externrefs.push_back(object);
    object->id = static_cast<uint32_t>(object->store->externrefs.size());
    pin(object);
  }
  return object->id;
}

wasm_ref_t* reference_from_engine(wasm_store_t* store, ValueType type, uint32_t id) {
  if (id == 0) return nullptr;
  if (type == ValueType::FuncRef) return handle_of(store, function_of(store->engine, FuncRef{id}));
  wasm_ref_t* object = store->externrefs[id - 1];
  if (object->handles == 0 && object->kind >= Kind::Func)
    return handle_of(store, static_cast<wasm_extern_t*>(object)->item);
  return hold(object);
}

}  // namespace

bool reference_to_engine(wasm_store_t* store, ValueType type, wasm_ref_t* reference, uint32_t& out) {
  out = 0;
  if (reference == nullptr) return true;
  if (reference->store != store) return false;
  auto* item = reference->kind >= Kind::Func ? static_cast<wasm_extern_t*>(reference) : nullptr;
  if (item != nullptr && item->owner != nullptr) pin(item->owner);
  if (type == ValueType::ExternRef) {
    out = externref_of(reference);
    return true;
  }
  if (reference->kind != Kind::Func) return false;
  out = reference_to(store->engine, function_of(item->item)).id;
  return true;
}

bool to_engine(wasm_store_t* store, ValueType type, const wasm_val_t& value, Value& out) {
  if (wasm_valkind_is_ref(kind_of(type))) {
    uint32_t id = 0;
    if (!wasm_valkind_is_ref(value.kind) || !reference_to_engine(store, type, value.of.ref, id)) return false;
    out = Value(type, id);
    return true;
  }
  if (value.kind != kind_of(type)) return false;
  switch (value.kind) {
    case WASM_I32:
      out = Value::i32(value.of.i32);
      break;
    case WASM_I64:
      out = Value::i64(value.of.i64);
      break;
    case WASM_F32:
      out = Value::f32(value.of.f32);
      break;
    default:
      out = Value::f64(value.of.f64);
  }
  return true;
}

wasm_val_t from_engine(wasm_store_t* store, const Value& value) {
  wasm_val_t out;
  out.kind = kind_of(value.type);
  switch (out.kind) {
    case WASM_I32:
      out.of.i32 = value.i32();
      break;
    case WASM_I64:
      out.of.i64 = value.i64();
      break;
    case WASM_F32:
      out.of.f32 = value.f32();
      break;
    case WASM_F64:
      out.of.f64 = value.f64();
      break;
    default:
      out.of.ref = reference_from_engine(store, value.type, value.ref());
  }
  return out;
}

}  // namespace mote::wasm_c
