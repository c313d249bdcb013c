// SPDX-License-Identifier: Apache-2.0
#include "board.hpp"

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace board {

namespace {

[[maybe_unused]] volatile uint32_t& reg(uint32_t address) {
  return *reinterpret_cast<volatile uint32_t*>(address);
}

}  // namespace

const char* const kName = BOARD_NAME;

#if BOARD_TIM2
// STM32F405 reference manual (RM0090), chapter 18: CR1, EGR, CNT, PSC, ARR.
uint32_t instructions() {
  constexpr uint32_t kTim2 = BOARD_TIMER;
  if (reg(kTim2) == 0) {
    reg(kTim2 + 0x28) = 0;
    reg(kTim2 + 0x2c) = 0xffff'ffff;
    reg(kTim2) = 1;
    reg(kTim2 + 0x14) = 1;
  }
  return reg(kTim2 + 0x24);
}
#elif BOARD_TIMER
// CMSDK (DDI0479), 4.4 "APB timer": CTRL, VALUE, RELOAD; it counts down.
uint32_t instructions() {
  constexpr uint32_t kTimer0 = BOARD_TIMER, kInstructionsPerTick = 40;
  if (reg(kTimer0) == 0) {
    reg(kTimer0 + 8) = 0xffff'ffff;
    reg(kTimer0 + 4) = 0xffff'ffff;
    reg(kTimer0) = 1;
  }
  return (0xffff'ffff - reg(kTimer0 + 4)) * kInstructionsPerTick;
}
#endif

}  // namespace board

#if BOARD_HEAP
extern "C" std::byte end[];  // of data

/// Instead of newlib's, which asks QEMU for memory that nothing was loaded to: in the boards with TrustZone
/// that is Non-secure, where no code may run, and of AN547 the code's own at its other address.
extern "C" void* _sbrk(ptrdiff_t bytes) {
  static std::byte* heap = end;
  if (bytes > reinterpret_cast<std::byte*>(STACK_END) - heap) return reinterpret_cast<void*>(-1);
  return std::exchange(heap, heap + bytes);
}
#endif

/// Called by the fault handlers with the exception frame: r0-r3, r12, lr, pc, xPSR (ARMv7-M, B1.5.6).
extern "C" [[noreturn]] void report_fault(const uint32_t* frame) {
  const auto cfsr = *reinterpret_cast<const volatile uint32_t*>(0xe000ed28);
  std::printf("fault at pc %08lx, lr %08lx, CFSR %08lx\n", static_cast<unsigned long>(frame[6]),
              static_cast<unsigned long>(frame[5]), static_cast<unsigned long>(cfsr));
  std::fflush(stdout);
  std::_Exit(3);
}
