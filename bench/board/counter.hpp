// SPDX-License-Identifier: Apache-2.0
// Laps in executed instructions, exact on netduinoplus2; see board.hpp for others.
#pragma once
#include <cstdint>

#include "board.hpp"

namespace mote::bench {

class Counter {
 public:
  Counter() {
    lap();
    overhead_ = 0;
    overhead_ = lap();
  }
  /// Instructions since the last lap. Never inlined: each lap, the constructor's too, has the same overhead.
  [[gnu::noinline]] uint32_t lap() {
    const uint32_t now = board::instructions(), passed = now - last_ - overhead_;
    last_ = board::instructions();
    return passed;
  }

 private:
  uint32_t last_ = 0, overhead_ = 0;
};

}  // namespace mote::bench
