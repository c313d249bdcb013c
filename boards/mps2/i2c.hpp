// SPDX-License-Identifier: Apache-2.0
// I2C by software (UM10204, 3.1): two open-drain lines that anybody may pull low.
#pragma once
#include <cstdint>
#include <span>

namespace board {

/// `Lines` has scl(high), sda(high), sda() and half(), which waits half a clock.
template <class Lines>
class SoftI2c {
 public:
  explicit SoftI2c(Lines& lines) : lines_(lines) {}

  /// START, also where a transaction goes on (repeated START).
  void start() {
    lines_.sda(true);
    lines_.scl(true);
    lines_.half();
    lines_.sda(false);
    lines_.half();
    lines_.scl(false);
  }
  void stop() {
    lines_.sda(false);
    lines_.half();
    lines_.scl(true);
    lines_.half();
    lines_.sda(true);
    lines_.half();
  }
  /// Whether the target acknowledges it.
  bool write(uint8_t byte) {
    for (int i = 7; i >= 0; --i) bit((byte >> i & 1) != 0);
    return !bit(true);
  }
  uint8_t read(bool last) {
    uint8_t byte = 0;
    for (int i = 0; i < 8; ++i) byte = static_cast<uint8_t>(byte << 1 | (bit(true) ? 1 : 0));
    bit(last);  // the controller acknowledges what is not the last
    return byte;
  }

 private:
  /// Sends a bit, or reads one where 1 is sent.
  bool bit(bool value) {
    lines_.sda(value);
    lines_.half();
    lines_.scl(true);
    const bool level = lines_.sda();
    lines_.half();
    lines_.scl(false);
    return level;
  }
  Lines& lines_;
};

enum class I2cEnd : uint8_t { Done, NoAddress, NoData };

/// Writes, if there is anything to write, then reads, if there is anything to read; addresses of 7 bits. With
/// nothing of either it asks whether anybody answers at the address.
template <class Lines>
I2cEnd i2c_transaction(Lines& lines, uint8_t address, std::span<const uint8_t> write,
                       std::span<uint8_t> read) {
  SoftI2c<Lines> bus(lines);
  I2cEnd end = I2cEnd::Done;
  if (!write.empty() || read.empty()) {
    bus.start();
    if (!bus.write(static_cast<uint8_t>(address << 1))) end = I2cEnd::NoAddress;
    for (size_t i = 0; i < write.size() && end == I2cEnd::Done; ++i) {
      if (!bus.write(write[i])) end = I2cEnd::NoData;
    }
  }
  if (!read.empty() && end == I2cEnd::Done) {
    bus.start();
    if (!bus.write(static_cast<uint8_t>(address << 1 | 1))) end = I2cEnd::NoAddress;
    for (size_t i = 0; i < read.size() && end == I2cEnd::Done; ++i) read[i] = bus.read(i + 1 == read.size());
  }
  bus.stop();
  return end;
}

}  // namespace board
