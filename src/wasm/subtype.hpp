// SPDX-License-Identifier: Apache-2.0
// Subtyping (core spec, 3.3 "Matching"). In builds without typed references types are equal or different.
#pragma once
#include "wasm/module.hpp"

namespace mote::wasm {

/// Matching of abstract heap types, given as nullable references: each hierarchy has a top and a bottom.
bool is_abstract_subtype(ValType heap, ValType of);
/// The bottom of the hierarchy that a defined type lies in, which is right below struct, array, func or cont.
ValType bottom_below(ValType above);
/// The rules behind matches(), for types that differ.
bool is_subtype(const Module& module, ValType type, ValType of);
/// Whether defined type `type` is `of` or one of its subtypes. Indices of the module.
bool is_subtype(const Module& module, uint32_t type, uint32_t of);

/// Whether a value of `type` may be where `of` is wanted. kBottom is every type's subtype.
inline bool matches([[maybe_unused]] const Module& module, ValType type, ValType of) {
  if (type == of || type == kBottom) return true;
  if constexpr (kTypedReferences) return is_subtype(module, type, of);
  return false;
}

/// Whether they are the same type, each a subtype of the other.
inline bool same(const Module& module, ValType a, ValType b) {
  return matches(module, a, b) && matches(module, b, a);
}

/// The type of a reference to one of the module's functions (core spec, 3.4.6).
inline ValType reference_to([[maybe_unused]] const Module& module, [[maybe_unused]] uint32_t function) {
  if constexpr (kTypedReferences) return ValType::defined(module.functions[function]).non_null();
  return kFuncRef;
}

/// The greatest type of the hierarchy that a heap type is in, nullable: anyref, funcref, externref, exnref,
/// contref.
ValType top_of(const Module& module, ValType type);

}  // namespace mote::wasm
