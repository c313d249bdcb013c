// SPDX-License-Identifier: Apache-2.0
// The interpreter: handlers made from the instruction set, and the ways in and out.
#include "vm/vm.hpp"

#include <utility>

#include "vm/access.hpp"
#include "vm/bodies.hpp"
#include "vm/bodies_call.hpp"
#include "vm/bodies_memory.hpp"
#include "vm/instruction_set.hpp"
#include "vm/tokens.hpp"

namespace mote::vm {

namespace {

/// The code of one token.
template <class I, bool Extended>
struct Body {
  static constexpr size_t kSize = I::kOperands.size(Extended);
  static constexpr bool kCalls = calls_out(I::kOperation) || kSpills<I>;
  MOTE_INLINE static Flow run(Registers& r) { return vm::run<Fetch<I, 0, Extended>>(r, I{}); }
};

template <class First, class Second, bool Extended>
struct Body<Fused<First, Second>, Extended> {
  using Whole = Fused<First, Second>;
  static constexpr size_t kSize = Whole::kOperands.size(Extended);
  static constexpr bool kCalls =
      calls_out(First::kOperation) || calls_out(Second::kOperation) || kSpills<Whole>;
  MOTE_INLINE static Flow run(Registers& r) { return run_part<Whole, 0>(r, Whole{}); }

 private:
  template <class W, size_t At, class I>
  MOTE_INLINE static Flow run_part(Registers& r, I) {
    return vm::run<Fetch<W, At, Extended>>(r, I{});
  }
  template <class W, size_t At, class A, class B>
  MOTE_INLINE static Flow run_part(Registers& r, Fused<A, B>) {
    const Flow flow = run_part<W, At>(r, A{});
    if (flow != Flow::Next && flow != Flow::Next64) return flow;
    return run_part<W, At + A::kOperands.count>(r, B{});
  }
};

/// A token that means nothing: never in code that this build's compiler made.
struct Nothing {
  static constexpr size_t kSize = 2;
  [[maybe_unused]] static constexpr bool kCalls = false;
  MOTE_INLINE static Flow run(Registers& r) { return trap(r, Trap::Unreachable); }
};

template <class... Ps, class... Xs>
constexpr HandlerTable make_table(List<Ps...>, List<Xs...>) {
  HandlerTable table{};
  for (Handler& handler : table.at) handler = handle<Nothing>;
  size_t token = 0;
  ((table.at[token++] = handle<Body<Ps, false>>), ...);
  table.at[kExtend] = extend;
  token = 256;
  ((table.at[token++] = handle<Body<Xs, true>>), ...);
  return table;
}

/// Where the slow path finds the operation, the address and the value of the access at `ip`: see
/// access_row().
struct SlowAccess {
  Operation op;
  Place place;          ///< of the value to store or of the result
  const uint8_t* slot;  ///< names the value's or result's slot, when that is its place
  int32_t constant;
  const uint8_t* address;  ///< names the address's slot; nullptr: the accumulator
  uint32_t offset;
  size_t size;
};

constexpr auto kAccessRows = access_rows(Primary{});

SlowAccess decode_access(const uint8_t* ip) {
  if (ip[0] == kExtend) {
    const Operation op = general_access_operation(ip[1]);
    return {op, Place::S, ip + 3, 0, ip + 2, *reinterpret_cast<const Word*>(ip + 4), 8};
  }
  const AccessRow row = kAccessRows[ip[0]];
  const auto constant =
      row.place == Place::K ? *reinterpret_cast<const SignedHalf*>(ip + row.at) : int16_t{0};
  uint32_t offset = 0;
  if (row.offset == Offset::Byte) offset = ip[row.offset_at];
  if (row.offset == Offset::Half) offset = *reinterpret_cast<const Half*>(ip + row.offset_at);
  return {row.op, row.place, ip + row.at, constant, row.address_at != 0 ? ip + row.address_at : nullptr,
          offset, row.size};
}

/// The access of the instruction at ip, exactly.
Flow slow_access_flow(Registers& r) {
  const SlowAccess what = decode_access(r.ip());
  const uint32_t base = what.address != nullptr ? r.fp()[*what.address] : r.acc32();
  const uint64_t address = uint64_t{base} + what.offset;
  const bool wide = value_slots(what.op) == 2;
  uint32_t* slot = r.fp() + (what.place == Place::S ? *what.slot : 0);
  uint64_t value = 0;
  if (is_store(what.op)) {
    if (what.place == Place::A) value = r.acc64();
    if (what.place == Place::K) value = static_cast<uint64_t>(static_cast<int64_t>(what.constant));
    if (what.place == Place::S) value = wide ? read_slot<u64>(slot) : *slot;
  }
  if (!access(*r.instance().memories[0], what.op, address, value)) return trap(r, Trap::MemoryOutOfBounds);
  r.set_ip(r.ip() + what.size);
  if (is_store(what.op)) return Flow::Goto;
  if (wide) {
    if (what.place == Place::S) write_slot(slot, value);
    r.set64(value);
    return Flow::Goto64;
  }
  if (what.place == Place::S) *slot = static_cast<uint32_t>(value);
  r.set32(static_cast<uint32_t>(value));
  return Flow::Goto;
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

alignas(2) const uint8_t kHaltCode[] = {kExtend, extended_token(Operation::Halt)};
alignas(2) const uint8_t kLeaveInstanceCode[] = {kExtend, extended_token(Operation::LeaveInstance)};

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

constinit const HandlerTable kHandlerTable = make_table(Primary{}, Extended{});

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
