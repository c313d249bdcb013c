// SPDX-License-Identifier: Apache-2.0
// FNV-1a of 64 bits: which module an image was made from. It tells builds of one's own apart (two of a
// million modules collide with a probability of 3e-8) and costs a multiplication per byte and 8 bytes of RAM
// on the device; it does not withstand an attacker, who could forge the whole image anyway: images are
// trusted or signed as a whole.
#pragma once
#include <cstdint>
#include <span>

namespace mote::image {

inline constexpr uint64_t kHashBasis = 0xcbf2'9ce4'8422'2325;
inline constexpr uint64_t kHashPrime = 0x100'0000'01b3;

/// Goes on from `hash`, which is kHashBasis at first.
constexpr uint64_t fnv1a(std::span<const uint8_t> bytes, uint64_t hash = kHashBasis) {
  for (const uint8_t byte : bytes) hash = (hash ^ byte) * kHashPrime;
  return hash;
}

}  // namespace mote::image
