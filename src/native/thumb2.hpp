// SPDX-License-Identifier: Apache-2.0
// What Thumb-2 code calls: a table of routines that each instance points to.
#pragma once
#include <cstdint>

namespace mote::native {

/// Routines in the order of the table. Those of the run-time ABI (Arm's RTABI) run on the guest's stack and
/// take and return words in r0 to r3; the first ones leave guest code.
enum class Routine : uint8_t {
  Trap,     ///< r0: kind; does not return
  CallOut,  ///< runtime helper r3 with (slots r0, a r1, b r2) on the host's stack
  Thunk,    ///< function r12 (runtime::Function*) of another instance or of the host, arguments as in a call
  LongDivide,  ///< __aeabi_ldivmod: r0:r1 / r2:r3
  UnsignedLongDivide,
  LongShiftLeft,  ///< r0:r1 by r2
  LongShiftRight,
  LongShiftRightSigned,
  DoubleAdd,
  DoubleSub,
  DoubleMul,
  DoubleDiv,
  DoubleEq,  ///< r0: 1 or 0
  DoubleLt,
  DoubleLe,
  FloatAdd,
  FloatSub,
  FloatMul,
  FloatDiv,
  FloatEq,
  FloatLt,
  FloatLe,
  Count,
};

}  // namespace mote::native
