// SPDX-License-Identifier: Apache-2.0
#include "runtime/continuation.hpp"

#include <cstring>

#include "native/continuation.hpp"
#include "runtime/exception.hpp"
#include "vm/vm.hpp"

namespace mote::runtime {

namespace {

bool is_native(const Instance& instance) {
  return config::kNative && instance.module->options.tier == Tier::Native;
}

/// An object, while `count` operands are kept.
template <class T>
T* make(Engine& engine, uint32_t type, size_t bytes, const uint32_t* operands, uint32_t count) {
  const RootScope keep(engine.heap, operands, count);
  engine.frames_end = operands + count;
  Object* made = engine.heap.allocate(engine, type, static_cast<uint32_t>(bytes - sizeof(Object)));
  engine.frames_end = nullptr;
  return static_cast<T*>(made);
}

/// Bytes of a stack for a function that an instance's code begins.
uint32_t stack_size(const Instance& instance, const wasm::FuncType& type) {
  constexpr uint32_t kRest = 256;  // with it arguments or results always fit, native code's twice
  const uint32_t slots = type.param_slots > type.result_slots ? type.param_slots : type.result_slots;
  uint32_t bytes = 8 * slots + kRest;
  if (bytes < instance.engine->stack_bytes) bytes = instance.engine->stack_bytes;
  if constexpr (config::kNative) {
    if (is_native(instance)) bytes = native::stack_bytes(bytes);
  }
  return (bytes + static_cast<uint32_t>(sizeof(GuestStack)) + 15) & ~15u;
}

/// A stack that has ended serves again, unless the collector came in between.
GuestStack* make_stack(Engine& engine, uint32_t bytes, const uint32_t* operands, uint32_t count) {
  auto* spare = engine.pool.at<GuestStack>(engine.spare_stack);
  if (spare == nullptr || spare->bytes != bytes || engine.heap.stress) {
    auto* made = make<GuestStack>(engine, kGuestStack, bytes, operands, count);
    if (made != nullptr) made->bytes = bytes;
    return made;
  }
  engine.spare_stack = 0;
  spare->parent = spare->bound = 0;
  spare->begun = false;
  spare->here = Position();
  return spare;
}

/// What a continuation refers to.
struct Chain {
  Continuation* reference = nullptr;
  GuestStack *leaf = nullptr, *root = nullptr;
};

/// Whether it can be used.
Trap find_chain(const Engine& engine, uint32_t reference, Chain& chain) {
  if (reference == 0) return Trap::NullContinuationReference;
  chain.reference = engine.pool.at<Continuation>(reference);
  chain.leaf = engine.pool.at<GuestStack>(chain.reference->leaf);
  chain.root = engine.pool.at<GuestStack>(chain.reference->root);
  if (chain.leaf == nullptr || chain.leaf->home == nullptr) return Trap::ContinuationConsumed;
  return Trap::None;
}

Trap find_chain(const Position& here, uint32_t reference, Chain& chain) {
  const Trap why = find_chain(*here.inside->engine, reference, chain);
  if (why != Trap::None) return why;
  const bool same_tier = is_native(*chain.leaf->here.inside) == is_native(*here.inside);
  return same_tier ? Trap::None : Trap::ForeignContinuation;
}

GuestStack* parent_of(const Run& run, const GuestStack& stack) {
  return run.owner->pool->at<GuestStack>(stack.parent);
}

Position& place_of(const Run& run, GuestStack* stack) {
  return stack != nullptr ? stack->here : stacks_of(run).here;
}

/// A stack's code goes on.
void make_current(Run& run, GuestStack* stack) {
  stacks_of(run).current = stack;
  place_of(run, stack).links = nullptr;
}

/// Goes on with a chain, below whatever is the parent.
void enter_chain(Run& run, Position& here, const Chain& chain) {
  here = chain.leaf->here;
  chain.leaf->bound = 0;
  chain.leaf->begun = true;
  chain.reference->leaf = chain.reference->root = 0;
  make_current(run, chain.leaf);
}

void resume_chain(Run& run, Position& here, const Chain& chain) {
  GuestStack* current = stacks_of(run).current;
  place_of(run, current) = here;
  chain.root->parent = run.owner->pool->handle(current);
  enter_chain(run, here, chain);
}

/// Inside of the operation that code at a place waits in.
const uint8_t* operation_at(const Position& place) {
  if constexpr (config::kNative) {
    if (is_native(*place.inside)) return native::place_of(place).ip;
  }
  return place.ip - 1;
}

/// Which clause of a resume takes the tag, counted from 1; 0: none.
uint32_t clause_for(const Position& resumer, const Tag& tag, bool switches) {
  const LoadedModule& module = *resumer.inside->module;
  const auto at = static_cast<uint32_t>(operation_at(resumer) - module.code);
  const Handler::Kind wanted = switches ? Handler::Kind::Switch : Handler::Kind::On;
  // The resume's own rows come before those of the try_tables around it.
  for (uint32_t i = first_handler(module, at); i < module.handlers.count; ++i) {
    const Handler& row = module.handlers.rows[i];
    if (row.kind == Handler::Kind::Catch || row.begin > at) break;
    if (row.kind == wanted && resumer.inside->references.tags[row.tag] == &tag) return row.place;
  }
  return 0;
}

/// The stack whose resume takes the tag: what is suspended reaches up to it. nullptr: none does.
GuestStack* find_resume(const Run& run, const Tag& tag, bool switches, uint32_t& clause) {
  const Stacks& stacks = stacks_of(run);
  for (GuestStack* stack = stacks.current; stack != stacks.barrier; stack = parent_of(run, *stack)) {
    clause = clause_for(resumer_of(run, *stack), tag, switches);
    if (clause != 0) return stack;
  }
  return nullptr;
}

/// Why there is none: nobody takes the tag, or somebody on the other side of a call by C++.
Trap without_resume(const Run& run, const Tag& tag, bool switches) {
  for (GuestStack* stack = stacks_of(run).barrier; stack != nullptr; stack = parent_of(run, *stack)) {
    if (clause_for(resumer_of(run, *stack), tag, switches) != 0) return Trap::SuspensionBarred;
  }
  return Trap::UnhandledTag;
}

/// The chain from the current stack up to `root`, without a parent from now on.
Continuation* capture(Run& run, const Position& here, GuestStack& root, uint32_t operands) {
  Engine& engine = *here.inside->engine;
  auto* made = make<Continuation>(engine, kContinuation, sizeof(Continuation), here.slots, operands);
  if (made == nullptr) return nullptr;
  GuestStack& current = *stacks_of(run).current;
  made->leaf = engine.pool.handle(&current);
  made->root = engine.pool.handle(&root);
  current.here = here;
  return made;
}

void copy_slots(uint32_t* to, const uint32_t* from, uint32_t count) {
  if (count > 0) std::memmove(to, from, count * sizeof(uint32_t));
}

/// `count` slots of arguments.
Trap suspend(Run& run, Position& here, const Tag& tag, uint32_t count) {
  uint32_t clause = 0;
  GuestStack* root = find_resume(run, tag, false, clause);
  if (root == nullptr) return without_resume(run, tag, false);
  Continuation* made = capture(run, here, *root, count);
  if (made == nullptr) return Trap::HeapExhausted;
  const Position resumer = resumer_of(run, *root);
  copy_slots(resumer.slots, here.slots, count);
  resumer.slots[count] = run.owner->pool->handle(made);
  resumer.slots[resumer.outcome] = clause;
  make_current(run, parent_of(run, *root));
  root->parent = 0;
  here = resumer;
  return Trap::None;
}

/// `count` slots of arguments, then the continuation.
Trap switch_continuation(Run& run, Position& here, const Tag& tag, uint32_t count) {
  Chain chain;
  if (const Trap why = find_chain(here, here.slots[count], chain); why != Trap::None) return why;
  uint32_t clause = 0;
  GuestStack* root = find_resume(run, tag, true, clause);
  if (root == nullptr) return without_resume(run, tag, true);
  Continuation* made = capture(run, here, *root, count + 1);
  if (made == nullptr) return Trap::HeapExhausted;
  uint32_t* to = chain.leaf->here.slots + chain.leaf->bound;
  copy_slots(to, here.slots, count);
  to[count] = run.owner->pool->handle(made);
  chain.root->parent = root->parent;
  root->parent = 0;
  enter_chain(run, here, chain);
  return Trap::None;
}

/// Likewise.
Trap resume_continuation(Run& run, Position& here, uint32_t count) {
  Chain chain;
  if (const Trap why = find_chain(here, here.slots[count], chain); why != Trap::None) return why;
  copy_slots(chain.leaf->here.slots + chain.leaf->bound, here.slots, count);
  resume_chain(run, here, chain);
  return Trap::None;
}

/// Of a tag the payload lies in `count` slots, otherwise (nullptr) the exception in one.
Trap resume_throwing(Run& run, Position& here, Tag* tag, uint32_t count) {
  Engine& engine = *here.inside->engine;
  Chain chain;
  const uint32_t* reference = here.slots + (tag == nullptr ? 1 : count);
  if (const Trap why = find_chain(here, *reference, chain); why != Trap::None) return why;
  const RootScope keep(engine.heap, reference, 1);
  const Trap why =
      tag == nullptr ? throw_reference(engine, here.slots[0]) : throw_exception(engine, *tag, here.slots);
  if (why != Trap::Exception) return why;
  if (chain.leaf->begun) {
    resume_chain(run, here, chain);
  } else {
    // Nothing in it could catch it: it is as if it had been thrown here.
    chain.reference->leaf = chain.reference->root = 0;
  }
  return why;
}

/// The immediates of the three that resume: slots of arguments, and 256 times the slot that is told the
/// outcome; the tag of resume_throw.
Trap resume(Run& run, Position& here, wasm::Op op, uint32_t a, uint32_t b) {
  Tag* tag = op == wasm::Op::ResumeThrow ? here.inside->references.tags[b] : nullptr;
  here.outcome = a >> 8;
  if (op == wasm::Op::Resume) return resume_continuation(run, here, a & 0xff);
  return resume_throwing(run, here, tag, a & 0xff);
}

}  // namespace

const Position& resumer_of(const Run& run, const GuestStack& stack) {
  return place_of(run, parent_of(run, stack));
}

Trap new_continuation(Instance& instance, uint32_t* slots) {
  if (slots[0] == 0) return Trap::NullFunctionReference;
  Engine& engine = *instance.engine;
  const auto& function = *engine.pool.at<const Function>(slots[0]);
  GuestStack* stack = make_stack(engine, stack_size(instance, *function.type), slots, 1);
  if (stack == nullptr) return Trap::HeapExhausted;
  const uint32_t handle = engine.pool.handle(stack);
  const RootScope keep(engine.heap, &handle, 1);
  stack->home = &instance;
  stack->function = &function;
  auto* made = make<Continuation>(engine, kContinuation, sizeof(Continuation), slots, 1);
  if (made == nullptr) return Trap::HeapExhausted;
  made->leaf = made->root = handle;
  slots[0] = engine.pool.handle(made);
  if constexpr (config::kNative) {
    if (is_native(instance)) {
      native::begin_stack(*stack);
      return Trap::None;
    }
  }
  if constexpr (config::kInterpreter) vm::begin_stack(*stack);
  return Trap::None;
}

Trap bind_continuation(Instance& instance, uint32_t* slots, uint32_t count) {
  Engine& engine = *instance.engine;
  Chain chain;
  if (const Trap why = find_chain(engine, slots[count], chain); why != Trap::None) return why;
  auto* made = make<Continuation>(engine, kContinuation, sizeof(Continuation), slots, count + 1);
  if (made == nullptr) return Trap::HeapExhausted;
  made->leaf = chain.reference->leaf;
  made->root = chain.reference->root;
  chain.reference->leaf = chain.reference->root = 0;
  copy_slots(chain.leaf->here.slots + chain.leaf->bound, slots, count);
  chain.leaf->bound += count;
  slots[0] = engine.pool.handle(made);
  return Trap::None;
}

Trap switch_stacks(Run& run, Position& here, wasm::Op op, uint32_t a, uint32_t b) {
  if (op == wasm::Op::Suspend) return suspend(run, here, *here.inside->references.tags[a], b);
  if (op == wasm::Op::Switch) return switch_continuation(run, here, *here.inside->references.tags[a], b);
  return resume(run, here, op, a, b);
}

void end_of_stack(Run& run, Position& here) {
  GuestStack& ended = *stacks_of(run).current;
  here = resumer_of(run, ended);
  copy_slots(here.slots, ended.begin(), ended.function->type->result_slots);
  here.slots[here.outcome] = 0;
  leave_stack(run);
}

void leave_stack(Run& run) {
  GuestStack& ended = *stacks_of(run).current;
  make_current(run, parent_of(run, ended));
  ended.parent = 0;
  ended.function = nullptr;
  run.owner->engine->spare_stack = run.owner->pool->handle(&ended);
}

void mark_stacks(Engine& engine, const Run& run) {
  const Stacks& stacks = stacks_of(run);
  if (stacks.current == nullptr) return;
  engine.heap.mark(engine, engine.pool.handle(stacks.current));
  if (run.status == Status::Trapped) return;  // only for its backtrace
  const Instance& owner = *run.owner;
  const uint32_t *low = stacks.here.low(), *high = stacks.here.high();
  engine.heap.mark_words(engine, owner.stack, static_cast<size_t>(low - owner.stack));
  engine.heap.mark_words(engine, high, static_cast<size_t>(owner.stack_end - high));
}

void forget_stacks(Instance& instance) {
  bool makes_any = false;
  for (const wasm::FuncType& type : instance.module->wasm.types)
    makes_any = makes_any || wasm::kind_of(type) == wasm::TypeKind::Continuation;
  if (!makes_any) return;
  const auto visit = [](void* gone, Object& object) {
    auto& stack = static_cast<GuestStack&>(object);
    const Pool* pool = static_cast<Instance*>(gone)->pool;
    for (const GuestStack* outer = &stack; outer != nullptr; outer = pool->at<GuestStack>(outer->parent)) {
      if (outer->home != nullptr && outer->home != gone) continue;
      stack.home = nullptr;
      return;
    }
  };
  instance.engine->heap.each(*instance.engine, kGuestStack, visit, &instance);
}

bool can_resume(const Run& run) {
  const GuestStack* current = stacks_of(run).current;
  return current == nullptr || current->home != nullptr;
}

void reassert(const Run& run) {
  run.inside->active = const_cast<Run*>(&run);
  if constexpr (config::kNative) {
    if (is_native(*run.inside)) native::set_stack_limit(run);
  }
}

}  // namespace mote::runtime
