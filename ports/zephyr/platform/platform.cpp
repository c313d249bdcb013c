// SPDX-License-Identifier: Apache-2.0
// Zephyr. The clock's step is a tick; the console is printk's, and nothing is read from it. Stack: under 200
// bytes and printk's. From interrupts: monotonic_ns() and console_write(). With CONFIG_CSPRNG_ENABLED
// (a board with an entropy driver) there is entropy(). Nobody knows the date; an application that does
// defines wall_ns(), which is weak here.
#include <mote/platform.hpp>

#include "../samples/zephyr.hpp"
#ifdef CONFIG_CSPRNG_ENABLED
#if __has_include(<zephyr/random/random.h>)
#include <zephyr/random/random.h>
#elif __has_include(<zephyr/random/rand32.h>)
#include <zephyr/random/rand32.h>
#else
#include <random/rand32.h>
#endif
#endif

namespace mote::platform {

uint64_t monotonic_ns() {
  return static_cast<uint64_t>(k_uptime_get()) * 1'000'000;
}

[[gnu::weak]] uint64_t wall_ns() {
  return 0;
}

#ifdef CONFIG_CSPRNG_ENABLED
bool entropy(std::span<std::byte> bytes) {
  return sys_csrand_get(bytes.data(), bytes.size()) == 0;
}
#endif

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
