// SPDX-License-Identifier: Apache-2.0
// An ISA that is chosen at run time: where a build compiles for several and flash is dearer than time, one
// pass drives them all by virtual functions (10 KB less than a pass for each).
#pragma once
#include "compile/isa.hpp"
#include "config/tuning.hpp"
#include "runtime/instance.hpp"

namespace mote::compile {

/// See isa.hpp. Of either kind: calls have the parameters of both, and an ISA takes those of its own.
class AnyIsa {
 public:
  static constexpr bool kKeepsValues = true;  // if keeps_values() says so

  virtual bool keeps_values() const = 0;
  /// The most values that it may hold.
  virtual uint32_t most_values() const = 0;
  virtual Message why_refused() const = 0;

  virtual uint32_t scratch_slots() const = 0;
  virtual void begin_function(const FunctionShape& shape) = 0;
  virtual uint32_t end_function(const FunctionFrame& frame) = 0;
  virtual bool again() = 0;
  virtual void at(uint32_t offset) = 0;
  virtual void operate(wasm::Op op, Value& result, std::span<const Value> operands) = 0;
  virtual void narrow(Value& result, const Value& value, Trap kind) = 0;
  virtual void load(wasm::Op op, Value& result, const Value& address, const MemArg& arg) = 0;
  virtual void store(wasm::Op op, const Value& address, const Value& value, const MemArg& arg) = 0;
  virtual void select(Value& result, const Value& first, const Value& second, const Value& condition) = 0;
  virtual void move(uint16_t slot, const Value& value) = 0;
  virtual void move_slots(uint16_t from, uint16_t to, uint32_t count) = 0;
  virtual void global_get(Value& result, const wasm::Global& global, uint32_t index) = 0;
  virtual void global_set(const Value& value, const wasm::Global& global, uint32_t index) = 0;
  virtual void drop(const Value& value) = 0;
  virtual void hold(Value& value) = 0;
  virtual void before_detour(std::span<const Value> values) = 0;
  virtual void bind(Label& label) = 0;
  virtual void jump(Label& label) = 0;
  virtual void branch(const Value& condition, bool when, Label& label) = 0;
  virtual void branch_table(const Value& index, uint32_t count) = 0;
  virtual void table_entry(Label& label) = 0;
  virtual void call(uint32_t function, uint16_t frame, std::span<const Value> arguments, Value* result) = 0;
  virtual void call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t frame,
                             std::span<const Value> arguments, Value* result) = 0;
  virtual void call_ref(const Value& callee, uint32_t type, uint16_t frame, std::span<const Value> arguments,
                        Value* result) = 0;
  virtual void tail_call(uint32_t function, uint16_t frame, std::span<const Value> arguments,
                         uint32_t slots) = 0;
  virtual void tail_call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t frame,
                                  std::span<const Value> arguments, uint32_t slots) = 0;
  virtual void tail_call_ref(const Value& callee, uint32_t type, uint16_t frame,
                             std::span<const Value> arguments, uint32_t slots) = 0;
  virtual void ret(std::span<const Value> values) = 0;
  virtual void trap(Trap kind) = 0;
  virtual uint32_t frame_place(uint16_t slot) const = 0;
  virtual uint32_t moved() const = 0;
  virtual void helper(wasm::Op op, uint16_t slot, uint32_t a, uint32_t b) = 0;

  // As the pass calls ISAs of each kind.
  void call(uint32_t function, uint16_t frame) { call(function, frame, {}, nullptr); }
  void call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t frame) {
    call_indirect(index, type, table, frame, {}, nullptr);
  }
  void call_ref(const Value& callee, uint32_t type, uint16_t frame) {
    call_ref(callee, type, frame, {}, nullptr);
  }
  void tail_call(uint32_t function, uint16_t frame, uint32_t slots) { tail_call(function, frame, {}, slots); }
  void tail_call(uint32_t function, uint16_t frame, std::span<const Value> arguments) {
    tail_call(function, frame, arguments, 0);
  }
  void tail_call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t frame, uint32_t slots) {
    tail_call_indirect(index, type, table, frame, {}, slots);
  }
  void tail_call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t frame,
                          std::span<const Value> arguments) {
    tail_call_indirect(index, type, table, frame, arguments, 0);
  }
  void tail_call_ref(const Value& callee, uint32_t type, uint16_t frame, uint32_t slots) {
    tail_call_ref(callee, type, frame, {}, slots);
  }
  void tail_call_ref(const Value& callee, uint32_t type, uint16_t frame, std::span<const Value> arguments) {
    tail_call_ref(callee, type, frame, arguments, 0);
  }
  void ret() { ret(std::span<const Value>()); }
  void ret(const Value& value) { ret(std::span(&value, 1)); }

 protected:
  ~AnyIsa() = default;
};

template <>
inline constexpr bool kOfEitherKind<AnyIsa> = true;

/// An ISA as AnyIsa. What no instruction of this profile asks for does nothing: virtual functions are linked
/// whether they are called or not.
template <class I>
class Virtual final : public AnyIsa, public I {
 public:
  using I::I;

