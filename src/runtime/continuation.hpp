// SPDX-License-Identifier: Apache-2.0
// Stack switching (proposal "stack-switching"): continuations, and the stacks that guest code runs on besides
// its instance's. Both are objects of the heap, which do not move: nothing needs a finaliser, and the
// collector finds a suspended stack by its continuation. What is here knows no tier: operations take the
// place where the code stands and say where to go on.
#pragma once
#include "runtime/engine.hpp"
#include "runtime/position.hpp"
#include "wasm/opcodes.hpp"

namespace mote::runtime {

/// Frames and links of a continuation, like an instance's stack. A chain of them, by their parents, is what
/// one suspension leaves: its innermost stack is where it goes on.
struct GuestStack : Object {
  uint32_t bytes = 0;        ///< of the object
  uint32_t parent = 0;       ///< handle of the stack that has resumed it; 0: its run's owner's, or nobody
  uint32_t bound = 0;        ///< slots of arguments that cont.bind has left at here.slots
  bool begun = false;        ///< its function has been called
  Instance* home = nullptr;  ///< that made it; nullptr: it, or one further out in the chain, is gone
  const Function* function = nullptr;  ///< that it began with; nullptr: it has ended
  Position here;                       ///< while it does not run

  uint32_t* begin() { return reinterpret_cast<uint32_t*>(this + 1); }
  const uint32_t* end() const { return const_cast<GuestStack*>(this)->end(); }
  uint32_t* end() { return reinterpret_cast<uint32_t*>(reinterpret_cast<uint8_t*>(this) + bytes); }
};

/// A reference to a suspended chain. It can be used once.
struct Continuation : Object {
  uint32_t leaf = 0;  ///< handle of its innermost stack; 0: consumed
  uint32_t root = 0;  ///< of its outermost
};

inline Stacks& stacks_of(const Run& run) {
  return run.owner->references.stacks;
}

/// Keeps what a call from C++ changes of a run's stacks: what is suspended below goes no further than here.
class Barrier {
 public:
  explicit Barrier(const Run& run) {
    if constexpr (kStackSwitching) {
      if (run.owner == nullptr) return;
      stacks_ = &stacks_of(run);
      current_ = stacks_->current;
      barrier_ = stacks_->barrier;
      stacks_->barrier = current_;
    }
  }
  ~Barrier() {
    if constexpr (kStackSwitching) {
      if (stacks_ == nullptr) return;
      stacks_->current = current_;
      stacks_->barrier = barrier_;
    }
  }
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;

 private:
  Stacks* stacks_ = nullptr;
  GuestStack *current_ = nullptr, *barrier_ = nullptr;
};

/// The stack that `run` is on.
struct Area {
  uint32_t* begin;
  uint32_t* end;

  bool has(const uint32_t* at) const { return at >= begin && at <= end; }
};
inline Area area_of(const Run& run) {
  if constexpr (kStackSwitching) {
    if (GuestStack* stack = stacks_of(run).current; stack != nullptr) return {stack->begin(), stack->end()};
  }
  return {run.owner->stack, run.owner->stack_end};
}

/// cont.new: a continuation of the function at slots[0] takes its place.
Trap new_continuation(Instance& instance, uint32_t* slots);
/// cont.bind: `count` slots of arguments, then the continuation, which a new one replaces.
Trap bind_continuation(Instance& instance, uint32_t* slots, uint32_t count);

/// suspend, switch, resume, resume_throw and resume_throw_ref, with their helpers' immediates (SPEC.md,
/// "Stacks"): begins at `here`, and goes on where `here` says then. Trap::Exception: an exception is on its
/// way from there.
Trap switch_stacks(Run& run, Position& here, wasm::Op op, uint32_t a, uint32_t b);
/// Likewise: the function that the current stack began with has returned, with its results at the stack's
/// begin.
void end_of_stack(Run& run, Position& here);

/// Where the code stands that has resumed a stack, which is current or below it.
const Position& resumer_of(const Run& run, const GuestStack& stack);
/// The current stack's code is over: an exception leaves it.
void leave_stack(Run& run);

/// Marks the stacks of a run, and what the owner's own refers to while another is current.
void mark_stacks(Engine& engine, const Run& run);
/// Stacks that an instance has made are gone with it, and what is suspended further in.
void forget_stacks(Instance& instance);
/// Whether the code that a suspended run would go on with is still there.
bool can_resume(const Run& run);

/// After a call from C++ has ended: the code that waits for it finds its instance as it left it.
void reassert(const Run& run);

}  // namespace mote::runtime
