// SPDX-License-Identifier: Apache-2.0
// Zephyr. The clock's step is a tick; the console is printk's, and nothing is read from it. Stack: under 200
// bytes and printk's. From interrupts: monotonic_ns() and console_write(). A board with an entropy driver
// defines entropy() over it, one with a real-time clock wall_ns().
#include <mote/platform.hpp>

#include "../samples/zephyr.hpp"

namespace mote::platform {

uint64_t monotonic_ns() {
  return static_cast<uint64_t>(k_uptime_get()) * 1'000'000;
}

void yield() {
  k_yield();
}

void sleep_ns(uint64_t nanoseconds) {
  k_msleep(static_cast<int32_t>((nanoseconds + 999'999) / 1'000'000));
}

size_t console_write(std::span<const std::byte> bytes) {
  printk("%.*s", static_cast<int>(bytes.size()), reinterpret_cast<const char*>(bytes.data()));
  return bytes.size();
}
size_t console_read(std::span<std::byte>) {
  return 0;
}

}  // namespace mote::platform
