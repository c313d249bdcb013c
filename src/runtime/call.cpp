// SPDX-License-Identifier: Apache-2.0
// Calls from outside: from the embedder, and from host functions back into guests. A call runs on the stack
// of the instance whose function it is; fuel is handed to the interpreter in slices.
#include <cstddef>
#include <cstring>

#include "config/limits.hpp"
#include "native/native.hpp"
#include "runtime/continuation.hpp"
#include "runtime/engine.hpp"
#include "runtime/inner_run.hpp"
#include "vm/vm.hpp"

namespace mote::runtime {

// As bytes: member by member, which the volatile one asks for, takes twice the flash.
[[gnu::noinline]] Run::Run(const Run& run) {
  *this = run;
}

[[gnu::noinline]] Run& Run::operator=(const Run& run) {  // NOLINT(bugprone-unhandled-self-assignment)
  constexpr size_t kBefore = offsetof(Run, interrupt), kBehind = kBefore + sizeof(Request);
  auto* to = reinterpret_cast<std::byte*>(this);
  const auto* from = reinterpret_cast<const std::byte*>(&run);
  std::memcpy(to, from, kBefore);
  std::memcpy(to + kBehind, from + kBehind, sizeof(Run) - kBehind);
  return *this;
}

/// Calls a host function for the guest code that is running in `inside`.
HostStatus call_host(Instance& inside, const Function& function, uint32_t* slots);
/// Likewise a function of any kind, which runs on the same stack and cannot be suspended unless it is the
/// host's: it traps instead.
HostStatus call_outside(Instance& inside, const Function& function, uint32_t* slots);

namespace {

constexpr uint64_t kUnlimited = ~uint64_t{0};
/// So much fuel later a request to stop is seen by code that counts it.
constexpr int32_t kSlice = 1 << 16;
constexpr Message kWaits = "a host function waits";

void tell_trap(const Run& run, Error& error) {
  trapped(run.trap, error);
  if (run.message != nullptr) error.say(run.message);
}

void take_fuel(Instance& instance) {
  Run& run = instance.run;
  const uint64_t left = instance.fuel_left;
  const int32_t slice = left > static_cast<uint64_t>(kSlice) ? kSlice : static_cast<int32_t>(left);
  if (left != kUnlimited) instance.fuel_left -= static_cast<uint64_t>(slice);
  run.fuel = slice;
}

void give_back_fuel(Instance& instance) {
  if (instance.fuel_left != kUnlimited && instance.run.fuel > 0)
    instance.fuel_left += static_cast<uint64_t>(instance.run.fuel);
  instance.run.fuel = 0;
}

bool is_native(const Function& function) {
  return !config::kInterpreter ||
         (config::kNative && function.instance->module->options.tier == Tier::Native);
}

vm::Exit enter(Run& run, const Function& function, uint32_t* frame) {
  if constexpr (config::kNative) {
    if (is_native(function)) return native::enter(run, function, frame);
  }
  if constexpr (config::kInterpreter) return vm::enter(run, function, frame);
  return vm::Exit::Trapped;  // nothing runs in a build without tiers
}

/// Goes on with what enter() left: new slices of fuel are taken as long as there are any, and nobody wants
/// the call to stop.
vm::Exit drive(Run& run, const Function& entered, vm::Exit exit) {
  while (exit == vm::Exit::OutOfFuel && run.owner->fuel_left > 0 && run.owner->run.interrupt.made == 0) {
    take_fuel(*run.owner);
    if constexpr (config::kNative) {
      if (is_native(entered)) {
        exit = native::resume(run);
        continue;
      }
    }
    if constexpr (config::kInterpreter) exit = vm::resume(run);
  }
  return exit;
}

/// How a run ended that cannot be suspended. The request to stop stays for its caller, whose trap it may not
/// become.
Trap trap_of_nested(const Run& run, vm::Exit exit) {
  switch (exit) {
    case vm::Exit::Returned:
      return Trap::None;
    case vm::Exit::Trapped:
      return run.trap;
    case vm::Exit::OutOfFuel:
      return run.owner->run.interrupt.made != 0 ? Trap::Killed : Trap::OutOfFuel;
    default:
      return Trap::Host;
  }
}

void finish(Instance& instance, vm::Exit exit, const uint32_t* frame, uint32_t result_slots,
            uint32_t* results, Error& error) {
  const bool interrupted = instance.run.interrupt.made != 0;
  instance.run.interrupt.made = 0;
  switch (exit) {
    case vm::Exit::Returned:
      instance.run.status = Status::Idle;
      if (result_slots > 0) std::memcpy(results, frame, result_slots * sizeof(uint32_t));
      return;
    case vm::Exit::Trapped:
      instance.run.status = Status::Trapped;
      return tell_trap(instance.run, error);
    default:
      instance.run.status = Status::Suspended;
      if (exit == vm::Exit::Waiting) return kWaits.write(error);
      return (interrupted ? Message("interrupted") : Message("out of fuel")).write(error);
  }
}

/// For the time of a call from C++ that is not nested in one to the same instance. The call that it was made
/// from, through a host function, then goes on.
class Innermost {
 public:
  explicit Innermost(const Run& run) : engine_(*run.owner->engine), outer_(engine_.running) {
    if constexpr (kStackSwitching) engine_.running = &run;
  }
  ~Innermost() {
    if constexpr (kStackSwitching) {
      engine_.running = outer_;
      if (outer_ != nullptr) reassert(*outer_);
    }
  }
  Innermost(const Innermost&) = delete;
  Innermost& operator=(const Innermost&) = delete;

