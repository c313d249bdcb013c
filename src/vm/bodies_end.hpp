// SPDX-License-Identifier: Apache-2.0
// What handlers do last that share their ends (ends.hpp): bodies of handlers that no token names.
#pragma once
#include "vm/bodies.hpp"

namespace mote::vm {

/// Puts the accumulator into the slot that is the destination.
template <class T>
struct StoreEnd {
  static constexpr size_t kSize = kSharedSize;
  [[maybe_unused]] static constexpr bool kCalls = sizeof(T) == 8;  // for want of registers, see calls_out()
  MOTE_INLINE static Flow run(Registers& r) {
    uint32_t* slot = r.fp() + r.ip()[kSharedDestination];
    if constexpr (sizeof(T) == 4) {
      write_slot(slot, r.acc32());
      return Flow::Next;
    } else {
      write_slot(slot, r.acc64());
      return Flow::Next64;
    }
  }
};

/// Takes the branch whose displacement is at `At`.
template <size_t At, bool Back>
struct BranchEnd {
  [[maybe_unused]] static constexpr size_t kSize = 0;
  static constexpr bool kCalls = false;
  MOTE_INLINE static Flow run(Registers& r) {
    const auto* displacement = reinterpret_cast<const SignedHalf*>(r.ip() + At);
    return go_to<Back>(r, r.ip() + 2 * ptrdiff_t{*displacement}, At);
  }
};

/// The end of an instruction's handler, by the type of the accumulator then; of others nothing.
template <class I>
struct EndOf {};
template <class I>
requires(stores_by_end<I>()) struct EndOf<I> {
  template <class T>
  using End = StoreEnd<T>;
};
template <Operation Op, Place X, Place Y, bool Back>
requires kSharesEnds struct EndOf<Branch<Op, X, Y, Back>> {
  template <class T>
  using End = BranchEnd<Branch<Op, X, Y, Back>::kOperands.offset_of(slots_before(X, Y), false), Back>;
};

}  // namespace mote::vm
