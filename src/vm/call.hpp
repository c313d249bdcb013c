// SPDX-License-Identifier: Apache-2.0
// The parts of calls that are done out of line: into the host, into another instance, in tail position. Part
// of the interpreter's translation unit, because the state may lie in reserved registers.
#pragma once
#include "runtime/continuation.hpp"
#include "runtime/exception.hpp"
#include "vm/fetch.hpp"
#include "vm/frame.hpp"
#include "vm/helpers.hpp"

namespace mote::runtime {
/// Calls a host function: nesting is counted, failure leaves its trap in the active run.
HostStatus call_host(Instance& inside, const Function& function, uint32_t* slots);
/// Likewise a function of any kind.
HostStatus call_outside(Instance& inside, const Function& function, uint32_t* slots);
}  // namespace mote::runtime

namespace mote::vm {

/// Size of the frame that a function needs, with a margin for the links of its own calls.
MOTE_INLINE u32 frame_slots(const uint8_t* entry) {
  return *reinterpret_cast<const Half*>(entry - kFrameHeader);
}

/// Pushes a link and goes to `entry`; a trap when frame and links would meet. The link itself always has
/// room: see frame.hpp. The entry lies `ahead` bytes behind `base`: see Registers::set_target().
MOTE_INLINE Flow enter_frame(Registers& r, const uint8_t* base, uint32_t* frame, const uint8_t* return_to,
                             size_t ahead = 0) {
  const u32 slots = frame_slots(base + ahead);
  r.push_link(return_to);
  if (__builtin_expect(reinterpret_cast<uintptr_t>(frame + slots) > reinterpret_cast<uintptr_t>(r.links()),
                       0)) {
    r.set_links(r.links() + 2);
    return trap(r, Trap::StackExhausted);
  }
  r.set_fp(frame);
  r.set_target(base, ahead);
  return r.charge() ? Flow::Goto : Flow::Leave;
}

/// enter_frame() for calls by a function's address: with -Os they share it.
MOTE_SHARED inline Flow enter_function(Registers& r, const uint8_t* entry, uint32_t* frame,
                                       const uint8_t* return_to) {
  return enter_frame(r, entry, frame, return_to);
}

inline const runtime::Function* table_function(runtime::Instance& instance, u32 table_index, u32 index,
                                               u32 type, Trap& why) {
  const runtime::Table& table = *instance.tables[table_index];
  why = Trap::UndefinedElement;
  if (index >= table.size) return nullptr;
  const auto* function = instance.pool->at<const runtime::Function>(table.elements[index]);
  why = Trap::UninitializedElement;
  if (function == nullptr) return nullptr;
  why = Trap::IndirectCallTypeMismatch;
  const wasm::FuncType* expected = &instance.module->wasm.types[type];
  if (function->type != expected && !runtime::has_type(*instance.engine, *function->type, *expected))
    return nullptr;
  return function;
}

/// Leaves stacks up to one that the current one was resumed from, directly or not, or that is the current.
inline void leave_stacks(Registers& r, const runtime::GuestStack* to) {
  runtime::Run& run = r.run();
  while (runtime::stacks_of(run).current != to) {
    const runtime::Position resumer = runtime::resumer_of(run, *runtime::stacks_of(run).current);
    runtime::leave_stack(run);
    resumer.inside->active = &run;
    r.set_instance(resumer.inside);
    r.set_links(resumer.links);
  }
}

/// Goes on with the exception that is on its way: behind the frames down to one with a handler for it, or as
/// a trap of this run when there is none. `ip` is a place inside the instruction that throws or calls.
[[gnu::noinline]] inline Flow unwind(Registers& r, const uint8_t* ip) {
  const runtime::Instance* inside = &r.instance();
  uint32_t* fp = r.fp();
  const auto* link = reinterpret_cast<const Link*>(r.links());
  const runtime::Handler* handler = nullptr;
  runtime::GuestStack* stack = runtime::kStackSwitching ? runtime::stacks_of(r.run()).current : nullptr;
  for (;;) {
    handler = runtime::find_handler(*inside, ip);
    if (handler != nullptr) break;
    for (; link->ip == kLeaveInstanceCode; link += 2)
      inside = reinterpret_cast<const InstanceLink*>(link + 1)->caller;
    if (link->ip == kHaltCode) return trap(r, Trap::Exception);
    if (runtime::kStackSwitching && link->ip == kStackEndCode) {
      // The code that has resumed this stack is where the exception goes on.
      const runtime::Position& resumer = runtime::resumer_of(r.run(), *stack);
      inside = resumer.inside;
      ip = resumer.ip - 1;
      fp = resumer.fp;
      link = reinterpret_cast<const Link*>(resumer.links);
      stack = r.instance().pool->at<runtime::GuestStack>(stack->parent);
      continue;
    }
    ip = link->ip - 1;  // a link names the instruction behind the call
    fp = link->fp;
    ++link;
  }
  if constexpr (runtime::kStackSwitching) leave_stacks(r, stack);
  // Leaves the instances in between.
  for (const auto* at = reinterpret_cast<const Link*>(r.links()); at != link; ++at) {
    if (at->ip != kLeaveInstanceCode) continue;
    ++at;
    const auto* crossing = reinterpret_cast<const InstanceLink*>(at);
    if constexpr (runtime::kStackSwitching) crossing->caller->active = &r.run();
    r.instance().active = crossing->callee_active;
    r.set_instance(crossing->caller);
  }
  r.set_links(const_cast<uintptr_t*>(reinterpret_cast<const uintptr_t*>(link)));
  r.set_fp(fp);
  r.set_ip(r.instance().code + handler->target);
  runtime::catch_exception(r.instance(), *handler, fp);
  r.run().trap = Trap::None;
  r.reload_memory();
  return Flow::Goto;
}

/// A call of the host's or of native code that has not returned: it waits, has trapped, or an exception came
/// of it.
inline Flow not_done(Registers& r) {
  if constexpr (wasm::kExceptions) {
    if (r.run().trap == Trap::Exception) return unwind(r, r.ip());
  }
  return Flow::Leave;
}

/// The result of a host function, which lies at `frame`, also goes into the accumulator.
inline void take_result(Registers& r, const runtime::Function& function, const uint32_t* frame) {
  if (function.type->result_slots == 1) r.set32(frame[0]);
  if (function.type->result_slots == 2) r.set64(read_slot<u64>(frame));
}

inline HostStatus call_host(Registers& r, const runtime::Function& function, uint32_t* frame) {
  r.save();
  runtime::Instance& instance = r.instance();
  runtime::Run* run = instance.active;
  HostStatus status;
  if constexpr (config::kNative) {
    status = runtime::call_outside(instance, function, frame);
  } else {
    status = runtime::call_host(instance, function, frame);
  }
  instance.active = run;
  r.restore();
  r.reload_memory();
  return status;
}

inline void switch_to(Registers& r, runtime::Instance& callee) {
  callee.active = &r.run();
  r.set_instance(&callee);
  r.reload_memory();
}

/// The host's, or native code.
inline bool is_outside(const runtime::Function& function) {
  if (function.instance == nullptr) return true;
  return config::kNative && function.instance->module->options.tier == runtime::Tier::Native;
}

[[gnu::noinline]] inline Flow call_function(Registers& r, const runtime::Function& callee, uint32_t* frame,
                                            const uint8_t* return_to) {
  if (is_outside(callee)) {
    if (call_host(r, callee, frame) != HostStatus::Done) return not_done(r);
    take_result(r, callee, frame);
    r.set_ip(return_to);
    return Flow::Goto64;
  }
  if (callee.instance == &r.instance()) return enter_function(r, callee.entry, frame, return_to);
  uintptr_t* links = r.links() - 4;
  if (reinterpret_cast<uintptr_t>(frame + frame_slots(callee.entry)) >
      reinterpret_cast<uintptr_t>(links - 2)) {
    return trap(r, Trap::StackExhausted);
  }
  *reinterpret_cast<Link*>(links + 2) = {return_to, r.fp()};
  *reinterpret_cast<InstanceLink*>(links) = {&r.instance(), callee.instance->active};
  r.set_links(links);
  switch_to(r, *callee.instance);
  return enter_function(r, callee.entry, frame, kLeaveInstanceCode);
}

inline void leave_instance(Registers& r) {
  const auto* link = reinterpret_cast<const InstanceLink*>(r.links());
  if constexpr (runtime::kStackSwitching) {
    // It may have been suspended, and resumed by a run that was not active there.
    runtime::Run* run = &r.run();
    r.instance().active = link->callee_active;
    link->caller->active = run;
  } else {
    r.instance().active = link->callee_active;
  }
  r.set_instance(link->caller);
  r.set_links(r.links() + 2);
  r.reload_memory();
}

/// Takes the current frame's place: arguments move down to its start, and no link is pushed.
inline Flow replace_frame(Registers& r, const uint8_t* entry, const uint32_t* arguments, u32 slots) {
  uint32_t* frame = r.fp();
  if (reinterpret_cast<uintptr_t>(frame + frame_slots(entry)) > reinterpret_cast<uintptr_t>(r.links())) {
    return trap(r, Trap::StackExhausted);
  }
  for (u32 i = 0; i < slots; ++i) frame[i] = arguments[i];
  r.set_ip(entry);
  return r.charge() ? Flow::Goto : Flow::Leave;
}

[[gnu::noinline]] inline Flow tail_call_entry(Registers& r, const uint8_t* entry, const uint32_t* arguments,
                                              u32 slots) {
  return replace_frame(r, entry, arguments, slots);
}

inline Flow tail_call_host(Registers& r, const runtime::Function& callee, uint32_t* arguments) {
  if (call_host(r, callee, arguments) != HostStatus::Done) return not_done(r);
  take_result(r, callee, arguments);
  for (u32 i = 0; i < callee.type->result_slots; ++i) r.fp()[i] = arguments[i];
  r.pop_link();
  return Flow::Goto64;
}

[[gnu::noinline]] inline Flow tail_call(Registers& r, const runtime::Function& callee, uint32_t* arguments,
                                        u32 slots) {
  if (is_outside(callee)) return tail_call_host(r, callee, arguments);
  if (callee.instance == &r.instance()) return replace_frame(r, callee.entry, arguments, slots);
  auto* top = reinterpret_cast<Link*>(r.links());
  if (top->ip == kLeaveInstanceCode) {
    // This frame was called from another instance: its return restores that caller, so that chains need no
    // space.
    auto* link = reinterpret_cast<InstanceLink*>(r.links() + 2);
    runtime::Run* run = &r.run();
    r.instance().active = link->callee_active;
    link->callee_active = callee.instance->active;
    callee.instance->active = run;
  } else {
    uintptr_t* links = r.links() - 4;
    if (reinterpret_cast<uintptr_t>(arguments + slots) > reinterpret_cast<uintptr_t>(links))
      return trap(r, Trap::StackExhausted);
    *reinterpret_cast<InstanceLink*>(links + 2) = {&r.instance(), callee.instance->active};
    *reinterpret_cast<Link*>(links) = {kLeaveInstanceCode, r.fp()};
    r.set_links(links);
    callee.instance->active = &r.run();
  }
  r.set_instance(callee.instance);
  r.reload_memory();
  return replace_frame(r, callee.entry, arguments, slots);
}

/// An operation that is done by a function of its own: operands and results in `slots`.
[[gnu::noinline]] inline Flow help(Registers& r, HelperNumber which, uint32_t* slots, u32 a, u32 b) {
  const Trap why = helper(r.instance(), which, slots, a, b);
  if constexpr (wasm::kExceptions) {
    if (why == Trap::Exception) return unwind(r, r.ip());
  }
  if (why != Trap::None) return trap(r, why);
  r.reload_memory();
  return Flow::Next;
}

}  // namespace mote::vm
