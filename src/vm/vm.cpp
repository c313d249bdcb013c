// SPDX-License-Identifier: Apache-2.0
// The interpreter: handlers made from the instruction set, and the ways in and out.
#include "vm/vm.hpp"

#include <utility>

#include "vm/access.hpp"
#include "vm/bodies.hpp"
#include "vm/bodies_call.hpp"
#include "vm/bodies_memory.hpp"
#include "vm/encoding.hpp"

namespace mote::vm {

namespace {

/// The code of one token.
template <class I>
struct Body {
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

/// An access of memory 0, read from its instruction.
struct SlowAccess {
  Operation op;
  uint32_t base;    ///< the address operand
  uint32_t offset;  ///< added to it
  Place place;      ///< of the value to store or of the result
  uint32_t* slot;   ///< when that is a slot
  int32_t constant;
  size_t size;
};

/// Reads an instruction's operands one after the other.
struct OperandReader {
  const uint8_t* byte;
  const uint8_t* half;

  uint32_t next_byte() { return *byte++; }
  uint32_t next_half() {
    const uint32_t value = *reinterpret_cast<const Half*>(half);
    half += 2;
    return value;
  }
};

SlowAccess decode_any_access(const Registers& r) {
  const uint8_t* ip = r.ip();
  return {static_cast<Operation>(ip[1]),
          r.fp()[ip[2]],
          *reinterpret_cast<const Word*>(ip + 4),
          Place::S,
          r.fp() + ip[3],
          0,
          8};
}

SlowAccess decode_access(const Registers& r) {
  Token token = *r.ip();
  Operation op = operation_of(token);
  if (op == Operation::AnyAccess) return decode_any_access(r);
  Widths before;
  if (op == Operation::Pair) {
    const PairParts parts = parts_of(token);
    before = widths_of(operation_of(parts.first), form_of(parts.first));
    token = parts.second;
    op = operation_of(token);
  }
  const Form form = form_of(token);
  const Widths own = widths_of(op, form);
  const size_t bytes = size_t{1} + before.bytes + own.bytes;
  OperandReader operands{r.ip() + 1 + before.bytes, r.ip() + bytes + (bytes & 1) + size_t{2} * before.halves};
  SlowAccess what{op, r.acc32(), 0, form.to_slot() ? Place::S : Place::A, nullptr, 0, 0};
  if (form.x() == Place::S) what.base = r.fp()[operands.next_byte()];
  if (is_store(op)) what.place = form.y();
  if (what.place == Place::K) what.constant = static_cast<int16_t>(operands.next_half());
  if (is_store(op) && what.place == Place::S) what.slot = r.fp() + operands.next_byte();
  if (form.offset() == Offset::Byte) what.offset = operands.next_byte();
  if (form.offset() == Offset::Half) what.offset = operands.next_half();
  if (form.to_slot()) what.slot = r.fp() + operands.next_byte();
  what.size = bytes + (bytes & 1) + size_t{2} * (before.halves + own.halves);
  return what;
}

/// The access of the instruction at ip, exactly.
Flow slow_access_flow(Registers& r) {
  const SlowAccess what = decode_access(r);
  const bool wide = value_slots(what.op) == 2;
  uint64_t value = 0;
  if (is_store(what.op)) {
    if (what.place == Place::A) value = r.acc32();
    if (what.place == Place::K) value = static_cast<uint64_t>(static_cast<int64_t>(what.constant));
    if (what.place == Place::S) value = wide ? read_slot<u64>(what.slot) : *what.slot;
  }
  if (!access(*r.instance().memories[0], what.op, uint64_t{what.base} + what.offset, value))
    return trap(r, Trap::MemoryOutOfBounds);
  r.set_ip(r.ip() + what.size);
  if (is_store(what.op)) return Flow::Goto;
  if (what.place == Place::S) {
    what.slot[0] = static_cast<uint32_t>(value);
    if (wide) what.slot[1] = static_cast<uint32_t>(value >> 32);
  }
  r.set64(value);
  return Flow::Goto64;
}

/// slow_access() as a handler's body.
struct SlowBody {
  static constexpr size_t kSize = 0;
  [[maybe_unused]] static constexpr bool kCalls = true;
  MOTE_INLINE static Flow run(Registers& r) { return slow_access_flow(r); }
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
void slow_access(uint32_t low, uint32_t high) {
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
