// SPDX-License-Identifier: Apache-2.0
// Peripherals of the MPS2+ board with AN386's FPGA image (DAI0386, chapter 4), as far as its drivers use
// them.
#pragma once
#include <cstdint>

namespace board::mps2 {

inline volatile uint32_t& reg(uint32_t address) {
  return *reinterpret_cast<volatile uint32_t*>(address);
}

// FPGA system control: LEDs 0 and 1, buttons 0 and 1 (1: pressed).
inline constexpr uint32_t kLeds = 0x4002'8000, kButtons = 0x4002'8008;

// I2C of the shield 1 connector: two pins for software (SBCon), set and cleared by separate registers.
inline constexpr uint32_t kI2cSet = 0x4002'a000, kI2cClear = 0x4002'a004, kScl = 1, kSda = 2;

// SPI of the shield 0 connector: PL022 (DDI0194, 3.3).
inline constexpr uint32_t kSpi = 0x4002'6000, kSpiControl0 = kSpi, kSpiControl1 = kSpi + 4,
                          kSpiData = kSpi + 8, kSpiStatus = kSpi + 0xc, kSpiPrescale = kSpi + 0x10;
inline constexpr uint32_t kSpiHasRoom = 1 << 1, kSpiHasData = 1 << 2, kSpiEnable = 1 << 1;

inline constexpr uint32_t kClockHz = 25'000'000;

}  // namespace board::mps2
