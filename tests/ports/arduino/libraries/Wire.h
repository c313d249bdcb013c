// SPDX-License-Identifier: Apache-2.0
// The part of Arduino's Wire that the library uses, ours: a device of 8 registers at 0x48.
#pragma once
#include <cstddef>
#include <cstdint>

class TwoWire {
 public:
  void beginTransmission(uint8_t address) { address_ = address, sent_ = 0; }
  size_t write(const uint8_t* bytes, size_t size) {
    for (size_t i = 0; i < size; ++i, ++sent_) {
      if (sent_ == 0) {
        at_ = bytes[i];
      } else {
        registers_[at_++ % 8] = bytes[i];
      }
    }
    return size;
  }
  uint8_t endTransmission(bool) { return address_ == 0x48 ? 0 : 2; }
  uint8_t requestFrom(uint8_t address, size_t size) {
    return address == 0x48 ? static_cast<uint8_t>(size) : 0;
  }
  int read() { return registers_[at_++ % 8]; }

 private:
  uint8_t registers_[8] = {}, address_ = 0, at_ = 0;
  size_t sent_ = 0;
};
inline TwoWire Wire;
