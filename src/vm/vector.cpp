// SPDX-License-Identifier: Apache-2.0
#include "vm/vector.hpp"

#include <array>

#include "vm/lanes.hpp"
#include "vm/slots.hpp"

namespace mote::vm {

namespace {

using wasm::code_of;
using wasm::Op;

constexpr uint32_t kLast = code_of(Op::I32x4RelaxedDotI8x16I7x16AddS);

/// By code; nullptr: an access.
constexpr auto kFunctions = [] {
  std::array<VectorFunction, kLast + 1> functions{};
#define MOTE_VECTOR(name, function) functions[code_of(Op::name)] = function;
#include "vm/vectors.inc"
  return functions;
}();

void apply(Op op, uint32_t* slots) {
  kFunctions[code_of(op)]({slots, slots, slots, slots, 0});
}

/// What is loaded (of `width` bytes, zeros behind) as the vector that the opcode makes of it.
void expand(Op op, uint32_t* slots) {
  constexpr Op kExtensions[] = {Op::I16x8ExtendLowI8x16S, Op::I16x8ExtendLowI8x16U, Op::I32x4ExtendLowI16x8S,
                                Op::I32x4ExtendLowI16x8U, Op::I64x2ExtendLowI32x4S, Op::I64x2ExtendLowI32x4U};
  constexpr Op kSplats[] = {Op::I8x16Splat, Op::I16x8Splat, Op::I32x4Splat, Op::I64x2Splat};
  if (op >= Op::V128Load8x8S && op <= Op::V128Load32x2U)
    return apply(kExtensions[code_of(op) - code_of(Op::V128Load8x8S)], slots);
  if (op >= Op::V128Load8Splat && op <= Op::V128Load64Splat)
    apply(kSplats[code_of(op) - code_of(Op::V128Load8Splat)], slots);
}

/// Slots: address, vector of a store or for a lane, lane.
Trap access_vector(const runtime::Memory& memory, Op op, uint32_t* slots, uint32_t offset) {
  const uint32_t width = 1u << wasm::row_of(op).align;
  const uint64_t address = uint64_t{slots[0]} + offset;
  if (address + width > runtime::bytes_of(memory)) return Trap::MemoryOutOfBounds;
  uint8_t* place = memory.data + address;
  if (op == Op::V128Store) {
    std::memcpy(place, slots + 1, width);
    return Trap::None;
  }
  if (op >= Op::V128Load8Lane && op <= Op::V128Store64Lane) {
    auto* lane = reinterpret_cast<uint8_t*>(slots + 1) + slots[5] * width;
    if (op >= Op::V128Store8Lane) {
      std::memcpy(place, lane, width);
    } else {
      std::memcpy(lane, place, width);
      std::memmove(slots, slots + 1, 16);
    }
    return Trap::None;
  }
  std::memset(slots, 0, 16);
  std::memcpy(slots, place, width);
  expand(op, slots);
  return Trap::None;
}

}  // namespace

Trap vector(runtime::Instance& instance, Op op, uint32_t* slots, uint32_t a, uint32_t b) {
  const VectorFunction function = kFunctions[code_of(op)];
  if (function == nullptr) return access_vector(*instance.memories[a], op, slots, b);
  function({slots, slots, slots + 4, slots + 8, a});
  return Trap::None;
}

}  // namespace mote::vm