  bool keeps_values() const override { return I::kKeepsValues; }
  uint32_t most_values() const override {
    if constexpr (requires { I::kMostValues; }) return I::kMostValues;
    return ~uint32_t{0};
  }
  Message why_refused() const override {
    if constexpr (requires(const I& isa) { isa.why_refused(); }) return I::why_refused();
    return {};
  }
  uint32_t scratch_slots() const override { return I::scratch_slots(); }
  void begin_function(const FunctionShape& shape) override { I::begin_function(shape); }
  uint32_t end_function(const FunctionFrame& frame) override { return I::end_function(frame); }
  bool again() override { return I::again(); }
  void at(uint32_t offset) override { I::at(offset); }
  void operate(wasm::Op op, Value& result, std::span<const Value> operands) override {
    I::operate(op, result, operands);
  }
  void narrow(Value& result, const Value& value, Trap kind) override {
    if (enabled(Proposal::Memory64)) I::narrow(result, value, kind);
  }
  void load(wasm::Op op, Value& result, const Value& address, const MemArg& arg) override {
    I::load(op, result, address, arg);
  }
  void store(wasm::Op op, const Value& address, const Value& value, const MemArg& arg) override {
    I::store(op, address, value, arg);
  }
  void select(Value& result, const Value& first, const Value& second, const Value& condition) override {
    I::select(result, first, second, condition);
  }
  void move(uint16_t slot, const Value& value) override { I::move(slot, value); }
  void move_slots(uint16_t from, uint16_t to, uint32_t count) override { I::move_slots(from, to, count); }
  void global_get(Value& result, const wasm::Global& global, uint32_t index) override {
    I::global_get(result, global, index);
  }
  void global_set(const Value& value, const wasm::Global& global, uint32_t index) override {
    I::global_set(value, global, index);
  }
  void drop([[maybe_unused]] const Value& value) override {
    if constexpr (I::kKeepsValues) I::drop(value);
  }
  void hold([[maybe_unused]] Value& value) override {
    if constexpr (I::kKeepsValues) I::hold(value);
  }
  void before_detour([[maybe_unused]] std::span<const Value> values) override {
    if constexpr (I::kKeepsValues) I::before_detour(values);
  }
  void bind(Label& label) override { I::bind(label); }
  void jump(Label& label) override { I::jump(label); }
  void branch(const Value& condition, bool when, Label& label) override { I::branch(condition, when, label); }
  void branch_table(const Value& index, uint32_t count) override { I::branch_table(index, count); }
  void table_entry(Label& label) override { I::table_entry(label); }
  void call(uint32_t function, uint16_t frame, [[maybe_unused]] std::span<const Value> arguments,
            [[maybe_unused]] Value* result) override {
    if constexpr (I::kKeepsValues) {
      I::call(function, frame, arguments, result);
    } else {
      I::call(function, frame);
    }
  }
  void call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t frame,
                     [[maybe_unused]] std::span<const Value> arguments,
                     [[maybe_unused]] Value* result) override {
    if constexpr (I::kKeepsValues) {
      I::call_indirect(index, type, table, frame, arguments, result);
    } else {
      I::call_indirect(index, type, table, frame);
    }
  }
  void call_ref(const Value& callee, uint32_t type, uint16_t frame,
                [[maybe_unused]] std::span<const Value> arguments, [[maybe_unused]] Value* result) override {
    if (!enabled(Proposal::TypedFunctionReferences)) return;
    if constexpr (I::kKeepsValues) {
      I::call_ref(callee, type, frame, arguments, result);
    } else {
      I::call_ref(callee, type, frame);
    }
  }
  void tail_call(uint32_t function, uint16_t frame, [[maybe_unused]] std::span<const Value> arguments,
                 [[maybe_unused]] uint32_t slots) override {
    if (!enabled(Proposal::TailCall)) return;
    if constexpr (I::kKeepsValues) {
      I::tail_call(function, frame, arguments);
    } else {
      I::tail_call(function, frame, slots);
    }
  }
  void tail_call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t frame,
                          [[maybe_unused]] std::span<const Value> arguments,
                          [[maybe_unused]] uint32_t slots) override {
    if (!enabled(Proposal::TailCall)) return;
    if constexpr (I::kKeepsValues) {
      I::tail_call_indirect(index, type, table, frame, arguments);
    } else {
      I::tail_call_indirect(index, type, table, frame, slots);
    }
  }
  void tail_call_ref(const Value& callee, uint32_t type, uint16_t frame,
                     [[maybe_unused]] std::span<const Value> arguments,
                     [[maybe_unused]] uint32_t slots) override {
    if (!enabled(Proposal::TypedFunctionReferences)) return;
    if constexpr (I::kKeepsValues) {
      I::tail_call_ref(callee, type, frame, arguments);
    } else {
      I::tail_call_ref(callee, type, frame, slots);
    }
  }
  void ret(std::span<const Value> values) override {
    if constexpr (I::kKeepsValues) {
      I::ret(values);
    } else {
      values.empty() ? I::ret() : I::ret(values[0]);
    }
  }
  void trap(Trap kind) override { I::trap(kind); }
  uint32_t frame_place(uint16_t slot) const override { return I::frame_place(slot); }
  uint32_t moved() const override { return I::moved(); }
  void helper(wasm::Op op, uint16_t slot, uint32_t a, uint32_t b) override { I::helper(op, slot, a, b); }
};

/// What drives an ISA: one pass for all, if the build wants that, or one of its own.
template <class I>
using Driven = std::conditional_t<config::kOnePass, Virtual<I>, I>;

}  // namespace mote::compile
