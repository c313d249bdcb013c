// SPDX-License-Identifier: Apache-2.0
// Counts executed instructions on netduinoplus2 under QEMU with -icount shift=0: an instruction takes a
// virtual nanosecond there, and TIM2 (STM32F405 reference manual, RM0090, chapter 18) counts at 1 GHz when
// not prescaled.
#pragma once
#include <cstdint>

namespace mote::bench {

class Counter {
 public:
  Counter() {
    tim2(kPrescaler) = 0;
    tim2(kReload) = 0xffff'ffff;
    tim2(kControl) = 1;
    tim2(kGenerate) = 1;
    lap();
    overhead_ = 0;
    overhead_ = lap();
  }
  /// Instructions since the last lap.
  uint32_t lap() {
    const uint32_t now = tim2(kCount), passed = now - last_ - overhead_;
    last_ = tim2(kCount);
    return passed;
  }

 private:
  enum Register { kControl = 0x00, kGenerate = 0x14, kCount = 0x24, kPrescaler = 0x28, kReload = 0x2c };
  static volatile uint32_t& tim2(Register offset) {
    return *reinterpret_cast<volatile uint32_t*>(0x4000'0000u + offset);
  }

  uint32_t last_ = 0, overhead_ = 0;
};

}  // namespace mote::bench
