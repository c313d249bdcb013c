// SPDX-License-Identifier: Apache-2.0
// 32-bit Arm Linux.
#include <ucontext.h>
#include <mote/signals.hpp>

#include "native/code_ranges.hpp"
#include "native/native.hpp"
#include "native/preempt_thumb2.hpp"
#include "runtime/instance.hpp"

namespace mote::native {

extern "C" bool mote_preempt_signal(void* context) {
  mcontext_t& registers = static_cast<ucontext_t*>(context)->uc_mcontext;
  if (!is_code(registers.arm_pc)) return false;
  uint32_t pc = registers.arm_pc, status = registers.arm_cpsr;
  const bool stops = stop_at(*reinterpret_cast<runtime::Instance*>(registers.arm_r10), pc, status);
  registers.arm_pc = pc;
  registers.arm_cpsr = status;
  return stops;
}

}  // namespace mote::native