 private:
  Engine& engine_;
  const Run* outer_;
};

/// A host function called from outside, without guest code in between.
void call_host_directly(const Function& function, const uint32_t* arguments, uint32_t* results,
                        Error& error) {
  uint32_t slots[limits::kParamSlots > limits::kResultSlots ? limits::kParamSlots : limits::kResultSlots];
  const wasm::FuncType& type = *function.type;
  if (type.param_slots > 0) std::memcpy(slots, arguments, type.param_slots * sizeof(uint32_t));
  alignas(Instance) std::byte zeros[sizeof(Instance)] = {};
  Instance& nobody = at_zeros(zeros);
  Context context(nobody, function.data);
  nobody.active = &nobody.run;
  const auto status = static_cast<HostStatus>(function.host->thunk(&context, slots));
  if (status == HostStatus::Waiting) return kWaits.write(error);
  if (status == HostStatus::Trapped) return tell_trap(nobody.run, error);
  if (type.result_slots > 0) std::memcpy(results, slots, type.result_slots * sizeof(uint32_t));
}

/// A call while the instance already runs: a host function calls back. It may not be suspended, because its
/// caller is C code.
void call_nested(Instance& instance, const Function& function, const uint32_t* arguments, uint32_t* results,
                 Error& error) {
  Run& run = instance.run;
  const Barrier barrier(run);
  if (run.depth >= limits::kNestedRuns) return trapped(Trap::StackExhausted, error);
  const Run outer = run;
  Instance* const inside = run.inside;
  Run* const active = inside->active;
  uint32_t* frame = run.top;
  const wasm::FuncType& type = *function.type;
  if (type.param_slots > 0) std::memcpy(frame, arguments, type.param_slots * sizeof(uint32_t));
  ++run.depth;
  give_back_fuel(instance);
  take_fuel(instance);
  run.trap = trap_of_nested(run, drive(run, function, enter(run, function, frame)));
  give_back_fuel(instance);
  if (run.trap != Trap::None) {
    tell_trap(run, error);
  } else if (type.result_slots > 0) {
    std::memcpy(results, frame, type.result_slots * sizeof(uint32_t));
  }
  run = outer;
  inside->active = active;
  if constexpr (kStackSwitching) reassert(run);
  take_fuel(instance);
}

/// A call between tiers or instances, by C++: a run inside `run`, which goes on afterwards.
template <class R>
HostStatus call_inside(R& run, const Function& function, uint32_t* slots) {
  const R outer = run;
  const InnerRun* inner = nullptr;
  Trap trap = Trap::StackExhausted;
  if (run.depth < limits::kNestedRuns) {
    const Barrier barrier(run);
    const GuestStack* stack = stacks_of(run).current;
    ++run.depth;
    InnerRun* room = reserve_inner(run);
    trap = trap_of_nested(run, drive(run, function, enter(run, function, slots)));
    // Of a stack that the run has resumed nothing is kept: nobody else refers to it.
    if (trap != Trap::None && stack == stacks_of(run).current)
      inner = keep_inner(run, room, is_native(function));
  }
  const int32_t fuel = run.fuel;
  const char* const message = run.message;
  run = outer;
  run.fuel = fuel;
  run.trap = trap;
  run.message = message;
  run.native.inner = inner;
  if constexpr (kStackSwitching) reassert(run);
  return trap == Trap::None ? HostStatus::Done : HostStatus::Trapped;
}

/// `begin`: of the stack.
bool fits(const uint32_t* begin, const uint32_t* frame, const uintptr_t* links, const wasm::FuncType& type) {
  const uint32_t slots = type.param_slots > type.result_slots ? type.param_slots : type.result_slots;
  return reinterpret_cast<uintptr_t>(frame + slots + 16) <= reinterpret_cast<uintptr_t>(links) &&
         frame >= begin;
}

}  // namespace

void call(const Function& function, const uint32_t* arguments, uint32_t* results, Error& error) {
  if (function.instance == nullptr) return call_host_directly(function, arguments, results, error);
  Instance& instance = *function.instance;
  Run& run = instance.run;
  const wasm::FuncType& type = *function.type;
  if (run.status == Status::Suspended) {
    return Message("the instance is suspended: resume or kill it").write(error);
  }
  const bool nested = run.status == Status::Running;
  if constexpr (kStackSwitching) {
    if (!nested) stacks_of(run) = Stacks();
  }
  uintptr_t* const end = reinterpret_cast<uintptr_t*>(instance.stack_end);
  const uint32_t* begin = kStackSwitching ? area_of(run).begin : instance.stack;
  if (!fits(begin, nested ? run.top : instance.stack, nested ? run.links : end, type)) {
    return trapped(Trap::StackExhausted, error);
  }
  if (nested) return call_nested(instance, function, arguments, results, error);
  run.links = end;
  run.status = Status::Running;
  run.message = nullptr;
  if constexpr (config::kNative) forget_inner(run);
  run.depth = 0;
  run.callee = &function;
  run.interrupt.made = 0;
  if (type.param_slots > 0) std::memcpy(instance.stack, arguments, type.param_slots * sizeof(uint32_t));
  take_fuel(instance);
  const Innermost innermost(run);
  const vm::Exit exit = drive(run, function, enter(run, function, instance.stack));
  give_back_fuel(instance);
  return finish(instance, exit, instance.stack, type.result_slots, results, error);
}

void resume(Instance& instance, uint32_t* results, Error& error) {
  Run& run = instance.run;
  if (run.status != Status::Suspended)
    return void(error = {ErrorCode::Busy, "the instance is not suspended"});
  if constexpr (kStackSwitching) {
    if (!can_resume(run)) {
      run.status = Status::Idle;
      return trapped(Trap::ContinuationConsumed, error);
    }
  }
  run.status = Status::Running;
  take_fuel(instance);
  // Without any fuel the call stays where it is; after a host function waited it can be asked again all the
  // same.
  const bool native = is_native(*run.callee);
  const Innermost innermost(run);
  vm::Exit exit = vm::Exit::OutOfFuel;
  if constexpr (config::kNative) {
    if (native) exit = native::resume(run);
  }
  if (!native) exit = vm::resume(run);
  exit = drive(run, *run.callee, exit);
  give_back_fuel(instance);
  return finish(instance, exit, instance.stack, run.callee->type->result_slots, results, error);
}

void start(Instance& instance, Error& error) {
  const wasm::Module& module = instance.module->wasm;
  if (module.start == wasm::Module::kNone) return;
  if (module.start < module.imported_functions)
    return call(*instance.imported_functions[module.start], nullptr, nullptr, error);
  Function& function = instance.start_function;
  function.type = &module.type_of(module.start);
  function.instance = &instance;
  function.entry = instance.code + instance.entries[module.start - module.imported_functions];
  return call(function, nullptr, nullptr, error);
}

HostStatus call_host(Instance& inside, const Function& function, uint32_t* slots) {
  Run& run = *inside.active;
  const wasm::FuncType& type = *function.type;
  run.top = slots + (type.param_slots > type.result_slots ? type.param_slots : type.result_slots);
  Context context(inside, function.data != nullptr ? function.data : inside.host_data);
  run.trap = Trap::None;
  const auto status = static_cast<HostStatus>(function.host->thunk(&context, slots));
  if (status == HostStatus::Trapped && run.trap == Trap::None) run.trap = Trap::Host;
  return status;
}

HostStatus call_outside(Instance& inside, const Function& function, uint32_t* slots) {
  if (function.instance == nullptr) return call_host(inside, function, slots);
  if constexpr (config::kNative) return call_inside(*inside.active, function, slots);
  return HostStatus::Trapped;  // the interpreter makes calls between its instances itself
}

}  // namespace mote::runtime

