// SPDX-License-Identifier: Apache-2.0
// Calls and returns. See frame.hpp for the stack.
#pragma once
#include "vm/bodies.hpp"
#include "vm/call.hpp"
#include "vm/continuation.hpp"

namespace mote::vm {

template <class F>
MOTE_INLINE const uint8_t* behind(const Registers& r) {
  return r.ip() + F::kSize;
}

MOTE_INLINE const uint8_t* entry_of(const Registers& r, u32 defined_function) {
  return r.instance().code + r.instance().entries[defined_function];
}

template <class T>
MOTE_INLINE Flow leave_frame(Registers& r, T) {
  r.pop_link();
  return sizeof(T) == 8 ? Flow::Goto64 : Flow::Goto;
}

template <class F, Operation Op, Place X>
MOTE_INLINE Flow return_value(Registers& r) {
  using T = std::conditional_t<Op == Operation::Return32, u32, u64>;
  const T value = F::template source<T, X, 0>(r);
  write_slot(r.fp(), value);
  if constexpr (sizeof(T) == 4) r.set32(value);
  if constexpr (sizeof(T) == 8) r.set64(value);
  return leave_frame(r, value);
}

/// call_indirect: the function that `index` names in a table, or a trap (core spec, 4.4.8).
template <class F, size_t First>
MOTE_INLINE const runtime::Function* indirect(Registers& r, u32 index, Trap& why) {
  runtime::Instance& instance = r.instance();
  return table_function(instance, F::template half<First + 1>(r), index, F::template half<First>(r), why);
}

/// What is done out of line: operands and results lie in the frame.
template <class F, Operation Op>
MOTE_INLINE Flow run_helper(Registers& r) {
  static_assert(Op == Operation::Helper || Op == Operation::HelperWide);
  HelperNumber which;
  if constexpr (Op == Operation::Helper) which = static_cast<HelperNumber>(F::template byte<0>(r));
  if constexpr (Op == Operation::HelperWide) which = static_cast<HelperNumber>(F::template half<0>(r));
  if constexpr (runtime::kStackSwitching && Op == Operation::Helper) {
    if (switches_stacks(which))
      return switch_stacks(r, which, r.fp() + F::template half<1>(r), F::template half<2>(r),
                           F::template word<3>(r), behind<F>(r));
  }
  return help(r, which, r.fp() + F::template half<1>(r), F::template half<2>(r), F::template word<3>(r));
}

/// The bodies of call instructions. Operands: [index], frame, callee, ...; tail calls also: slots of
/// arguments.
template <class F, Operation Op, Place X>
MOTE_INLINE Flow run_call(Registers& r) {
  using enum Operation;
  constexpr size_t kFrame = slots_before(X);
  if constexpr (Op == Call) {
    return enter_frame(r, F::template base<kFrame + 1>(r), F::template frame<kFrame>(r), behind<F>(r),
                       F::template kAt<kFrame + 1>);
  } else if constexpr (Op == CallEntry) {
    return enter_frame(r, entry_of(r, F::template half<kFrame + 1>(r)), F::template frame<kFrame>(r),
                       behind<F>(r));
  } else if constexpr (Op == CallImport) {
    const runtime::Function& callee = *r.instance().imported_functions[F::template half<kFrame + 1>(r)];
    return call_function(r, callee, F::template frame<kFrame>(r), behind<F>(r));
  } else if constexpr (Op == CallIndirect) {
    Trap why;
    const runtime::Function* callee = indirect<F, kFrame + 1>(r, F::template source<u32, X, 0>(r), why);
    if (callee == nullptr) return trap(r, why);
    if (config::kCompactVm || callee->instance != &r.instance())
      return call_function(r, *callee, F::template frame<kFrame>(r), behind<F>(r));
    return enter_frame(r, callee->entry, F::template frame<kFrame>(r), behind<F>(r));
  } else if constexpr (Op == TailCallEntry) {
    return tail_call_entry(r, entry_of(r, F::template half<1>(r)), F::template frame<0>(r),
                           F::template half<2>(r));
  } else if constexpr (Op == TailCallImport) {
    const runtime::Function& callee = *r.instance().imported_functions[F::template half<1>(r)];
    return tail_call(r, callee, F::template frame<0>(r), F::template half<2>(r));
  } else if constexpr (Op == TailCallIndirect) {
    Trap why;
    const runtime::Function* callee = indirect<F, 2>(r, F::template source<u32, X, 0>(r), why);
    if (callee == nullptr) return trap(r, why);
    return tail_call(r, *callee, F::template frame<1>(r), F::template half<4>(r));
  } else if constexpr (Op == Return) {
    return leave_frame(r, u32{});
  } else if constexpr (Op == Return32 || Op == Return64) {
    return return_value<F, Op, X>(r);
  } else if constexpr (Op == LeaveInstance) {
    leave_instance(r);
    return leave_frame(r, u64{});
  } else if constexpr (Op == Halt) {
    return Flow::Leave;
  } else if constexpr (Op == CallRef) {
    const auto* callee =
        r.instance().pool->template at<const runtime::Function>(F::template source<u32, X, 0>(r));
    if (callee == nullptr) return trap(r, Trap::NullFunctionReference);
    return call_function(r, *callee, F::template frame<kFrame>(r), behind<F>(r));
  } else if constexpr (Op == TailCallRef) {
    const auto* callee =
        r.instance().pool->template at<const runtime::Function>(F::template source<u32, X, 0>(r));
    if (callee == nullptr) return trap(r, Trap::NullFunctionReference);
    return tail_call(r, *callee, F::template frame<kFrame>(r), F::template half<kFrame + 1>(r));
  } else {
    return run_helper<F, Op>(r);
  }
}

}  // namespace mote::vm
