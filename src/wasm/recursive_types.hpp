// SPDX-License-Identifier: Apache-2.0
// Walking a defined type's components, and the hash by which equal recursion groups are found.
#pragma once
#include "wasm/module.hpp"

namespace mote::wasm {

/// The type of references to the functions that a continuation's type is made of.
ValType function_reference(const FuncType& continuation);

/// The types that a defined type is made of, in order: fields, or parameters and then results.
class Components {
 public:
  explicit Components(const FuncType& type) : type_(type), at_(type.params), left_(type.param_count) {}

  uint32_t count() const { return uint32_t{type_.param_count} + type_.result_count; }
  Field next() {
    if constexpr (enabled(Proposal::StackSwitching)) {
      if (type_.more.kind == TypeKind::Continuation) return {function_reference(type_), false};
    }
    if (type_.more.kind != TypeKind::Function) return next_field(at_);
    if (left_-- == 0) at_ = type_.results();
    return {next_type(at_), false};
  }

 private:
  const FuncType& type_;
  const uint8_t* at_;
  uint32_t left_;
};

template <class Visit>
void each_component(const FuncType& type, Visit visit) {
  Components components(type);
  for (uint32_t left = components.count(); left > 0; --left) visit(components.next());
}

/// A number that equal groups of all modules share. The groups before it have theirs.
uint32_t hash_group(const Module& module, uint32_t first);

}  // namespace mote::wasm
