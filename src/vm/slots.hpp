// SPDX-License-Identifier: Apache-2.0
// Values of 64 bits in 4-byte slots, for what is done out of line. Handlers have their own way (fetch.hpp).
#pragma once
#include <cstdint>
#include <cstring>

namespace mote::vm {

inline uint64_t read64(const uint32_t* slots) {
  uint64_t value;
  std::memcpy(&value, slots, sizeof value);
  return value;
}

inline void write64(uint32_t* slots, uint64_t value) {
  std::memcpy(slots, &value, sizeof value);
}

}  // namespace mote::vm
