// SPDX-License-Identifier: Apache-2.0
// Lets a guest that was interrupted at any instruction stop there: what interrupts and signals share.
#pragma once
#include <cstdint>

#include "native/native.hpp"
#include "runtime/instance.hpp"

extern "C" const uint8_t mote_native_interrupted[];  // enter_thumb2.S

namespace mote::native {

/// `pc`, in native code of `instance`, and `status` (xPSR or CPSR) are the interrupted ones, and become those
/// to go on with. False: it cannot stop there.
inline bool stop_at(runtime::Instance& instance, uint32_t& pc, uint32_t& status) {
  // IT state (B1.4.2): its low four bits are zero outside of IT blocks; else the field is of an interrupted
  // LDM or STM, which begins again.
  constexpr uint32_t kInItBlock = 0x0600'0c00, kItField = 0x0600'fc00, kFlags = 0xf800'0000;
  if (instance.active->interrupt.made == 0) return true;
  if ((status & kInItBlock) != 0) return false;
  runtime::NativeRun& run = instance.active->native;
  run.interrupted_at = pc;
  const bool bare = saves_nothing(*instance.module, reinterpret_cast<const uint8_t*>(pc));
  run.interrupted_flags = (status & kFlags) | (bare ? 1 : 0);
  pc = reinterpret_cast<uintptr_t>(mote_native_interrupted) & ~uintptr_t{1};
  status &= ~kItField;
  return true;
}

}  // namespace mote::native
