// SPDX-License-Identifier: Apache-2.0
// Mbed OS (Mbed CE 7). The clock's step is a millisecond; the console is the C library's, which Mbed
// retargets. Stack: under 200 bytes and the C library's console. From interrupts: monotonic_ns(). A target
// with a real-time clock has wall_ns(), in steps of a second; on others nobody knows the date, unless the
// firmware defines it, for it is weak there. One with a true random number generator has entropy(); a
// firmware for another one defines it itself or does without.
#include <mbed.h>
#include <cstdio>
#include <mote/platform.hpp>
#if DEVICE_TRNG
#include <hal/trng_api.h>
#endif
#if DEVICE_RTC
#include <ctime>
#endif

namespace mote::platform {

uint64_t monotonic_ns() {
  return static_cast<uint64_t>(Kernel::Clock::now().time_since_epoch().count()) * 1'000'000;
}

#if DEVICE_RTC
uint64_t wall_ns() {
  return static_cast<uint64_t>(std::time(nullptr)) * 1'000'000'000;
}
#else
[[gnu::weak]] uint64_t wall_ns() {
  return 0;
}
#endif

#if DEVICE_TRNG
bool entropy(std::span<std::byte> bytes) {
  trng_t source;
  trng_init(&source);
  bool good = true;
  while (good && !bytes.empty()) {
    size_t size = 0;
    good = trng_get_bytes(&source, reinterpret_cast<uint8_t*>(bytes.data()), bytes.size(), &size) == 0 &&
           size > 0;
    bytes = bytes.subspan(size);
  }
  trng_free(&source);
  return good;
}
#endif

void yield() {
  ThisThread::yield();
}

void sleep_ns(uint64_t nanoseconds) {
  ThisThread::sleep_for(std::chrono::milliseconds((nanoseconds + 999'999) / 1'000'000));
}

size_t console_write(std::span<const std::byte> bytes) {
  const size_t count = std::fwrite(bytes.data(), 1, bytes.size(), stdout);
  std::fflush(stdout);
  return count;
}
size_t console_read(std::span<std::byte> bytes) {
  return std::fread(bytes.data(), 1, bytes.size(), stdin);
}

}  // namespace mote::platform
