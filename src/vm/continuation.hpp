// SPDX-License-Identifier: Apache-2.0
// The interpreter's part of stack switching: it goes from one stack to another by what a Position says. Part
// of the interpreter's translation unit. A continuation's stack is like an instance's; its outermost link
// leads to kStackEndCode, and it begins with kStackStartCode, which calls the function and can do so again
// when a host function has waited.
#pragma once
#include "runtime/continuation.hpp"
#include "vm/call.hpp"

namespace mote::vm {

/// Helpers that no module's code names: what a stack begins and ends with.
inline constexpr HelperNumber kStackStart = 0xe8, kStackEnd = 0xe9;

constexpr bool switches_stacks(HelperNumber which) {
  using wasm::Op;
  return which >= helper_of(Op::Suspend) && which <= kStackEnd;
}

inline runtime::Position position_at(const Registers& r, const uint8_t* ip, uint32_t* slots) {
  runtime::Position here;
  here.ip = ip;
  here.fp = r.fp();
  here.links = r.links();
  here.inside = &r.instance();
  here.slots = slots;
  return here;
}

inline void go_on_at(Registers& r, const runtime::Position& place) {
  runtime::Run* run = &r.run();
  place.inside->active = run;
  r.set_instance(place.inside);
  r.set_fp(place.fp);
  r.set_links(place.links);
  r.set_ip(place.ip);
  r.reload_memory();
}

/// Calls the function that the current stack begins with.
inline Flow start_stack(Registers& r) {
  const runtime::Function& callee = *runtime::stacks_of(r.run()).current->function;
  if (is_outside(callee)) {
    if (call_host(r, callee, r.fp()) != HostStatus::Done) return not_done(r);
    r.pop_link();
    return Flow::Goto;
  }
  if (reinterpret_cast<uintptr_t>(r.fp() + frame_slots(callee.entry)) >
      reinterpret_cast<uintptr_t>(r.links()))
    return trap(r, Trap::StackExhausted);
  r.set_ip(callee.entry);
  return r.charge() ? Flow::Goto : Flow::Leave;
}

/// `behind`: the next instruction.
[[gnu::noinline]] inline Flow switch_stacks(Registers& r, HelperNumber which, uint32_t* slots, u32 a, u32 b,
                                            const uint8_t* behind) {
  if (which == kStackStart) return start_stack(r);
  r.save();
  runtime::Run& run = r.run();
  runtime::Position here = position_at(r, behind, slots);
  Trap why = Trap::None;
  if (which == kStackEnd) {
    runtime::end_of_stack(run, here);
  } else {
    why = runtime::switch_stacks(run, here, static_cast<wasm::Op>(which), a, b);
  }
  if (why == Trap::Exception) {
    go_on_at(r, here);
    r.set_ip(here.ip - 1);  // inside of the operation, should nobody catch it
    return unwind(r, r.ip());
  }
  if (why != Trap::None) return trap(r, why);
  go_on_at(r, here);
  return Flow::Goto;
}

}  // namespace mote::vm
