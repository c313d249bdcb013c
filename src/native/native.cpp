// SPDX-License-Identifier: Apache-2.0
#include "native/native.hpp"

#include <cstddef>
#include <cstring>

#include "native/abi.hpp"
#include "native/continuation.hpp"
#include "native/layout.hpp"
#include "native/mpu.hpp"
#include "runtime/engine.hpp"
#include "runtime/exception.hpp"
#include "vm/helpers.hpp"

namespace mote::runtime {
HostStatus call_outside(Instance& inside, const Function& function, uint32_t* slots);
}

namespace mote::native {

using runtime::Function;
using runtime::Instance;
using runtime::NativeInstance;
using runtime::NativeRun;
using runtime::Run;

extern "C" {
// enter_<isa>.S. The first two answer a vm::Exit.
uint32_t mote_native_enter(Run* run, Instance* instance, CallImage* image);
uint32_t mote_native_resume(Run* run, Instance* instance, CallImage* image);
extern const uint8_t mote_native_trap[], mote_native_stack_exhausted[], mote_native_out_of_fuel[],
    mote_native_call[], mote_native_help[], mote_native_numeric[], mote_native_host[],
    mote_native_resume_interrupted[], mote_native_crossed[];
}

namespace {

constexpr size_t kInstanceNative = offsetof(Instance, native);
static_assert(offsetof(Instance, memory) == MOTE_INSTANCE_MEMORY);
static_assert(offsetof(Instance, memory_limit) == MOTE_INSTANCE_MEMORY_LIMIT);
static_assert(offsetof(Instance, active) == MOTE_INSTANCE_ACTIVE);
static_assert(kInstanceNative + offsetof(NativeInstance, stack_limit) == MOTE_INSTANCE_STACK_LIMIT);
static_assert(kInstanceNative + offsetof(NativeInstance, table) == MOTE_INSTANCE_TABLE);
static_assert(kInstanceNative + offsetof(NativeInstance, types) == MOTE_INSTANCE_TYPES);
static_assert(kInstanceNative + offsetof(NativeInstance, memory_bytes) == MOTE_INSTANCE_MEMORY_BYTES);
static_assert(kInstanceNative + offsetof(NativeInstance, pool_base) == MOTE_INSTANCE_POOL_BASE);
static_assert(offsetof(Instance, tables) == MOTE_INSTANCE_TABLES);
static_assert(offsetof(Instance, imported_globals) == MOTE_INSTANCE_IMPORTED_GLOBALS);
static_assert(offsetof(Instance, imported_functions) == MOTE_INSTANCE_IMPORTED_FUNCTIONS);
static_assert(offsetof(Instance, code) == MOTE_INSTANCE_CODE);
static_assert(offsetof(Instance, entries) == MOTE_INSTANCE_ENTRIES);
static_assert(sizeof(Instance) == MOTE_INSTANCE_BYTES(wasm::kTypedReferences));
static_assert(sizeof(wasm::FuncType) == MOTE_FUNC_TYPE_BYTES(wasm::kTypedReferences));
static_assert(offsetof(runtime::Global, slots) == MOTE_GLOBAL_SLOTS);
static_assert(sizeof(runtime::Global) == MOTE_GLOBAL_BYTES);
static_assert(offsetof(Function, type) == MOTE_FUNCTION_TYPE);
static_assert(offsetof(Function, instance) == MOTE_FUNCTION_INSTANCE);
static_assert(offsetof(Function, entry) == MOTE_FUNCTION_ENTRY);
static_assert(offsetof(runtime::Table, elements) == MOTE_ELEMENTS);
static_assert(offsetof(runtime::Table, size) == MOTE_ELEMENT_COUNT);

constexpr size_t kRunNative = offsetof(Run, native);
static_assert(offsetof(Run, ip) == MOTE_RUN_IP);
static_assert(offsetof(Run, links) == MOTE_RUN_LINKS);
static_assert(offsetof(Run, fuel) == MOTE_RUN_FUEL);
static_assert(offsetof(Run, inside) == MOTE_RUN_INSIDE);
static_assert(offsetof(Run, trap) == MOTE_RUN_TRAP);
static_assert(offsetof(Run, interrupt) == MOTE_RUN_INTERRUPT);
static_assert(kRunNative + offsetof(NativeRun, c_stack) == MOTE_RUN_C_STACK);
static_assert(kRunNative + offsetof(NativeRun, sp) == MOTE_RUN_SP);
static_assert(kRunNative + offsetof(NativeRun, unwind_sp) == MOTE_RUN_UNWIND_SP);
static_assert(kRunNative + offsetof(NativeRun, resume_at) == MOTE_RUN_RESUME_AT);
static_assert(kRunNative + offsetof(NativeRun, interrupted_at) == MOTE_RUN_INTERRUPTED_AT);
static_assert(kRunNative + offsetof(NativeRun, interrupted_flags) == MOTE_RUN_INTERRUPTED_FLAGS);

static_assert(offsetof(Function, instance) == MOTE_FUNCTION_INSTANCE);
static_assert(offsetof(Function, entry) == MOTE_FUNCTION_ENTRY);

static_assert(static_cast<int>(vm::Exit::Returned) == MOTE_EXIT_RETURNED);
static_assert(static_cast<int>(vm::Exit::Trapped) == MOTE_EXIT_TRAPPED);
static_assert(static_cast<int>(vm::Exit::OutOfFuel) == MOTE_EXIT_OUT_OF_FUEL);
static_assert(static_cast<int>(vm::Exit::Waiting) == MOTE_EXIT_WAITING);

static_assert(wasm::kExceptions == MOTE_CATCHES);

uint32_t frame_slots(const wasm::FuncType& type) {
  return type.param_slots > type.result_slots ? type.param_slots : type.result_slots;
}

/// First slot behind the entered function's arguments and results: free for calls from C.
uint32_t* floor_of(const Run& run) {
  return run.native.frame + frame_slots(*run.native.type);
}

uintptr_t limit_of(const Run& run) {
  return reinterpret_cast<uintptr_t>(floor_of(run)) + kStackReserve;
}

}  // namespace

constinit const Table kTable = {
    mote_native_trap, mote_native_stack_exhausted, mote_native_out_of_fuel, mote_native_call,
    mote_native_help, mote_native_numeric,         mote_native_host,        kLibrary};

/// On a machine without an MPU nothing is done when code begins to run.
struct NotRunning {
  explicit NotRunning(const Instance&) {}
};
using Running = std::conditional_t<config::kMpu, mpu::Running, NotRunning>;

void prepare(Instance& instance) {
  instance.native.table = &kTable;
  instance.native.types = instance.module->wasm.types.data;
  instance.native.pool_base = reinterpret_cast<uintptr_t>(instance.pool->base());
}

void take_stack(Run& run) {
  run.top = floor_of(run);
  set_stack_limit(run);
}

void set_stack_limit(const Run& run) {
  run.inside->native.stack_limit = limit_of(run);
}

namespace {

using Way = uint32_t (*)(Run*, Instance*, CallImage*);

/// Runs guest code, with what its instance holds meanwhile: it may be at work further out as well.
vm::Exit go(Run& run, CallImage& image, Way way) {
  Instance& inside = *run.inside;
  Run* const outer_active = inside.active;
  const uintptr_t outer_limit = inside.native.stack_limit;
  inside.active = &run;
  inside.native.stack_limit = limit_of(run);
  [[maybe_unused]] const Running running(inside);
  const auto exit = static_cast<vm::Exit>(way(&run, &inside, &image));
  inside.active = outer_active;
  inside.native.stack_limit = outer_limit;
  if (exit == vm::Exit::Returned) get_results(*run.native.type, image, run.native.outgoing, run.native.frame);
  return exit;
}

}  // namespace

vm::Exit enter(Run& run, const Function& function, uint32_t* frame) {
  const wasm::FuncType& type = *function.type;
  const uintptr_t top = reinterpret_cast<uintptr_t>(run.links) & ~uintptr_t{15};
  const uintptr_t sp = top - outgoing_bytes(type);
  run.native.frame = frame;
  run.native.type = &type;
  run.native.outgoing = reinterpret_cast<uint8_t*>(sp);
  run.top = floor_of(run);  // for what a host function that is called directly calls
  run.inside = function.instance;
  run.ip = function.entry;
  run.native.unwind_sp = 0;
  run.trap = Trap::None;
  if (sp < limit_of(run) || sp > top) {
    run.trap = Trap::StackExhausted;
    return vm::Exit::Trapped;
  }
  CallImage image;
  image.sp = sp;
  image.entry = function.entry;
  set_arguments(type, frame, image, run.native.outgoing);
  return go(run, image, mote_native_enter);
}

vm::Exit resume(Run& run) {
  run.trap = Trap::None;
  CallImage image;
  return go(run, image, mote_native_resume);
}

namespace {

/// Where the function that `offset` lies in begins.
uint32_t entry_before(const runtime::LoadedModule& module, uint32_t offset) {
  uint32_t low = 0, high = module.wasm.defined_functions();
  while (low < high) {
    const uint32_t middle = (low + high) / 2;
    if (module.entries[middle] <= offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low == 0 ? 0 : module.entries[low - 1];
}

/// The header of the function that `ip` lies in.
uint32_t frame_bytes_at(const runtime::LoadedModule& module, const uint8_t* ip) {
  const uint8_t* entry = module.code + entry_before(module, static_cast<uint32_t>(ip - module.code));
  uint32_t bytes = 0;
  std::memcpy(&bytes, entry - 4, 4);
  return bytes;
}

}  // namespace

bool saves_nothing(const runtime::LoadedModule& module, const uint8_t* ip) {
  return (frame_bytes_at(module, ip) & 1) != 0;
}

bool stands_anywhere(const Run& run) {
  const auto address = [](const void* code) { return reinterpret_cast<uintptr_t>(code) | 1; };
  return run.status == runtime::Status::Suspended &&
         address(run.native.resume_at) == address(mote_native_resume_interrupted);
}

bool unwind(const runtime::LoadedModule& module, Place& place, uintptr_t end) {
  if (place.sp == 0 || place.ip < module.code || place.ip >= module.code + module.code_bytes) return false;
  const uint32_t frame_bytes = frame_bytes_at(module, place.ip);
  // Of a function that saves nothing the return address lies below the frame.
  const bool saves = (frame_bytes & 1) == 0;
  const uint32_t above = saves ? 0 : frame_bytes & ~1u;
  const uint32_t below = saves ? frame_bytes : 0;
  if (end < sizeof(uintptr_t) + below || place.sp > end - sizeof(uintptr_t) - below) return false;
  const auto* back = reinterpret_cast<const uint8_t* const*>(place.sp + below);
  place.sp = reinterpret_cast<uintptr_t>(back + 1) + above;
  place.ip = call_before(*back);
  return place.ip >= module.code && place.ip < module.code + module.code_bytes;
}

bool to_caller(Place& place, const Instance*& inside) {
  if (!MOTE_OWN_BY_SUBTYPE || place.ip != call_before(mote_native_crossed)) return false;
  const auto word = [&](uint32_t at) { return *reinterpret_cast<const uintptr_t*>(place.sp + at); };
  inside = reinterpret_cast<const Instance*>(word(MOTE_ACROSS_INSTANCE));
  place.ip = call_before(reinterpret_cast<const uint8_t*>(word(MOTE_ACROSS_RETURN)));
  place.sp += MOTE_ACROSS_FRAME;
  return true;
}

namespace {

/// An exception that came out of an operation or a call at the guest's stack pointer. `to_return`,
/// `to_frame`: see layout.hpp.
template <class R>
uint32_t unwind_exception(Instance& instance, R& run, uint32_t to_return, uint32_t to_frame) {
  const auto* back = reinterpret_cast<const uint8_t* const*>(run.native.sp + to_return);
  Place place{call_before(*back), run.native.sp + to_frame};
  if constexpr (runtime::kStackSwitching) return throw_from(instance, run, place);
  do {
    const runtime::Handler* handler = runtime::find_handler(instance, place.ip);
    if (handler == nullptr) continue;
    run.trap = Trap::None;
    run.native.sp = place.sp;
    run.native.resume_at = code_address(instance.code + handler->target);
    runtime::catch_exception(instance, *handler, reinterpret_cast<void*>(place.sp));
    return MOTE_EXIT_CAUGHT;
  } while (unwind(*instance.module, place, reinterpret_cast<uintptr_t>(run.owner->stack_end)));
  run.trap = Trap::Exception;
  return MOTE_EXIT_TRAPPED;
}

uint32_t trapped(Instance& instance, Trap trap) {
  instance.active->trap = trap;
  return MOTE_EXIT_TRAPPED;
}

/// A call that generated code cannot make itself: of the host, of another instance, of the interpreter. Guest
/// code runs below the caller on the same stack, and cannot be suspended, because C code is in between.
uint32_t call(Instance& instance, const Function& callee, CallImage& image, uint8_t* outgoing) {
  Run& run = *instance.active;
  const wasm::FuncType& type = *callee.type;
  uint32_t* slots = floor_of(run);
  run.inside = &instance;
  run.links = reinterpret_cast<uintptr_t*>(run.native.sp & ~uintptr_t{15});
  if (reinterpret_cast<uintptr_t>(slots + frame_slots(type) + 16) > reinterpret_cast<uintptr_t>(run.links))
    return trapped(instance, Trap::StackExhausted);
  get_arguments(type, image, outgoing, slots);
  const HostStatus status = runtime::call_outside(instance, callee, slots);
  instance.active = &run;
  if (status == HostStatus::Waiting) return MOTE_EXIT_WAITING;
  if constexpr (wasm::kExceptions) {
    if (status == HostStatus::Trapped && run.trap == Trap::Exception)
      return unwind_exception(instance, run, MOTE_CALL_RETURN, MOTE_CALL_FRAME);
  }
  if (status == HostStatus::Trapped) return MOTE_EXIT_TRAPPED;
  set_results(type, slots, image, outgoing);
  return MOTE_EXIT_RETURNED;
}

/// Another instance's code goes on, as that of `from` did.
void cross(const Instance& from, Instance& to) {
  to.active = from.active;
  to.native.stack_limit = from.native.stack_limit;
  if constexpr (config::kMpu) (void)mpu::switch_to(&to);
}

/// Whether entry code makes the call, because the callee is native code of another instance. It then runs as
/// the caller does.
bool crosses(const Instance& instance, const Function& callee) {
  if constexpr (MOTE_OWN_BY_SUBTYPE) {
    Instance* const to = callee.instance;
    if (to == nullptr || to->module->options.tier != runtime::Tier::Native) return false;
    if (!can_cross(*callee.type)) return false;
    cross(instance, *to);
    return true;
  }
  return false;
}

}  // namespace

extern "C" {

/// The native code's call of a function that is not its own. `type` is an index of the caller's module that
/// the callee must have (call_indirect), or all ones. Answers a vm::Exit.
uint32_t mote_native_call_function(Instance* instance, const Function* callee, uint32_t type,
                                   CallImage* image, uint8_t* outgoing) {
  if (type != ~uint32_t{0} &&
      !runtime::has_type(*instance->engine, *callee->type, instance->module->wasm.types[type]))
    return trapped(*instance, Trap::IndirectCallTypeMismatch);
  // No C between them: it can be suspended, and backtraces see it.
  if (MOTE_OWN_BY_SUBTYPE && callee->instance == instance) return MOTE_EXIT_OWN;
  if (crosses(*instance, *callee)) return MOTE_EXIT_ACROSS;
  return call(*instance, *callee, *image, outgoing);
}

/// The callee of a call that entry code has made comes back to its caller.
void mote_native_cross_back(Instance* caller, const Instance* callee) {
  cross(*callee, *caller);
}

uint32_t mote_native_help_function(Instance* instance, uint32_t which, uint32_t* slots, uint32_t a,
                                   uint32_t b) {
  if constexpr (runtime::kStackSwitching) {
    if (which >= vm::helper_of(wasm::Op::Suspend) && which <= vm::helper_of(wasm::Op::Switch))
      return switch_stacks(*instance, which, slots, a, b);
  }
  const Trap why = vm::helper(*instance, static_cast<vm::HelperNumber>(which), slots, a, b);
  if constexpr (wasm::kExceptions) {
    if (why == Trap::Exception)
      return unwind_exception(*instance, *instance->active, MOTE_HELP_RETURN, MOTE_HELP_FRAME);
  }
  return why == Trap::None ? MOTE_EXIT_RETURNED : trapped(*instance, why);
}
}

}  // namespace mote::native
