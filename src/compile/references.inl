// SPDX-License-Identifier: Apache-2.0
// Typed function references (core spec, 3.4.6 and 3.4.9). A reference that is tested stays in its home
// meanwhile: the test reads it there and changes nothing.

namespace mote::compile {

/// Pops a reference of any type; of kBottom in unreachable code.
template <Isa I>
Value SinglePass<I>::pop_reference() {
  const Value value = pop_any();
  if (value.type != wasm::kBottom && !value.type.is_ref()) mismatch();
  return value;
}

/// Likewise, after it was brought to its home.
template <Isa I>
Value SinglePass<I>::flushed_reference() {
  if (live() && values_.size() > controls_.top().height) flush(1);
  Value value = pop_reference();
  if (value.type == wasm::kBottom) value.type = wasm::kBottomRef;
  return value;
}

template <Isa I>
void SinglePass<I>::check_null(const Value& value, Trap kind) {
  Value test = value;
  test.type = wasm::kI32;  // a reference is a 4-byte slot, and null is 0
  Label good;
  isa_.branch(test, true, good);
  isa_.trap(kind);
  isa_.bind(good);
}

template <Isa I>
void SinglePass<I>::ref_as_non_null() {
  Value value = flushed_reference();
  if (!reader_.ok()) return;
  if (live() && value.type.nullable()) check_null(value, Trap::NullReference);
  value.type = value.type.non_null();
  push(value);
}

/// Goes to the target with the topmost values if the condition, which is in its home, says so.
template <Isa I>
void SinglePass<I>::branch_on(const Value& condition, bool when, Control& target) {
  Value test = condition;
  test.type = wasm::kI32;
  const uint32_t count = label_count(target);
  if (!keeps() && target.kind == Control::Kind::Function && count > 1) flush(count);
  spill();
  if (target.kind != Control::Kind::Function && in_place(target))
    return isa_.branch(test, when, target.label);
  if constexpr (kMayKeep) isa_.before_detour({values_.data() + values_.size() - count, count});
  Label skip;
  isa_.branch(test, !when, skip);
  go(target);
  isa_.bind(skip);
}

template <Isa I>
void SinglePass<I>::br_on_null() {
  Control* target = label_target(reader_.u32());
  if (target == nullptr) return;
  Value value = flushed_reference();
  check_label(*target);
  if (!reader_.ok()) return;
  if (live()) branch_on(value, false, *target);
  retype(*target);
  value.type = value.type.non_null();
  value.home = top_home_;
  push(value);
}

template <Isa I>
void SinglePass<I>::br_on_non_null() {
  Control* target = label_target(reader_.u32());
  if (target == nullptr) return;
  Value value = flushed_reference();
  if (!reader_.ok()) return;
  value.type = value.type.non_null();
  push(value);
  if (label_count(*target) == 0) return mismatch();
  check_label(*target);
  if (!reader_.ok()) return;
  if (live()) branch_on(value, true, *target);
  retype(*target);
  drop(pop_any());
}

/// The function type of call_ref's immediate; its operand's type is the reference to it.
template <Isa I>
const wasm::FuncType* SinglePass<I>::read_call_ref(uint32_t& type) {
  type = reader_.u32();
  if (!reader_.ok()) return nullptr;
  if (type >= module_.types.count || !is_function(type)) return fail("unknown type"), nullptr;
  return &module_.types[type];
}

template <Isa I>
void SinglePass<I>::call_ref() {
  uint32_t type_index = 0;
  const wasm::FuncType* type = read_call_ref(type_index);
  if (type == nullptr) return;
  Value callee = pop(ValType::defined(type_index));
  if (!reader_.ok()) return;
  callee.type = wasm::kI32;
  if (needs_flush(type->param_count)) keep(callee);
  const Arguments arguments = pop_arguments(*type);
  if (!reader_.ok()) return;
  call_with(*type, arguments, [&]([[maybe_unused]] Value* result) {
    if constexpr (kMayKeep)
      return isa_.call_ref(callee, type_index, arguments.base, arguments.values, result);
    if constexpr (!kMayKeep) isa_.call_ref(callee, type_index, arguments.base);
  });
}

template <Isa I>
void SinglePass<I>::return_call_ref() {
  uint32_t type_index = 0;
  const wasm::FuncType* type = read_call_ref(type_index);
  if (type == nullptr || !same_results(*type)) return;
  Value callee = pop(ValType::defined(type_index));
  if (!reader_.ok()) return;
  callee.type = wasm::kI32;
  if (needs_flush(type->param_count)) keep(callee);
  const Arguments arguments = pop_arguments(*type);
  if (!reader_.ok()) return;
  begin_hole();
  if (live()) {
    if constexpr (kOfEitherKind<I>) {
      isa_.tail_call_ref(callee, type_index, arguments.base, arguments.values, type->param_slots);
    } else if constexpr (kMayKeep) {
      isa_.tail_call_ref(callee, type_index, arguments.base, arguments.values);
    } else {
      isa_.tail_call_ref(callee, type_index, arguments.base, type->param_slots);
    }
  }
  end_hole();
  set_unreachable();
}

}  // namespace mote::compile
