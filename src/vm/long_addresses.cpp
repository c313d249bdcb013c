// SPDX-License-Identifier: Apache-2.0
#include "vm/long_addresses.hpp"

#include "vm/slots.hpp"

namespace mote::vm {

namespace {

using wasm::Immediate;
using wasm::Op;
using wasm::ValType;

/// What an operand is, where its type is not fixed: addresses of the memory or table, of the source, of
/// whichever is shorter.
constexpr ValType kFirst{1}, kSecond{2}, kLesser{3};

bool on_tables(Immediate immediate) {
  return immediate == Immediate::Table || immediate == Immediate::TableTable ||
         immediate == Immediate::ElementTable;
}
bool on_memories(Immediate immediate) {
  return immediate == Immediate::Memory || immediate == Immediate::MemoryMemory ||
         immediate == Immediate::DataMemory || immediate == Immediate::MemArg ||
         immediate == Immediate::MemArgLane;
}

/// Operands in order, up to kBottom; references are like i32.
struct Operands {
  ValType types[4];
};
Operands operands_of(Op op) {
  constexpr ValType kRef = wasm::kI32;
  switch (op) {
    case Op::MemoryCopy:
    case Op::TableCopy:
      return {{kFirst, kSecond, kLesser, wasm::kBottom}};
    case Op::TableGet:
      return {{kFirst, wasm::kBottom, wasm::kBottom, wasm::kBottom}};
    case Op::TableSet:
      return {{kFirst, kRef, wasm::kBottom, wasm::kBottom}};
    case Op::TableGrow:
      return {{kRef, kFirst, wasm::kBottom, wasm::kBottom}};
    case Op::TableFill:
      return {{kFirst, kRef, kFirst, wasm::kBottom}};
    default: {
      const wasm::OpcodeRow row = wasm::row_of(op);
      Operands operands{
          {row.param(0, kFirst), row.param(1, kFirst), row.param(2, kFirst), row.param(3, kFirst)}};
      if (row.immediate == Immediate::MemArgLane) operands.types[2] = wasm::kI32;  // the lane
      return operands;
    }
  }
}

bool is_growth(Op op) {
  return op == Op::MemoryGrow || op == Op::TableGrow;
}

}  // namespace

LongAddresses long_addresses(const runtime::Instance& instance, Op op, uint32_t a, uint32_t b) {
  const wasm::Module& module = instance.module->wasm;
  const Immediate immediate = wasm::row_of(op).immediate;
  const auto table = [&](uint32_t index) { return module.tables[index].type.limits.is_64; };
  const auto memory = [&](uint32_t index) { return module.memories[index].limits.is_64; };
  if (on_tables(immediate)) return {table(a), immediate == Immediate::TableTable && table(b)};
  if (on_memories(immediate)) return {memory(a), immediate == Immediate::MemoryMemory && memory(b)};
  return {};
}

bool shorten(Op op, LongAddresses which, uint32_t* slots, Trap& why) {
  const uint32_t* from = slots;
  uint32_t* to = slots;
  for (const ValType type : operands_of(op).types) {
    const bool is_long = (type == kFirst && which.first) || (type == kSecond && which.second) ||
                         (type == kLesser && which.first && which.second);
    if (is_long) {
      const uint64_t address = read64(from);
      from += 2;
      *to++ = static_cast<uint32_t>(address);
      if (address >> 32 == 0) continue;
      why = on_tables(wasm::row_of(op).immediate) ? Trap::TableOutOfBounds : Trap::MemoryOutOfBounds;
      if (is_growth(op)) {
        why = Trap::None;
        write64(slots, ~uint64_t{0});
      }
      return false;
    }
    if (type == wasm::kBottom) break;
    const bool is_short = type == kFirst || type == kSecond || type == kLesser;
    for (uint32_t left = is_short ? 1 : wasm::slots_of(type); left > 0; --left) *to++ = *from++;
  }
  return true;
}

void lengthen(Op op, LongAddresses which, uint32_t* slots) {
  const bool sized = op == Op::MemorySize || op == Op::TableSize;
  if (!which.first || (!sized && !is_growth(op))) return;
  const bool failed = is_growth(op) && slots[0] == 0xffff'ffff;
  slots[1] = failed ? 0xffff'ffff : 0;
}

}  // namespace mote::vm
