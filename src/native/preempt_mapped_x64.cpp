// SPDX-License-Identifier: Apache-2.0
// x86-64 Linux.
#include <ucontext.h>
#include <mote/signals.hpp>

#include "native/code_ranges.hpp"
#include "native/continuation.hpp"
#include "native/native.hpp"
#include "runtime/instance.hpp"

extern "C" const uint8_t mote_native_interrupted[], mote_native_returned[];

namespace mote::native {

namespace {

/// Whether a backtrace finds out of the guest from here: not in prologues and epilogues, where a frame is not
/// whole.
bool stands_in_body(const runtime::Instance& instance, Place place) {
  const auto end = reinterpret_cast<uintptr_t>(runtime::area_of(*instance.active).end);
  const runtime::Instance* inside = &instance;
  while (unwind(*inside->module, place, end) || to_caller(place, inside)) {
  }
  return place.ip == call_before(mote_native_returned) ||
         (runtime::kStackSwitching && place.ip == call_before(mote_native_started));
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
