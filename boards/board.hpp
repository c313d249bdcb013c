// SPDX-License-Identifier: Apache-2.0
// What the examples ask of a board: its name, and a count of executed instructions.
#pragma once
#include <cstdint>

namespace board {

/// As QEMU calls it.
extern const char* const kName;

/// Instructions executed so far under `qemu -icount shift=0`, where each takes a virtual nanosecond; wraps at
/// 32 bits. netduinoplus2: TIM2 counts nanoseconds, exact. mps2-an386: a timer of 25 MHz, so in steps of 40.
/// mps3-an547 has none.
uint32_t instructions();

/// A no-operation that the cycle plugin (tools/cycles) takes for "report what was counted since the last
/// one".
inline void mark() {
  asm volatile("mov r9, r9" ::: "memory");
}

}  // namespace board
