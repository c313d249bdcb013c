// SPDX-License-Identifier: Apache-2.0
// Cycles of a Cortex-M4's instructions, by Arm's Cortex-M4 Technical Reference Manual (DDI 0439): table 3-1,
// "Load/store timings" below it, and the FPU's table 7-1. Memory without wait states. What the manual leaves
// open is chosen here:
//   - P, the refill of the pipeline after a taken branch, 1 to 3: 2; 3 when the target comes from memory (the
//   manual says so for LDR PC).
//   - SDIV and UDIV, 2 to 12 by the operands, which a QEMU 7.2 plugin cannot see: 7.
//   - VDIV and VSQRT: 14, though integer instructions behind them may overlap.
//   - An instruction that an IT block skips costs as much as one that is executed. Interrupts' entry and exit
//   are not counted.
#pragma once
#include <cstdint>

namespace mote::cycles {

/// A Thumb instruction: `second` counts only when `wide`.
struct Instruction {
  uint16_t first = 0, second = 0;
  bool wide = false;
};

/// Whether `first` is the first half of an instruction of 32 bits (DDI 0403, A5.1).
constexpr bool is_wide(uint16_t first) {
  return (first & 0xe000) == 0xe000 && (first & 0x1800) != 0;
}

/// What the timing of an instruction and its neighbours depends on.
struct Timing {
  enum class Kind : uint8_t { Other, Data, Load, Store, StoreIndexed };
  Kind kind = Kind::Other;
  uint8_t cycles = 1;              ///< alone, and a branch not taken
  uint8_t refill = 2;              ///< more when it branches: P
  uint8_t target = kNone;          ///< the register that a single load or a data operation writes
  uint16_t address_registers = 0;  ///< a bit for each register that an address is made of
  static constexpr uint8_t kNone = 255;
};

Timing timing_of(const Instruction& instruction);

/// Cycles along a run of instructions without a branch between them: neighbouring loads and stores overlap,
/// and an address that was just computed costs a cycle.
class Run {
 public:
  unsigned next(const Timing& now);

 private:
  Timing before_;
};

}  // namespace mote::cycles
