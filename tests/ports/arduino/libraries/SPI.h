// SPDX-License-Identifier: Apache-2.0
// The part of Arduino's SPI that the library uses, ours: what is sent comes back, inverted.
#pragma once
#include <cstdint>

constexpr uint8_t SPI_MODE0 = 0, SPI_MODE1 = 1, SPI_MODE2 = 2, SPI_MODE3 = 3;
struct SPISettings {
  SPISettings() = default;
  SPISettings(uint32_t, uint8_t, uint8_t) {}
};
class SPIClass {
 public:
  void beginTransaction(const SPISettings&) {}
  void endTransaction() {}
  uint8_t transfer(uint8_t byte) { return static_cast<uint8_t>(~byte); }
};
inline SPIClass SPI;
