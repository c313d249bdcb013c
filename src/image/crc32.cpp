// SPDX-License-Identifier: Apache-2.0
#include "image/crc32.hpp"

#include <array>

namespace mote::image {

namespace {

/// By half-bytes: 64 bytes of table instead of 1,024.
constexpr auto kTable = [] {
  std::array<uint32_t, 16> table{};
  for (uint32_t i = 0; i < 16; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 4; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xedb8'8320 : 0);
    table[i] = value;
  }
  return table;
}();

}  // namespace

uint32_t crc32(std::span<const uint8_t> bytes, uint32_t crc) {
  crc = ~crc;
  for (const uint8_t byte : bytes) {
    crc = (crc >> 4) ^ kTable[(crc ^ byte) & 15];
    crc = (crc >> 4) ^ kTable[(crc ^ (byte >> 4)) & 15];
  }
  return ~crc;
}

}  // namespace mote::image
