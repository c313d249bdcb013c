// SPDX-License-Identifier: Apache-2.0
// The interpreter: handlers made from the instruction set, and the ways in and out.
#include "vm/vm.hpp"

#include <utility>

#include "vm/bodies.hpp"
#include "vm/bodies_call.hpp"
#include "vm/bodies_end.hpp"
#include "vm/bodies_memory.hpp"
#include "vm/continuation.hpp"
#include "vm/encoding.hpp"
#include "vm/slow_access.hpp"

namespace mote::vm {

namespace {

/// The code of one token.
template <class I>
struct Body : EndOf<I> {
  static constexpr size_t kSize = I::kOperands.size(false);
  static constexpr bool kCalls = calls_out(I::kOperation) || kSpills<I>;
  MOTE_INLINE static Flow run(Registers& r) { return vm::run<Fetch<I, 0, false>>(r, I{}); }
};

template <class First, class Second>
struct Body<Fused<First, Second>> {
  using Whole = Fused<First, Second>;
  static constexpr size_t kSize = Whole::kOperands.size(false);
  static constexpr bool kCalls =
      calls_out(First::kOperation) || calls_out(Second::kOperation) || kSpills<Whole>;
  MOTE_INLINE static Flow run(Registers& r) { return run_part<Whole, 0>(r, Whole{}); }

 private:
  template <class W, size_t At, class I>
  MOTE_INLINE static Flow run_part(Registers& r, I) {
    return vm::run<Fetch<W, At, false>>(r, I{});
  }
  template <class W, size_t At, class A, class B>
  MOTE_INLINE static Flow run_part(Registers& r, Fused<A, B>) {
    const Flow flow = run_part<W, At>(r, A{});
    if (flow != Flow::Next && flow != Flow::Next64) return flow;
    return run_part<W, At + A::kOperands.count>(r, B{});
  }
};

/// The code of Extend: all rare instructions in one handler, which saves each of them a frame and a way out.
struct ExtendBody {
  static constexpr size_t kSize = 0;
  [[maybe_unused]] static constexpr bool kCalls = true;
  MOTE_INLINE static Flow run(Registers& r) { return choose(r, Extended{}); }

 private:
  template <class... Is>
  MOTE_INLINE static Flow choose(Registers& r, List<Is...>) {
    const unsigned number = r.ip()[1];
    Flow flow = Flow::Leave;
    (void)((number == extended_number(Is::kOperation) && (flow = run_one<Is>(r), true)) || ...);
    return flow;
  }
  template <class I>
  MOTE_INLINE static Flow run_one(Registers& r) {
    const Flow flow = vm::run<Fetch<I, 0, true>>(r, I{});
    if (flow != Flow::Next && flow != Flow::Next64) return flow;
    r.set_target(r.ip() + I::kOperands.size(true), 0);
    return flow == Flow::Next ? Flow::Goto : Flow::Goto64;
  }
};

template <class... Is>
constexpr HandlerTable make_table(List<Is...>) {
  HandlerTable table{};
  ((table.at[token_of<Is>()] = handle<Body<Is>>), ...);
  table.at[kExtend] = handle<ExtendBody>;
  return table;
}

/// slow_access() as a handler's body.
struct SlowBody {
  static constexpr size_t kSize = 0;
  [[maybe_unused]] static constexpr bool kCalls = true;
  MOTE_INLINE static Flow run(Registers& r) {
    uint64_t acc = r.acc64();
    const uint8_t* next = access_at(r.instance(), r.ip(), r.fp(), acc);
    if (next == nullptr) return trap(r, Trap::MemoryOutOfBounds);
    r.set_ip(next);
    r.set64(acc);
    return Flow::Goto64;
  }
};

/// Why run_from() came back.
Exit exit_of(const runtime::Run& run) {
  if (run.trap != Trap::None) return Exit::Trapped;
  if (run.ip == kHaltCode) return Exit::Returned;
  return run.fuel < 0 ? Exit::OutOfFuel : Exit::Waiting;
}

Exit go(runtime::Run& run, runtime::Instance& inside, const uint8_t* ip, uint32_t* fp) {
  runtime::Run* before = inside.active;
  inside.active = &run;
  run.trap = Trap::None;
  run_from(inside, ip, fp);
  inside.active = before;
  return exit_of(run);
}

}  // namespace

alignas(2) const uint8_t kHaltCode[] = {kExtend, extended_number(Operation::Halt)};
alignas(2) const uint8_t kLeaveInstanceCode[] = {kExtend, extended_number(Operation::LeaveInstance)};

// Helper instructions: number, padding, slot, and immediates of a half and a word.
alignas(2) const uint8_t kStackStartCode[] = {
    kExtend, extended_number(Operation::Helper), kStackStart, 0, 0, 0, 0, 0, 0, 0, 0, 0};
alignas(2) const uint8_t kStackEndCode[] = {
    kExtend, extended_number(Operation::Helper), kStackEnd, 0, 0, 0, 0, 0, 0, 0, 0, 0};

void begin_stack(runtime::GuestStack& stack) {
  const runtime::Function& function = *stack.function;
  auto* link = reinterpret_cast<Link*>(stack.end()) - 1;
  *link = {kStackEndCode, stack.begin()};
  runtime::Position& here = stack.here;
  here.ip = kStackStartCode;
  here.fp = here.slots = stack.begin();
  here.links = reinterpret_cast<uintptr_t*>(link);
  here.inside = is_outside(function) ? stack.home : function.instance;
}

#if MOTE_VM_DRIVER == MOTE_VM_DRIVER_LOOP
bool slow_access(Registers& r) {
  return handle<SlowBody>(r);
}
#elif MOTE_VM_DRIVER == MOTE_VM_DRIVER_TAIL_CALLS
void slow_access(const uint8_t* ip, uint32_t* fp, uint8_t* memory, uint64_t acc, const HandlerTable* table,
                 runtime::Instance* instance) {
  MOTE_TAIL handle<SlowBody>(ip, fp, memory, acc, table, instance);
}
#else
static void slow_access(uint32_t low, uint32_t high) {
  handle<SlowBody>(low, high);
}
#endif

constinit const HandlerTable kHandlerTable = make_table(Primary{});

Exit enter(runtime::Run& run, const runtime::Function& function, uint32_t* frame) {
  runtime::Instance& inside = *function.instance;
  auto* link = reinterpret_cast<Link*>(run.links) - 1;
  const uint8_t* entry = function.entry;
  run.inside = &inside;
  run.ip = entry;
  run.fp = frame;
  if (reinterpret_cast<uintptr_t>(frame + frame_slots(entry)) > reinterpret_cast<uintptr_t>(link)) {
    run.trap = Trap::StackExhausted;
    return Exit::Trapped;
  }
  *link = {kHaltCode, frame};
  run.links = reinterpret_cast<uintptr_t*>(link);
  if (--run.fuel < 0) {
    run.trap = Trap::None;
    return Exit::OutOfFuel;
  }
  return go(run, inside, entry, frame);
}

Exit resume(runtime::Run& run) {
  return go(run, *run.inside, run.ip, run.fp);
}

}  // namespace mote::vm
