// SPDX-License-Identifier: Apache-2.0
// Machines without threads: nobody else is there to lock out or to be woken.
#include <cstring>

#include "runtime/threads.hpp"

namespace mote::runtime {

SharedLock::SharedLock() = default;
SharedLock::~SharedLock() = default;

Woken wait_at(const uint8_t* place, unsigned bytes, uint64_t expected, int64_t) {
  uint64_t value = 0;
  std::memcpy(&value, place, bytes);
  return value == expected ? Woken::TimedOut : Woken::NotEqual;
}

uint32_t notify_at(const uint8_t*, uint32_t) {
  return 0;
}

}  // namespace mote::runtime
