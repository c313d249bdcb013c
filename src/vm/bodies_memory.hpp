// SPDX-License-Identifier: Apache-2.0
// Loads and stores of memory 0. One comparison with the limit register covers nearly every access; what it
// does not cover (the last bytes of memory, and what is out of bounds) goes to slow_access(), which is exact
// and never comes back here.
#pragma once
#include "vm/access.hpp"
#include "vm/fetch.hpp"
#include "vm/numeric.hpp"

namespace mote::vm {

/// What a load reads and what it gives: `Stored` in memory, widened to `Value`.
template <Operation Op>
struct Access;
#define MOTE_ACCESS(name, stored, value)                       \
  template <>                                                  \
  struct Access<operation_of(wasm::Op::name)> {                \
    using Stored [[gnu::may_alias, gnu::aligned(1)]] = stored; \
    using Plain = stored;                                      \
    using Value = value;                                       \
  };
MOTE_ACCESS(I32Load, uint32_t, u32)
MOTE_ACCESS(I64Load, uint64_t, u64)
MOTE_ACCESS(I32Load8S, int8_t, u32)
MOTE_ACCESS(I32Load8U, uint8_t, u32)
MOTE_ACCESS(I32Load16S, int16_t, u32)
MOTE_ACCESS(I32Load16U, uint16_t, u32)
MOTE_ACCESS(I64Load8S, int8_t, u64)
MOTE_ACCESS(I64Load8U, uint8_t, u64)
MOTE_ACCESS(I64Load16S, int16_t, u64)
MOTE_ACCESS(I64Load16U, uint16_t, u64)
MOTE_ACCESS(I64Load32S, int32_t, u64)
MOTE_ACCESS(I64Load32U, uint32_t, u64)
MOTE_ACCESS(I32Store, uint32_t, u32)
MOTE_ACCESS(I64Store, uint64_t, u64)
MOTE_ACCESS(I32Store8, uint8_t, u32)
MOTE_ACCESS(I32Store16, uint16_t, u32)
MOTE_ACCESS(I64Store8, uint8_t, u64)
MOTE_ACCESS(I64Store16, uint16_t, u64)
MOTE_ACCESS(I64Store32, uint32_t, u64)
#undef MOTE_ACCESS

/// The place in memory of an access; false for the slow path. I: index of the offset operand. Not a null
/// pointer for "slow": the compiler cannot know that `place` is none, and would test it in every access.
template <class F, Place X, Offset O, size_t I>
MOTE_INLINE bool effective(Registers& r, uint8_t*& place) {
  if constexpr (O == Offset::Constant) {
    place = r.memory() + F::template half<I>(r);
    return true;
  } else {
    const u32 base = F::template source<u32, X, 0>(r);
    u32 offset = 0;
    if constexpr (O == Offset::Byte) offset = F::template byte<I>(r);
    if constexpr (O == Offset::Half) offset = F::template half<I>(r);
    // The limit leaves room for an offset of a byte; a longer one is added before the comparison, and must
    // not wrap.
    const bool good =
        O == Offset::Half ? base + offset >= base && base + offset < r.limit() : base < r.limit();
    if (good) {
      place = r.memory() + (base + offset);
      return true;
    }
    return false;
  }
}

template <class F, Operation Op, Place D, Place X, Offset O>
MOTE_INLINE Flow run(Registers& r, Load<Op, D, X, O>) {
  using Cell = Access<Op>;
  constexpr size_t kOffset = slots_before(X), kD = kOffset + (O == Offset::None ? 0 : 1);
  uint8_t* at;
  if (!effective<F, X, O, kOffset>(r, at)) return Flow::Slow;
  const auto value = *reinterpret_cast<const typename Cell::Stored*>(at);
  return F::template result<D, kD>(r, static_cast<typename Cell::Value>(value));
}

template <class F, Operation Op, Place X, Place Y, Offset O>
MOTE_INLINE Flow run(Registers& r, Store<Op, X, Y, O>) {
  static_assert(Y != Place::A || value_slots(Op) == 1, "the slow path finds 32 bits in the accumulator");
  using Cell = Access<Op>;
  uint8_t* at;
  if (!effective<F, X, O, slots_before(X, Y)>(r, at)) return Flow::Slow;
  const auto value = F::template source<typename Cell::Value, Y, slots_before(X)>(r);
  *reinterpret_cast<typename Cell::Stored*>(at) = static_cast<typename Cell::Plain>(value);
  return Flow::Next;
}

/// Accesses for which GCC runs out of scratch registers on Thumb-2: their handlers have a stack frame, like
/// those that call.
template <class I>
inline constexpr bool kSpills = false;
template <Operation Op, Place D, Place X, Offset O>
inline constexpr bool kSpills<Load<Op, D, X, O>> = value_slots(Op) == 2 && O != Offset::None;
template <Operation Op, Place X, Place Y, Offset O>
inline constexpr bool kSpills<Store<Op, X, Y, O>> = O != Offset::None &&
                                                    (value_slots(Op) == 2 ||
                                                     (O == Offset::Half && X == Place::S && Y == Place::S));
template <class First, class Second>
inline constexpr bool kSpills<Fused<First, Second>> = kSpills<First> || kSpills<Second>;

}  // namespace mote::vm
