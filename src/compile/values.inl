// SPDX-License-Identifier: Apache-2.0
// The operand stack: types for validation, places for code.

namespace mote::compile {

template <Isa I>
void SinglePass<I>::out_of_memory() {
  reader_.fail_at("no memory to compile the function", at_, static_cast<uint32_t>(pool_.missing()));
}

template <Isa I>
void SinglePass<I>::need_slots(uint32_t slots) {
  if (slots > limits::kFrameSlots) reader_.fail_at("a frame of more than 65000 slots", at_);
  if (slots > frame_slots_) frame_slots_ = slots;
}

/// That an ISA may hold at a time.
template <Isa I>
uint32_t SinglePass<I>::most_values() const {
  if constexpr (kOfEitherKind<I>) return isa_.most_values();
  if constexpr (requires { I::kMostValues; }) return I::kMostValues;
  return ~uint32_t{0};
}

template <Isa I>
Value SinglePass<I>::in_home(ValType type) {
  Value value;
  value.type = type;
  value.home = top_home_;
  return value;
}

template <Isa I>
void SinglePass<I>::push(const Value& value) {
  const uint32_t end = value.home + value.slots();
  need_slots(end);
  top_home_ = static_cast<uint16_t>(end);
  if (!keeps() && value.in_register()) owner_ = static_cast<int32_t>(values_.size());
  if (value.kind == Value::Kind::Local) ++locals_[value.local].references;
  if (!values_.push(value)) return out_of_memory();
  if constexpr (kOfEitherKind<I> || requires { I::kMostValues; }) {
    // An ISA holds so many, and no more: the deepest go home.
    if (!value.in_register()) return;
    for (; values_.size() - flushed_ > most_values() && live(); ++flushed_) {
      if (!values_[flushed_].is_constant()) to_home(flushed_);
    }
  }
}

/// A place for a result: a register, which the operands that were just popped have left.
template <Isa I>
Value SinglePass<I>::register_result(ValType type) {
  Value value = in_home(type);
  value.kind = Value::Kind::Register;
  return value;
}

template <Isa I>
void SinglePass<I>::release_local(const Value& value) {
  if (value.kind == Value::Kind::Local) --locals_[value.local].references;
}

/// Takes the topmost value off the stack. It is read before the next push.
template <Isa I>
const Value& SinglePass<I>::take() {
  const Control& control = controls_.top();
  if (values_.size() == control.height || !reader_.ok()) {
    if (!control.unreachable) mismatch();
    none_ = in_home(wasm::kBottom);
    return none_;
  }
  const Value& value = values_.from_top(0);
  const uint32_t size = values_.size() - 1;
  values_.truncate(size);
  top_home_ = value.home;
  if (value.in_register()) owner_ = -1;
  release_local(value);
  if (flushed_ > size) flushed_ = size;
  return value;
}

template <Isa I>
Value SinglePass<I>::pop_any() {
  return take();
}

template <Isa I>
void SinglePass<I>::mismatch() {
  fail("type mismatch");
}

/// Checks the type of a value that was taken.
template <Isa I>
void SinglePass<I>::expect(const Value& value, ValType type) {
  if (type != wasm::kBottom && !wasm::matches(module_, value.type, type)) mismatch();
}

template <Isa I>
Value SinglePass<I>::pop(ValType expected) {
  Value value = take();
  expect(value, expected);
  if (value.type == wasm::kBottom) value.type = expected;
  return value;
}

/// The only register to its value's home: before anything is emitted that does not consume it.
template <Isa I>
void SinglePass<I>::spill() {
  if (keeps() || owner_ < 0 || !live()) return;
  to_home(static_cast<uint32_t>(owner_));
  owner_ = -1;
}

template <Isa I>
void SinglePass<I>::to_home(uint32_t index) {
  Value& value = values_[index];
  if (value.kind == Value::Kind::Stack) return;
  isa_.move(value.home, value);
  release_local(value);
  drop(value);
  value.kind = Value::Kind::Stack;
}

/// Tells an ISA that keeps values that one is not needed any more.
template <Isa I>
void SinglePass<I>::drop([[maybe_unused]] const Value& value) {
  if constexpr (kMayKeep) {
    if (value.in_register() && live()) isa_.drop(value);
  }
}

/// The topmost `count` values to their homes: arguments, results.
template <Isa I>
void SinglePass<I>::flush(uint32_t count) {
  if (!live()) return;
  spill();
  for (uint32_t i = values_.size() - count; i < values_.size(); ++i) to_home(i);
}

/// All values to where any path will find them: at the start of a block. Constants need no place.
template <Isa I>
void SinglePass<I>::flush_all() {
  if (!live()) return;
  spill();
  for (uint32_t i = flushed_; i < values_.size(); ++i) {
    if (!values_[i].is_constant()) to_home(i);
  }
  flushed_ = values_.size();
}

/// A popped value that must survive moves: out of the register, to its home.
template <Isa I>
void SinglePass<I>::keep(Value& value) {
  if (keeps() || !live() || !value.in_register()) return;
  need_slots(value.home + value.slots());
  isa_.move(value.home, value);
  value.kind = Value::Kind::Stack;
}

/// Pops values that an instruction consumes; they can be read above the stack's top until the next push.
template <Isa I>
void SinglePass<I>::consume_values(uint32_t height) {
  for (uint32_t i = height; i < values_.size(); ++i) release_local(values_[i]);
  if (values_.size() > height) top_home_ = values_[height].home;
  values_.truncate(height);
  owner_ = -1;
  if (flushed_ > height) flushed_ = height;
}

template <Isa I>
void SinglePass<I>::drop_values(uint32_t height) {
  while (values_.size() > height) {
    const Value value = values_.pop();
    top_home_ = value.home;
    if (value.in_register()) owner_ = -1;
    drop(value);
    release_local(value);
  }
  if (flushed_ > height) flushed_ = height;
}

}  // namespace mote::compile
