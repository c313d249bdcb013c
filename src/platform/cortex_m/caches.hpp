// SPDX-License-Identifier: Apache-2.0
// Caches of a Cortex-M (Armv7-M, B2.2.7 and B3.2.8; Armv8-M, D1.2): what was written as data must leave the
// data cache before it is fetched, and the instruction cache and branch predictor must forget what they have.
// Cores without caches read zero in the control register's bits.
#pragma once
#include <cstdint>

namespace mote::platform::caches {

inline constexpr uint32_t kControl = 0xe000ed14, kDataOn = 1u << 16, kInstructionsOn = 1u << 17;  // CCR
inline constexpr uint32_t kForgetInstructions = 0xe000ef50, kCleanLine = 0xe000ef64,
                          kForgetBranches = 0xe000ef78;  // ICIALLU, DCCMVAU, BPIALL
inline constexpr uint32_t kLine = 32;                    // of every core that has them (M7, M55, M85)

/// `Registers` has read(address), write(address, value) and barrier(), which waits for what was written.
template <class Registers>
void sync(Registers& registers, uint32_t begin, uint32_t bytes) {
  const uint32_t control = registers.read(kControl), end = begin + bytes;
  registers.barrier();
  if ((control & kDataOn) != 0) {
    for (uint32_t line = begin & ~(kLine - 1); line < end; line += kLine) registers.write(kCleanLine, line);
    registers.barrier();
  }
  if ((control & kInstructionsOn) != 0) {
    registers.write(kForgetInstructions, 0);
    registers.write(kForgetBranches, 0);
    registers.barrier();
  }
}

}  // namespace mote::platform::caches