namespace mote {

uint8_t* Context::guest_bytes(uint32_t address, uint32_t size) const {
  if (instance_.module == nullptr || instance_.module->wasm.memories.count == 0) return nullptr;
  const runtime::Memory& memory = *instance_.memories[0];
  return uint64_t{address} + size <= memory.bytes ? memory.data + address : nullptr;
}

bool Context::guest_string(uint32_t address, std::string_view& text) const {
  const uint8_t* begin = guest_bytes(address, 1);
  if (begin == nullptr) return false;
  const auto* end =
      static_cast<const uint8_t*>(std::memchr(begin, 0, instance_.memories[0]->bytes - address));
  if (end == nullptr) return false;
  text = {reinterpret_cast<const char*>(begin), static_cast<size_t>(end - begin)};
  return true;
}

HostStatus Context::rethrow() const {
  instance_.active->trap = Trap::Exception;
  if constexpr (wasm::kExceptions) {
    // Of a host function that nothing was thrown to: that is its mistake, not an exception.
    if (instance_.engine == nullptr || instance_.engine->exception == 0) instance_.active->trap = Trap::Host;
  }
  return HostStatus::Trapped;
}

HostStatus Context::trap(Trap kind, const char* message) const {
  instance_.active->trap = kind;
  instance_.active->message = message;
  return HostStatus::Trapped;
}

}  // namespace mote
