// SPDX-License-Identifier: Apache-2.0
// What each instruction does, straight line: numeric operations, moves, constants, globals, selection,
// branches. Memory is in bodies_memory.hpp, calls in bodies_call.hpp. A body never dispatches: the driver
// does, by the Flow it returns.
#pragma once
#include "vm/fetch.hpp"
#include "vm/frame.hpp"
#include "vm/numeric.hpp"

namespace mote::vm {

/// True when an operation's C++ code may call a function (run-time library, helpers): its handler then has a
/// stack frame.
constexpr bool calls_out(Operation op) {
  const auto code = static_cast<uint8_t>(op);
  switch (op) {
    case Operation::CallEntry:  // and its wide form: see kSpills
    case Operation::CallEntryWide:
    case Operation::CallImport:
    case Operation::CallIndirect:
    case Operation::CallImportWide:
    case Operation::CallIndirectWide:
    case Operation::TailCallEntry:
    case Operation::TailCallImport:
    case Operation::TailCallIndirect:
    case Operation::LeaveInstance:
    case Operation::MoveBlock:
    case Operation::Helper:
      return true;
    default:
      break;
  }
  const bool division64 = code >= 0x7f && code <= 0x82;
  const bool bits = (code >= 0x67 && code <= 0x69) || (code >= 0x79 && code <= 0x7b);
  const bool shift64 =
      code >= 0x86 && code <= 0x8a;  // no call, but GCC runs out of scratch registers on Thumb-2
  const bool floats = (code >= 0x5b && code <= 0x66) || (code >= 0x8b && code <= 0xbf) || code >= 0xd8;
  return division64 || bits || shift64 || floats;
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
  if (condition<Op, F, X, Y>(r))
    return go_to<Back>(r, F::template base<slots_before(X, Y)>(r), F::template kAt<slots_before(X, Y)>);
  return Flow::Next;
}

template <class F, bool Back>
MOTE_INLINE Flow run(Registers& r, FarJump<Back>) {
  return go_to<Back>(r, r.ip() + static_cast<int32_t>(F::template word<0>(r)), F::template kAt<0>);
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
  r.set_ip(entry + displacement);
  if (displacement < 0 && !r.charge()) return Flow::Leave;
  return Flow::Goto;
}

template <class F, Operation Op, Place X>
Flow run_call(Registers& r);

/// A handler's code for the plain rows of `Other`, chosen by the operation.
template <class F, Operation Op, Place D, Place X, Kind... Ks>
MOTE_INLINE Flow run(Registers& r, Other<Op, D, X, Ks...>) {
  using enum Operation;
  runtime::Instance& instance = r.instance();
  if constexpr (Op == Operation::Const32) {
    return F::template result<D, 0>(r, F::template word < D == Place::S ? 1 : 0 > (r));
  } else if constexpr (Op == Const64) {
    return F::template result<D, 0>(r,
                                    static_cast<u64>(F::template word<2>(r)) << 32 | F::template word<1>(r));
  } else if constexpr (Op == Zero) {
    uint32_t* slot = F::template frame<0>(r);
    uint32_t count = D == Place::S ? F::template byte<1>(r) : F::template half<1>(r);
    do {
      write_slot<u32>(slot++, 0);
      asm("" : "+r"(count));  // or the loop becomes a call of memset
    } while (--count);
    return Flow::Next;
  } else if constexpr (Op == MoveWide32) {
    return r.fp()[F::template half<1>(r)] = r.fp()[F::template half<0>(r)], Flow::Next;
  } else if constexpr (Op == MoveWide64) {
    write_slot(r.fp() + F::template half<1>(r), read_slot<u64>(r.fp() + F::template half<0>(r)));
    return Flow::Next;
  } else if constexpr (Op == MoveBlock) {
    const uint32_t* from = r.fp() + F::template half<0>(r);
    uint32_t* to = r.fp() + F::template half<1>(r);
    for (uint32_t count = F::template half<2>(r); count > 0; --count) *to++ = *from++;
    return Flow::Next;
  } else if constexpr (Op == GlobalGet32) {
    return F::template result<D, 0>(r, instance.globals()[F::template half < D == Place::S ? 1 : 0 > (r)]);
  } else if constexpr (Op == GlobalGet64) {
    return F::template result<D, 0>(r, read_slot<u64>(instance.globals() + F::template half<1>(r)));
  } else if constexpr (Op == GlobalSet32) {
    instance.globals()[F::template half<slots_before(X)>(r)] = F::template source<u32, X, 0>(r);
    return Flow::Next;
  } else if constexpr (Op == GlobalSet64) {
    write_slot(instance.globals() + F::template half<1>(r), F::template source<u64, X, 0>(r));
    return Flow::Next;
  } else if constexpr (Op == ImportedGlobalGet32) {
    return F::template result<D, 0>(r, *instance.imported_globals[F::template half<1>(r)].slots);
  } else if constexpr (Op == ImportedGlobalGet64) {
    return F::template result<D, 0>(r,
                                    read_slot<u64>(instance.imported_globals[F::template half<1>(r)].slots));
  } else if constexpr (Op == ImportedGlobalSet32) {
    *instance.imported_globals[F::template half<1>(r)].slots = F::template source<u32, X, 0>(r);
    return Flow::Next;
  } else if constexpr (Op == ImportedGlobalSet64) {
    write_slot(instance.imported_globals[F::template half<1>(r)].slots, F::template source<u64, X, 0>(r));
    return Flow::Next;
  } else if constexpr (Op == Operation::Raise) {
    return trap(r, static_cast<Trap>(F::template byte<0>(r)));
  } else if constexpr (Op == BranchTable || Op == BranchTableFar) {
    return branch_table<F, Op, X>(r);
  } else {
    return run_call<F, Op, X>(r);
  }
}

}  // namespace mote::vm
