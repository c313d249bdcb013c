// SPDX-License-Identifier: Apache-2.0
// Routines of the run-time library that Thumb-2 code calls, behind the entry points in its table.
#pragma once
#include <cstdint>

namespace mote::native {

/// In the order of the table. They run on the guest's stack and take and return words in r0 to r3, as Arm's
/// run-time ABI has it (RTABI32, 4.1 and 4.2).
enum class Routine : uint8_t {
  DoubleAdd,
  DoubleSub,
  DoubleMul,
  DoubleDiv,
  DoubleEq,  ///< r0: 1 or 0
  DoubleLt,
  DoubleLe,
  SingleAdd,  ///< as those of doubles; of CPUs without an FPU only
  SingleSub,
  SingleMul,
  SingleDiv,
  SingleEq,
  SingleLt,
  SingleLe,
  Count,
};

}  // namespace mote::native
