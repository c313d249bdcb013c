// SPDX-License-Identifier: Apache-2.0
// Numbers that stand for what code takes for granted, one per ISA.
#pragma once
#include <cstdint>
#include <initializer_list>

namespace mote::image {

/// Counts what no layout shows: change it when code means something else than before.
inline constexpr uint32_t kAbiRevision = 3;

constexpr uint32_t fingerprint(std::initializer_list<uint32_t> numbers) {
  uint32_t hash = 0x811c'9dc5;  // FNV-1a, 32 bits
  for (const uint32_t number : numbers) {
    for (int byte = 0; byte < 4; ++byte) hash = (hash ^ (number >> 8 * byte & 0xff)) * 0x0100'0193;
  }
  return hash;
}

extern const uint32_t kVmAbi, kThumb2Abi, kX64Abi;

}  // namespace mote::image
