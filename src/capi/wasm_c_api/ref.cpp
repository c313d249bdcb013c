// SPDX-License-Identifier: Apache-2.0
// wasm.h: what all handles have, and how one is seen as another.
#include "capi/wasm_c_api/store.hpp"
#include "capi/wasm_c_api/vector.hpp"

using namespace mote::wasm_c;

#define MOTE_HANDLE(x)                                                                                       \
  void wasm_##x##_delete(wasm_##x##_t* object) {                                                             \
    let_go(object);                                                                                          \
  }                                                                                                          \
  wasm_##x##_t* wasm_##x##_copy(const wasm_##x##_t* object) {                                                \
    return hold(object);                                                                                     \
  }                                                                                                          \
  bool wasm_##x##_same(const wasm_##x##_t* a, const wasm_##x##_t* b) {                                       \
    return a == b;                                                                                           \
  }                                                                                                          \
  void* wasm_##x##_get_host_info(const wasm_##x##_t* object) {                                               \
    return object->host_info;                                                                                \
  }                                                                                                          \
  void wasm_##x##_set_host_info(wasm_##x##_t* object, void* info) {                                          \
    wasm_##x##_set_host_info_with_finalizer(object, info, nullptr);                                          \
  }                                                                                                          \
  void wasm_##x##_set_host_info_with_finalizer(wasm_##x##_t* object, void* info, void (*finalizer)(void*)) { \
    object->host_info = info;                                                                                \
    object->finalizer = finalizer;                                                                           \
  }
MOTE_HANDLE(ref)

#define MOTE_REFERENCE(x, IS)                                                      \
  MOTE_HANDLE(x)                                                                   \
  wasm_ref_t* wasm_##x##_as_ref(wasm_##x##_t* object) {                            \
    return object;                                                                 \
  }                                                                                \
  const wasm_ref_t* wasm_##x##_as_ref_const(const wasm_##x##_t* object) {          \
    return object;                                                                 \
  }                                                                                \
  wasm_##x##_t* wasm_ref_as_##x(wasm_ref_t* object) {                              \
    return object != nullptr && IS ? static_cast<wasm_##x##_t*>(object) : nullptr; \
  }                                                                                \
  const wasm_##x##_t* wasm_ref_as_##x##_const(const wasm_ref_t* object) {          \
    return wasm_ref_as_##x(const_cast<wasm_ref_t*>(object));                       \
  }
MOTE_REFERENCE(foreign, (object->kind == Kind::Foreign))
MOTE_REFERENCE(module, (object->kind == Kind::Module))
MOTE_REFERENCE(instance, (object->kind == Kind::Instance))
MOTE_REFERENCE(trap, (object->kind == Kind::Trap))
MOTE_REFERENCE(extern, (object->kind >= Kind::Func))

#define MOTE_EXTERN(x, KIND)                                                    \
  MOTE_REFERENCE(x, (object->kind == Kind::KIND))                               \
  wasm_extern_t* wasm_##x##_as_extern(wasm_##x##_t* object) {                   \
    return object;                                                              \
  }                                                                             \
  const wasm_extern_t* wasm_##x##_as_extern_const(const wasm_##x##_t* object) { \
    return object;                                                              \
  }                                                                             \
  wasm_##x##_t* wasm_extern_as_##x(wasm_extern_t* object) {                     \
    return wasm_ref_as_##x(object);                                             \
  }                                                                             \
  const wasm_##x##_t* wasm_extern_as_##x##_const(const wasm_extern_t* object) { \
    return wasm_ref_as_##x##_const(object);                                     \
  }
MOTE_EXTERN(func, Func)
MOTE_EXTERN(global, Global)
MOTE_EXTERN(table, Table)
MOTE_EXTERN(memory, Memory)

MOTE_WASM_POINTER_VECTOR(extern)

wasm_foreign_t* wasm_foreign_new(wasm_store_t* store) {
  return new wasm_foreign_t(Kind::Foreign, store);
}
