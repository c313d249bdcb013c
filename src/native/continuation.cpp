// SPDX-License-Identifier: Apache-2.0
#include "native/continuation.hpp"

#include <cstring>

#include "native/mpu.hpp"
#include "runtime/exception.hpp"
#include "vm/helpers.hpp"

namespace mote::native {

using runtime::GuestStack;
using runtime::Instance;
using runtime::Position;
using runtime::Run;

extern "C" {
// switch_<isa>.S
extern const uint8_t mote_native_start[], mote_native_switched[], mote_native_caught_elsewhere[],
    mote_native_thrown[], mote_native_uncaught[];
// enter_<isa>.S
extern const uint8_t mote_native_call[];
}

namespace {

bool is_outside(const runtime::Function& function) {
  return function.instance == nullptr || function.instance->module->options.tier != runtime::Tier::Native;
}

uint32_t* words_at(uintptr_t address) {
  return reinterpret_cast<uint32_t*>(address);
}

/// Puts the image of the first call at the stack's top, with arguments from the stack's begin. Where the
/// stack pointer is then.
uintptr_t lay_out(GuestStack& stack) {
  const runtime::Function& function = *stack.function;
  const wasm::FuncType& type = *function.type;
  const uintptr_t top = reinterpret_cast<uintptr_t>(stack.end()) & ~uintptr_t{15};
  const uint32_t slots = type.param_slots > type.result_slots ? type.param_slots : type.result_slots;
  const uint32_t bytes = outgoing_bytes(type) > 4 * slots ? outgoing_bytes(type) : 4 * slots;
  const uintptr_t outgoing = top - ((bytes + 15) & ~15u);
  auto& image = *new (words_at(outgoing - sizeof(CallImage))) CallImage;
  set_first_call(function, is_outside(function) ? mote_native_call : function.entry, is_outside(function),
                 stack.begin(), image, reinterpret_cast<uint8_t*>(outgoing));
  const uintptr_t sp = outgoing - sizeof(CallImage) - MOTE_HELP_FRAME - kSavedSingles;
  std::memset(words_at(sp), 0, MOTE_HELP_FRAME + kSavedSingles);
  const void* start = resume_address(mote_native_start);
  std::memcpy(words_at(sp + kSavedSingles + MOTE_HELP_RETURN), &start, sizeof(start));
  return sp;
}

Position position_at(Instance& instance, const Run& run, uint32_t* slots) {
  Position here;
  here.links = run.links;
  here.inside = &instance;
  here.slots = slots;
  here.native.sp = run.native.sp - kSavedSingles;
  here.native.frame = run.native.frame;
  here.native.type = run.native.type;
  return here;
}

/// An instance's code goes on, in place of the code of another perhaps.
void go_inside(Run& run, Instance& inside) {
  run.inside = &inside;
  inside.active = &run;
  if constexpr (config::kMpu) (void)mpu::switch_to(&inside);
}

/// The run is at a place from now on.
void move_to(Run& run, const Position& place) {
  go_inside(run, *place.inside);
  run.links = place.links;
  run.native.sp = place.native.sp;
  run.native.frame = place.native.frame;
  run.native.type = place.native.type;
  take_stack(run);
}

void go_on_at(Run& run, const Position& place) {
  move_to(run, place);
  if (place.ip == mote_native_start) run.native.sp = lay_out(*runtime::stacks_of(run).current);
  run.native.resume_at = resume_address(mote_native_switched);
}

}  // namespace

void begin_stack(GuestStack& stack) {
  const runtime::Function& function = *stack.function;
  Position& here = stack.here;
  here.ip = mote_native_start;
  here.links = reinterpret_cast<uintptr_t*>(stack.end());
  here.inside = is_outside(function) ? stack.home : function.instance;
  here.slots = stack.begin();
  here.native.sp = reinterpret_cast<uintptr_t>(stack.end());
  here.native.frame = stack.begin();
  here.native.type = function.type;
}

Place place_of(const Position& position) {
  const uintptr_t sp = position.native.sp + kSavedSingles;
  const uint8_t* back = nullptr;
  if (position.ip != mote_native_start) std::memcpy(&back, words_at(sp + MOTE_HELP_RETURN), sizeof(back));
  return {back == nullptr ? call_before(mote_native_started) : call_before(back), sp + MOTE_HELP_FRAME};
}

bool to_resumer(const Run& run, Place& place, const GuestStack*& stack, const Instance*& inside) {
  if (stack == nullptr || place.ip != call_before(mote_native_started)) return false;
  const Position& resumer = runtime::resumer_of(run, *stack);
  place = place_of(resumer);
  inside = resumer.inside;
  stack = run.owner->pool->at<const GuestStack>(stack->parent);
  return true;
}

uint32_t throw_from(Instance& instance, Run& run, Place place) {
  const Instance* inside = &instance;
  const GuestStack* stack = runtime::stacks_of(run).current;
  const runtime::Handler* handler = nullptr;
  for (;;) {
    handler = runtime::find_handler(*inside, place.ip);
    if (handler != nullptr) break;
    const auto end = reinterpret_cast<uintptr_t>(stack == nullptr ? run.owner->stack_end : stack->end());
    if (unwind(*inside->module, place, end) || to_caller(place, inside) ||
        to_resumer(run, place, stack, inside))
      continue;
    run.trap = Trap::Exception;
    return MOTE_EXIT_TRAPPED;
  }
  while (runtime::stacks_of(run).current != stack) {
    const Position resumer = runtime::resumer_of(run, *runtime::stacks_of(run).current);
    runtime::leave_stack(run);
    move_to(run, resumer);
  }
  auto& catching = const_cast<Instance&>(*inside);
  run.trap = Trap::None;
  go_inside(run, catching);
  set_stack_limit(run);
  run.native.sp = place.sp;
  run.ip = static_cast<const uint8_t*>(code_address(catching.code + handler->target));
  run.native.resume_at = resume_address(mote_native_caught_elsewhere);
  runtime::catch_exception(catching, *handler, reinterpret_cast<void*>(place.sp));
  return MOTE_EXIT_CAUGHT;
}

uint32_t switch_stacks(Instance& instance, uint32_t which, uint32_t* slots, uint32_t a, uint32_t b) {
  Run& run = *instance.active;
  Position here = position_at(instance, run, slots);
  const Trap why = runtime::switch_stacks(run, here, static_cast<wasm::Op>(which), a, b);
  if (why == Trap::Exception) {
    const Place place = place_of(here);
    move_to(run, here);
    const bool caught = throw_from(*here.inside, run, place) == MOTE_EXIT_CAUGHT;
    run.native.resume_at = resume_address(caught ? mote_native_thrown : mote_native_uncaught);
    if (!caught) run.ip = place.ip;
    if (!caught) run.native.unwind_sp = place.sp;
    return MOTE_EXIT_CAUGHT;
  }
  if (why != Trap::None) {
    run.trap = why;
    return MOTE_EXIT_TRAPPED;
  }
  go_on_at(run, here);
  return MOTE_EXIT_CAUGHT;
}

/// The function that a stack began with has returned to it, with the result in `image`.
extern "C" void mote_native_end_function(Instance* instance, CallImage* image, uint8_t* outgoing) {
  if constexpr (runtime::kStackSwitching) {
    Run& run = *instance->active;
    GuestStack& stack = *runtime::stacks_of(run).current;
    get_results(*stack.function->type, *image, outgoing, stack.begin());
    Position here;
    runtime::end_of_stack(run, here);
    go_on_at(run, here);
  }
}

}  // namespace mote::native
