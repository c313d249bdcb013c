// SPDX-License-Identifier: Apache-2.0
// x86-64 Linux.
#include <ucontext.h>
#include <mote/signals.hpp>

#include "native/code_ranges.hpp"
#include "native/native.hpp"
#include "runtime/instance.hpp"

extern "C" const uint8_t mote_native_interrupted[], mote_native_returned[];

namespace mote::native {

namespace {

/// Whether every frame from here on is whole, so that a backtrace can walk them: not in prologues and
/// epilogues.
bool stands_in_body(const runtime::Instance& instance, Place place) {
  const auto end = reinterpret_cast<uintptr_t>(instance.active->owner->stack_end);
  const runtime::LoadedModule& module = *instance.module;
  for (;;) {
    const uintptr_t back = place.sp + frame_bytes_at(module, place.ip);
    if (back < place.sp || back + sizeof(uintptr_t) > end) return false;
    if (*reinterpret_cast<const uint8_t* const*>(back) == mote_native_returned) return true;
    if (!unwind(module, place, end)) return false;
  }
}

}  // namespace

extern "C" bool mote_preempt_signal(void* context) {
  auto* registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  if (!is_code(static_cast<uintptr_t>(registers[REG_RIP]))) return false;
  auto* instance = reinterpret_cast<runtime::Instance*>(registers[REG_RBX]);
  if (instance->active->interrupt.made == 0) return true;
  const auto* pc = reinterpret_cast<const uint8_t*>(registers[REG_RIP]);
  if (!stands_in_body(*instance, {pc, static_cast<uintptr_t>(registers[REG_RSP])})) return false;
  instance->active->native.interrupted_at = static_cast<uintptr_t>(registers[REG_RIP]);
  registers[REG_RIP] = reinterpret_cast<greg_t>(mote_native_interrupted);
  return true;
}

}  // namespace mote::native
