// SPDX-License-Identifier: Apache-2.0
// What the samples of every RTOS run: modules in two threads of equal priority. The port's sample makes the
// threads, and gives what the modules' host functions need.
#pragma once
#include <cstdint>

namespace app {

// Given by the sample; the clock and sleeping come from mote/platform.hpp.

/// As printf, whole lines; threads may call it at the same time.
[[gnu::format(printf, 1, 2)]] void print(const char* format, ...);
void set_led(bool on);

uint32_t milliseconds();

// What it runs, each in a thread with kStackBytes. True: all went as it should.

constexpr uint32_t kStackBytes = 4096;

/// One module, whose host function sleeps: 3 times led on, led off.
bool blink();
/// Two modules in one thread by turns, a slice of fuel each: fib(24), and one that loops for ever, which is
/// ended after the other.
bool take_turns();

}  // namespace app
