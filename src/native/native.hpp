// SPDX-License-Identifier: Apache-2.0
// The run time of native code: ways in, out and across. Guest code runs on the instance's own stack, C++ on
// the caller's; entry points in enter_<isa>.S switch between them. See SPEC.md, "Native code".
#pragma once
#include <cstdint>
#include <span>

#include "native/abi.hpp"
#include "native/layout.hpp"
#include "runtime/instance.hpp"
#include "vm/vm.hpp"

namespace mote::native {

/// Entry points that native code reaches through its instance, in the order of layout.hpp.
struct Table {
  const void* trap;             ///< call; the byte behind the call is the Trap
  const void* stack_exhausted;  ///< jump, with the caller's frame restored
  const void* out_of_fuel;      ///< call; returns once there is fuel again, every register as it was
  const void* call;             ///< call a function of anyone: see enter_<isa>.S
  const void* help;             ///< vm::helper() on operands in the frame
  const void* numeric;          ///< an operation that the CPU does not have, on operands in the frame
  const void* host;             ///< call an import that may be a host function of plain scalars
  [[no_unique_address]] Library library;  ///< the ISA's own
};
extern const Table kTable;

/// Bytes of the guest's stack that prologues leave alone: leaf functions' frames, and what interrupts or
/// signals put there.
inline constexpr uint32_t kStackReserve = MOTE_STACK_RESERVE;
/// Frames up to this need no check in functions that call nothing.
inline constexpr uint32_t kLeafFrame = MOTE_LEAF_FRAME;

/// Bytes of stack for an embedder's InstanceOptions::stack_bytes: frames hold machine words.
constexpr uint32_t stack_bytes(uint32_t asked) {
  return asked * static_cast<uint32_t>(sizeof(void*) / 4) + kStackReserve;
}

/// As vm::enter() and vm::resume().
vm::Exit enter(runtime::Run& run, const runtime::Function& function, uint32_t* frame);
vm::Exit resume(runtime::Run& run);

/// A run goes on on another stack: what C++ calls from there begins behind the entered function's slots.
void take_stack(runtime::Run& run);
/// The limit of the stack that a run is on, in the instance whose code it is in.
void set_stack_limit(const runtime::Run& run);

/// Makes a continuation's stack ready to begin with its function.
void begin_stack(runtime::GuestStack& stack);

/// Sets what native code wants from its instance.
void prepare(runtime::Instance& instance);

/// One step of a backtrace, from the innermost out.
struct Place {
  const uint8_t* ip;  ///< inside the instruction
  uintptr_t sp;
};
/// To the caller's place; false at the outermost frame, whose caller's place is in no module's code. `end` of
/// the guest's stack: of a guest that was stopped in a prologue or an epilogue, frames may seem to lie
/// elsewhere.
bool unwind(const runtime::LoadedModule& module, Place& place, uintptr_t end);
/// At the end of what unwind() finds: whether code of another instance called there. Then `place` and
/// `inside` become the caller's.
bool to_caller(Place& place, const runtime::Instance*& inside);
/// Whether the function around `ip`, in the module's code, leaves its return address in the register.
bool saves_nothing(const runtime::LoadedModule& module, const uint8_t* ip);

/// Whether the suspended run was stopped between any two instructions: registers that it goes on with may
/// hold addresses in memories and tables.
bool stands_anywhere(const runtime::Run& run);

}  // namespace mote::native
