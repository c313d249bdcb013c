// SPDX-License-Identifier: Apache-2.0
// Reading an instruction's operands and the slots that they name.
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "vm/ends.hpp"
#include "vm/instruction.hpp"
#include "vm/registers.hpp"

namespace mote::vm {

// Slots hold values of any type, and i64 and f64 begin at any slot: accesses say that they alias and may be
// unaligned.
using Slot32 [[gnu::may_alias]] = uint32_t;
using Slot64 [[gnu::may_alias, gnu::aligned(4)]] = uint64_t;
using Half [[gnu::may_alias, gnu::aligned(2)]] = uint16_t;
using SignedHalf [[gnu::may_alias, gnu::aligned(2)]] = int16_t;
using Word [[gnu::may_alias, gnu::aligned(2)]] = uint32_t;

template <class T>
MOTE_INLINE T read_slot(const uint32_t* slot) {
  if constexpr (sizeof(T) == 4) return std::bit_cast<T>(*reinterpret_cast<const Slot32*>(slot));
  if constexpr (sizeof(T) == 8) {
    const uint64_t bits = *reinterpret_cast<const Slot64*>(slot);
    return std::bit_cast<T>(bits);
  }
}
template <class T>
MOTE_INLINE void write_slot(uint32_t* slot, T value) {
  if constexpr (sizeof(T) == 4) *reinterpret_cast<Slot32*>(slot) = std::bit_cast<uint32_t>(value);
  if constexpr (sizeof(T) == 8) *reinterpret_cast<Slot64*>(slot) = std::bit_cast<uint64_t>(value);
}

/// Operands of the part that begins at operand First of instruction Whole.
template <class Whole, size_t First, bool Extended>
struct Fetch {
  template <size_t I>
  static constexpr size_t kAt = Whole::kOperands.offset_of(First + I, Extended);
  static constexpr size_t kSize = Whole::kOperands.size(Extended);

  template <size_t I>
  MOTE_INLINE static uint32_t* slot(const Registers& r) {
    return r.fp() + r.ip()[kAt<I>];
  }
  template <size_t I>
  MOTE_INLINE static uint32_t byte(const Registers& r) {
    return r.ip()[kAt<I>];
  }
  template <size_t I>
  MOTE_INLINE static uint32_t half(const Registers& r) {
    return *reinterpret_cast<const Half*>(r.ip() + kAt<I>);
  }
  template <size_t I>
  MOTE_INLINE static int32_t signed_half(const Registers& r) {
    return *reinterpret_cast<const SignedHalf*>(r.ip() + kAt<I>);
  }
  template <size_t I>
  MOTE_INLINE static uint32_t word(const Registers& r) {
    return *reinterpret_cast<const Word*>(r.ip() + kAt<I>);
  }
  /// A frame named by a byte or, in wide instructions, by 16 bits.
  template <size_t I>
  MOTE_INLINE static uint32_t* frame(const Registers& r) {
    if constexpr (Whole::kOperands.kinds[First + I] == Kind::Slot) return slot<I>(r);
    return r.fp() + half<I>(r);
  }
  /// Displacements count halfwords from their own place: the target is base + kAt, which dispatches add for
  /// nothing.
  template <size_t I>
  MOTE_INLINE static const uint8_t* base(const Registers& r) {
    return r.ip() + 2 * ptrdiff_t{signed_half<I>(r)};
  }
  /// The value of source operand I, which lies in `place`.
  template <class T, Place P, size_t I, bool ShiftCount = false>
  MOTE_INLINE static T source(const Registers& r) {
    if constexpr (P == Place::A && sizeof(T) == 4) return std::bit_cast<T>(r.acc32());
    if constexpr (P == Place::A && sizeof(T) == 8) return std::bit_cast<T>(r.acc64());
    if constexpr (P == Place::S) return read_slot<T>(slot<I>(r));
    if constexpr (P == Place::K && ShiftCount) return static_cast<T>(byte<I>(r));
    if constexpr (P == Place::K && !ShiftCount)
      return static_cast<T>(static_cast<std::make_signed_t<T>>(signed_half<I>(r)));
  }

  /// Puts a result into the accumulator, and into the slot that operand I names if D says so.
  template <Place D, size_t I, class T>
  MOTE_INLINE static Flow result(Registers& r, T value) {
    constexpr bool kByEnd = D == Place::S && !Extended && stores_by_end<Whole>();
    if constexpr (D == Place::S && !kByEnd) write_slot(slot<I>(r), value);
    if constexpr (sizeof(T) == 4) {
      r.set32(std::bit_cast<uint32_t>(value));
      return kByEnd ? Flow::End : Flow::Next;
    } else {
      r.set64(std::bit_cast<uint64_t>(value));
      return kByEnd ? Flow::End64 : Flow::Next64;
    }
  }
};

constexpr size_t slots_before(Place x, Place y = Place::N) {
  return (x == Place::A || x == Place::N ? 0u : 1u) + (y == Place::A || y == Place::N ? 0u : 1u);
}

/// Leaves the interpreter with a trap.
MOTE_INLINE Flow trap(Registers& r, Trap kind) {
  r.run().trap = kind;
  return Flow::Leave;
}

}  // namespace mote::vm
