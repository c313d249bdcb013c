// SPDX-License-Identifier: Apache-2.0
#include "runtime/constant.hpp"

#include <cstring>

#include "runtime/aggregates.hpp"
#include "runtime/engine.hpp"
#include "wasm/const_expr.hpp"

namespace mote::runtime {

namespace {

struct Environment {
  Instance& instance;
  uint64_t global(uint32_t index) const {
    if (index >= instance.module->wasm.globals.count) return 0;
    const Global global = global_of(instance, index);
    uint64_t bits = global.slots[0];
    if (wasm::slots_of(global.type.type) == 2) bits |= uint64_t{global.slots[1]} << 32;
    return bits;
  }
  bool vector(uint32_t index, uint64_t* stack, uint32_t& size) const {
    const Global global = global_of(instance, index);
    if (!(global.type.type == wasm::kV128)) return false;
    std::memcpy(stack + size, global.slots, 16);
    size += 2;
    return true;
  }
  uint64_t function(uint32_t index) const { return function_reference(instance, index); }
  void aggregate(wasm::Op op, wasm::Walk& walk, uint64_t* stack, uint32_t& size) const;
};

/// How many values of the stack an operation takes, and its immediates.
uint32_t operands_of(const wasm::Module& module, wasm::Op op, wasm::Walk& walk, uint32_t& type,
                     uint32_t& count) {
  using wasm::Op;
  if (op > Op::ArrayNewFixed) return 1;
  type = walk.u32();
  if (op == Op::StructNew) return module.types[type].param_count;
  if (op == Op::StructNewDefault) return 0;
  if (op == Op::ArrayNewFixed) return count = walk.u32();
  return op == Op::ArrayNew ? 2 : 1;
}

/// The type of the i-th operand of an operation that makes an object.
wasm::ValType operand_type(const wasm::Module& module, wasm::Op op, uint32_t type, uint32_t i) {
  using wasm::Op;
  if (op == Op::ArrayNewDefault || (op == Op::ArrayNew && i == 1)) return wasm::kI32;
  const uint8_t* at = module.types[type].params;
  wasm::ValType found = wasm::next_field(at).type;
  for (; op == Op::StructNew && i > 0; --i) found = wasm::next_field(at).type;
  return found;
}

/// Operands go to slots, as in a frame; those on the stack of the expression stay in sight of the collector.
void Environment::aggregate(wasm::Op op, wasm::Walk& walk, uint64_t* stack, uint32_t& size) const {
  using wasm::Op;
  const wasm::Module& module = instance.module->wasm;
  if (op == Op::V128Const) {
    std::memcpy(stack + size, walk.bytes(16).data(), 16);
    size += 2;
    return;
  }
  uint32_t type = 0, count = 0;
  RootScope keep(instance.engine->heap, reinterpret_cast<const uint32_t*>(stack), 2 * size);
  const uint32_t operands = operands_of(module, op, walk, type, count);
  const auto width = [&](uint32_t i) {
    return op > Op::ArrayNewFixed ? 1 : wasm::slots_of(operand_type(module, op, type, i));
  };
  for (uint32_t i = 0; i < operands; ++i) size -= width(i) == 4 ? 2 : 1;
  uint32_t slots[4 * limits::kConstStack] = {};
  uint32_t* to = slots;
  const uint64_t* from = stack + size;
  for (uint32_t i = 0; i < operands; ++i) {
    for (uint32_t left = width(i); left > 0; left -= left > 1 ? 2 : 1) {
      *to++ = static_cast<uint32_t>(*from);
      if (left > 1) *to++ = static_cast<uint32_t>(*from >> 32);
      ++from;
    }
  }
  if (op == Op::RefI31) {
    slots[0] = slots[0] << 1 | 1;
  } else if (const Trap trap = runtime::aggregate(instance, wasm::code_of(op), slots, type, count);
             trap != Trap::None) {
    instance.run.trap = trap;
    slots[0] = 0;
  }
  stack[size++] = slots[0];
}

}  // namespace

uint32_t function_reference(Instance& instance, uint32_t index) {
  return instance.pool->handle(function_object(instance, index));
}

uint64_t constant(Instance& instance, const uint8_t*& at) {
  return wasm::evaluate(instance.module->wasm, at, Environment{instance});
}

namespace {

/// A v128.const, or a global.get: no other instruction makes a vector here.
[[maybe_unused]] void vector_constant(Instance& instance, wasm::ConstExpr expression, uint32_t* slots) {
  const wasm::Module& module = instance.module->wasm;
  wasm::Walk walk(module.bytes, expression.at);
  const wasm::Op op = wasm::next_opcode(walk);
  if (op == wasm::Op::GlobalGet) {
    std::memcpy(slots, global_of(instance, walk.u32()).slots, 16);
  } else {
    std::memcpy(slots, walk.bytes(16).data(), 16);
  }
}

}  // namespace

void constant_to_slots(Instance& instance, wasm::ConstExpr expression, wasm::ValType type, uint32_t* slots) {
  if constexpr (enabled(Proposal::Simd)) {
    if (type == wasm::kV128) return vector_constant(instance, expression, slots);
  }
  const uint64_t bits = constant(instance, expression);
  slots[0] = static_cast<uint32_t>(bits);
  if (wasm::slots_of(type) == 2) slots[1] = static_cast<uint32_t>(bits >> 32);
}

}  // namespace mote::runtime
