// SPDX-License-Identifier: Apache-2.0
// What each instruction does, straight line: numeric operations, moves, constants, globals, selection,
// branches. Memory is in bodies_memory.hpp, calls in bodies_call.hpp. A body never dispatches: the driver
// does, by the Flow it returns.
#pragma once
#include <utility>

#include "vm/compute.hpp"
#include "vm/fetch.hpp"
#include "vm/frame.hpp"
#include "vm/numeric.hpp"

namespace mote::vm {

/// True when an operation's C++ code may call a function (run-time library, helpers): its handler then has a
/// stack frame.
constexpr bool calls_out(Operation op) {
  const auto code = static_cast<uint8_t>(op);
  switch (op) {
    case Operation::CallEntry:
    case Operation::CallImport:
    case Operation::CallIndirect:
    case Operation::TailCallEntry:
    case Operation::TailCallImport:
    case Operation::TailCallIndirect:
    case Operation::LeaveInstance:
    case Operation::MoveBlock:
    case Operation::Helper:
    case Operation::HelperWide:
    case Operation::CallRef:
    case Operation::TailCallRef:
    case Operation::AnyNumeric:
    case Operation::AnyNumericConstant:
    case Operation::AnyGlobalGet:
    case Operation::AnyGlobalSet:
      return true;
    default:
      break;
  }
  const bool shift64 =
      code >= 0x86 && code <= 0x8a;  // no call, but GCC runs out of scratch registers on Thumb-2
  const bool floats = (code >= 0x5b && code <= 0x66) || (code >= 0x8b && code <= 0xa6);
  return shift64 || floats;
}

template <class F, Operation Op, Place D, Place X, Place Y>
MOTE_INLINE Flow run(Registers& r, Numeric<Op, D, X, Y>) {
  using C = Compute<Op>;
  using T = typename C::X;
  constexpr size_t kX = 0, kY = slots_before(X), kD = slots_before(X, Y);
  const T x = F::template source<T, X, kX>(r);
  typename C::R value;
  if constexpr (Y != Place::N) {
    const T y = F::template source<T, Y, kY, is_shift(Op)>(r);
    if constexpr (C::kTraps) {
      if (const Trap kind = C::apply(x, y, value); kind != Trap::None) return trap(r, kind);
    } else {
      value = C::apply(x, y);
    }
  } else if constexpr (C::kTraps) {
    if (const Trap kind = C::apply(x, value); kind != Trap::None) return trap(r, kind);
  } else {
    value = C::apply(x);
  }
  return F::template result<D, kD>(r, value);
}

template <class F, Operation Op, Place D, Place X, Place Y, Place Z>
MOTE_INLINE Flow run(Registers& r, Select<Op, D, X, Y, Z>) {
  using T = std::conditional_t<Op == Operation::Select32, u32, u64>;
  constexpr size_t kZ = slots_before(X, Y), kD = kZ + slots_before(Z);
  const u32 condition = F::template source<u32, Z, kZ>(r);
  const T x = F::template source<T, X, 0>(r);
  const T y = F::template source<T, Y, slots_before(X)>(r);
  return F::template result<D, kD>(r, condition ? x : y);
}

/// Goes to a branch target; back to a loop's start costs fuel.
template <bool Back>
MOTE_INLINE Flow go_to(Registers& r, const uint8_t* base, size_t offset) {
  r.set_target(base, offset);
  if (Back && !r.charge()) return Flow::Leave;
  return Flow::Goto;
}

template <Operation Op, class F, Place X, Place Y>
MOTE_INLINE bool condition(Registers& r) {
  if constexpr (Op == Operation::Jump) {
    return true;
  } else if constexpr (Op == Operation::BranchNonZero || Op == Operation::BranchZero) {
    return (F::template source<u32, X, 0>(r) != 0) == (Op == Operation::BranchNonZero);
  } else {
    using C = Compute<comparison_of(Op)>;
    using T = typename C::X;
    return C::apply(F::template source<T, X, 0>(r), F::template source<T, Y, slots_before(X)>(r));
  }
}

template <class F, Operation Op, Place X, Place Y, bool Back>
MOTE_INLINE Flow run(Registers& r, Branch<Op, X, Y, Back>) {
  if (condition<Op, F, X, Y>(r)) {
    if constexpr (kSharesEnds) return Flow::End;
    return go_to<Back>(r, F::template base<slots_before(X, Y)>(r), F::template kAt<slots_before(X, Y)>);
  }
  return Flow::Next;
}

/// Goes to a branch target by a displacement that is known at run time to go back or not.
MOTE_INLINE Flow go_by(Registers& r, const uint8_t* from, int32_t displacement) {
  r.set_ip(from + displacement);
  if (displacement < 0 && !r.charge()) return Flow::Leave;
  return Flow::Goto;
}

/// br_table: the entries follow the instruction, each a displacement from its own place; the last is the
/// default.
template <class F, Operation Op, Place X>
MOTE_INLINE Flow branch_table(Registers& r) {
  u32 index = F::template source<u32, X, 0>(r);
  const u32 last = F::template half<slots_before(X)>(r);
  if (index > last) index = last;
  const uint8_t* entry;
  int32_t displacement;
  if constexpr (Op == Operation::BranchTable) {
    entry = r.ip() + F::kSize + 2 * index;
    displacement = 2 * *reinterpret_cast<const SignedHalf*>(entry);
  } else {
    entry = r.ip() + F::kSize + 4 * index;
    displacement = static_cast<int32_t>(*reinterpret_cast<const Word*>(entry));
  }
  return go_by(r, entry, displacement);
}

/// Any operation of computed.inc: operands in slots, or the second a constant.
template <class F, bool Constant>
MOTE_INLINE Flow any_numeric(Registers& r) {
  uint32_t* to = F::template slot<3>(r);
  Trap why;
  if constexpr (Constant) {
    const u64 y = static_cast<u64>(s64{F::template signed_half<2>(r)});
    const uint32_t slots[] = {static_cast<u32>(y), static_cast<u32>(y >> 32)};
    why = compute(F::template byte<0>(r), F::template slot<1>(r), slots, to);
  } else {
    why = compute(F::template byte<0>(r), F::template slot<1>(r), F::template slot<2>(r), to);
  }
  if (why != Trap::None) return trap(r, why);
  r.set64(read_slot<u64>(to));
  return Flow::Next64;
}

/// A global of any width, defined here or imported: the byte says which.
MOTE_INLINE uint32_t* any_global(Registers& r, u32 kind, u32 number) {
  if (kind & kGlobalImported) return r.instance().imported_globals[number].slots;
  return r.instance().globals() + number;
}

template <class F, Operation Op, Place X>
Flow run_call(Registers& r);

/// A handler's code for the plain rows of `Other`, chosen by the operation.
template <class F, Operation Op, Place D, Place X, Kind... Ks>
MOTE_INLINE Flow run(Registers& r, Other<Op, D, X, Ks...>) {
  using enum Operation;
  if constexpr (Op == Const32) {
    return F::template result<D, 1>(r, F::template word<0>(r));
  } else if constexpr (Op == Const64) {
    return F::template result<D, 2>(r,
                                    static_cast<u64>(F::template word<1>(r)) << 32 | F::template word<0>(r));
  } else if constexpr (Op == Zero || Op == ZeroWide) {
    uint32_t* slot = F::template frame<0>(r);
    uint32_t count = Op == Zero ? F::template byte<1>(r) : F::template half<1>(r);
    do {
      write_slot<u32>(slot++, 0);
      asm("" : "+r"(count));  // or the loop becomes a call of memset
    } while (--count);
    return Flow::Next;
  } else if constexpr (Op == MoveBlock) {
    const uint32_t* from = r.fp() + F::template half<0>(r);
    uint32_t* to = r.fp() + F::template half<1>(r);
    for (uint32_t count = F::template half<2>(r); count > 0; --count) *to++ = *from++;
    return Flow::Next;
  } else if constexpr (Op == GlobalGet32) {
    return F::template result<D, 1>(r, r.instance().globals()[F::template half<0>(r)]);
  } else if constexpr (Op == GlobalSet32) {
    r.instance().globals()[F::template half<slots_before(X)>(r)] = F::template source<u32, X, 0>(r);
    return Flow::Next;
  } else if constexpr (Op == AnyGlobalGet || Op == AnyGlobalSet) {
    constexpr bool kGet = Op == AnyGlobalGet;
    const u32 kind = F::template byte < kGet ? 0 : 1 > (r);
    uint32_t* global = any_global(r, kind, F::template half < kGet ? 1 : 2 > (r));
    uint32_t* slot = F::template slot < kGet ? 2 : 0 > (r);
    if (kGet) std::swap(global, slot);
    global[0] = slot[0];
    if (kind & kGlobalWide) global[1] = slot[1];
    r.set32(slot[0]);
    return Flow::Next;
  } else if constexpr (Op == AnyNumeric || Op == AnyNumericConstant) {
    return any_numeric<F, Op == AnyNumericConstant>(r);
  } else if constexpr (Op == AnyAccess) {
    return Flow::Slow;
  } else if constexpr (Op == Narrow) {
    const u64 value = F::template source<u64, X, 0>(r);
    if (value >> 32 != 0) return trap(r, static_cast<Trap>(F::template byte<1>(r)));
    return F::template result<D, 2>(r, static_cast<u32>(value));
  } else if constexpr (Op == Raise) {
    return trap(r, static_cast<Trap>(F::template byte<0>(r)));
  } else if constexpr (Op == JumpFar) {
    return go_by(r, r.ip() + F::template kAt<0>, static_cast<int32_t>(F::template word<0>(r)));
  } else if constexpr (Op == BranchTable || Op == BranchTableFar) {
    return branch_table<F, Op, X>(r);
  } else {
    return run_call<F, Op, X>(r);
  }
}

}  // namespace mote::vm
