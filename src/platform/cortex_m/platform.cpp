// SPDX-License-Identifier: Apache-2.0
// Bare metal on a Cortex-M: one thread; the console is the C library's (newlib's _write and _read, over
// semihosting or a UART as the firmware has it). The clock is SysTick (Armv7-M, B3.3), which this backend
// takes for itself: it must run at MOTE_PLATFORM_HZ (default: QEMU's boards). Stack: under 200 bytes and the
// C library's console. monotonic_ns() may be called from interrupts of a lower priority number than
// SysTick's. Nobody knows the date; a firmware that has a source of entropy defines entropy() itself.
#include <mote/platform.hpp>

extern "C" int _write(int file, const char* bytes, int size);
extern "C" int _read(int file, char* bytes, int size);

#ifndef MOTE_PLATFORM_HZ
#define MOTE_PLATFORM_HZ 25'000'000
#endif

namespace mote::platform {

namespace {

constexpr uint32_t kTurn = 1 << 24;  ///< ticks until SysTick is at its end
volatile uint32_t g_turns;

volatile uint32_t& systick(uint32_t offset) {
  return *reinterpret_cast<volatile uint32_t*>(0xe000e010 + offset);
}
enum : uint32_t { kControl = 0, kReload = 4, kValue = 8 };

void start_clock() {
  constexpr uint32_t kEnable = 1, kInterrupt = 2, kProcessorClock = 4;
  if ((systick(kControl) & kEnable) != 0) return;
  systick(kReload) = kTurn - 1;
  systick(kValue) = 0;
  systick(kControl) = kEnable | kInterrupt | kProcessorClock;
}

/// Ticks so far. The turns are read again, in case one ended meanwhile.
uint64_t ticks() {
  start_clock();
  for (;;) {
    const uint32_t turns = g_turns;
    const uint32_t left = systick(kValue);
    // A turn begins, and is counted, when the counter comes to 0; it goes on from the reload value.
    if (turns == g_turns) return uint64_t{turns} * kTurn + (left == 0 ? 0 : kTurn - left);
  }
}

}  // namespace

uint64_t monotonic_ns() {
  const uint64_t now = ticks();
  return now / MOTE_PLATFORM_HZ * 1'000'000'000 + now % MOTE_PLATFORM_HZ * 1'000'000'000 / MOTE_PLATFORM_HZ;
}

uint64_t wall_ns() {
  return 0;
}

void yield() {}

void sleep_ns(uint64_t nanoseconds) {
  const uint64_t begin = monotonic_ns();
  while (monotonic_ns() - begin < nanoseconds) {
  }
}

size_t console_write(std::span<const std::byte> bytes) {
  const int count = _write(1, reinterpret_cast<const char*>(bytes.data()), static_cast<int>(bytes.size()));
  return count < 0 ? 0 : static_cast<size_t>(count);
}
size_t console_read(std::span<std::byte> bytes) {
  const int count = _read(0, reinterpret_cast<char*>(bytes.data()), static_cast<int>(bytes.size()));
  return count < 0 ? 0 : static_cast<size_t>(count);
}

}  // namespace mote::platform

extern "C" void SysTick_Handler() {
  mote::platform::g_turns = mote::platform::g_turns + 1;
}
