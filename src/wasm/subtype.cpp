// SPDX-License-Identifier: Apache-2.0
#include "wasm/subtype.hpp"

namespace mote::wasm {

namespace {

constexpr bool below_eq(ValType heap) {
  return heap == kI31Ref || heap == kStructRef || heap == kArrayRef;
}

}  // namespace

ValType bottom_below(ValType above) {
  if (above == kFuncRef) return kNullFuncRef;
  return above == kContRef ? kNullContRef : kNullRef;
}

bool is_abstract_subtype(ValType heap, ValType of) {
  if (heap == of) return true;
  if (of == kAnyRef) return heap == kEqRef || heap == kNullRef || below_eq(heap);
  if (of == kEqRef) return heap == kNullRef || below_eq(heap);
  if (below_eq(of)) return heap == kNullRef;
  if (of == kFuncRef) return heap == kNullFuncRef;
  if (of == kExternRef) return heap == kNullExternRef;
  if (of == kContRef) return heap == kNullContRef;
  return of == kExnRef && heap == kNullExnRef;
}

namespace {

/// The abstract type right above a defined one.
ValType above(const Module& module, ValType heap) {
  switch (module.types[heap.index()].more.kind) {
    case TypeKind::Struct:
      return kStructRef;
    case TypeKind::Array:
      return kArrayRef;
    case TypeKind::Continuation:
      return kContRef;
    default:
      return kFuncRef;
  }
}

bool is_heap_subtype(const Module& module, ValType heap, ValType of) {
  if (heap == kBottomRef) return true;
  if (heap.is_defined() && of.is_defined()) return is_subtype(module, heap.index(), of.index());
  if (heap.is_defined()) return is_abstract_subtype(above(module, heap), of);
  if (of.is_defined()) return heap == bottom_below(above(module, of));
  return is_abstract_subtype(heap, of);
}

}  // namespace

bool is_subtype(const Module& module, uint32_t type, uint32_t of) {
  if constexpr (kTypedReferences) {
    const FuncType* types = module.types.data;
    for (;;) {
      if (types[type].canonical == types[of].canonical) return true;
      if (types[type].more.super_plus_1 == 0) return false;
      type = types[type].more.super_plus_1 - 1u;
    }
  }
  return module.types[type].canonical == module.types[of].canonical;
}

bool is_subtype(const Module& module, ValType type, ValType of) {
  if (!type.is_ref() || !of.is_ref()) return false;
  if (type.nullable() && !of.nullable()) return false;
  return is_heap_subtype(module, type.with_null(), of.with_null());
}

ValType top_of(const Module& module, ValType type) {
  const ValType heap = type.is_defined() ? above(module, type) : type.with_null();
  for (const ValType top : {kAnyRef, kFuncRef, kExternRef, kExnRef, kContRef}) {
    if (is_abstract_subtype(heap, top)) return top;
  }
  return kBottom;
}

}  // namespace mote::wasm
