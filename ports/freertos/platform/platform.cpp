// SPDX-License-Identifier: Apache-2.0
// FreeRTOS (11.x). The clock's step is a tick; the console is the C library's. Stack: under 200 bytes and the
// C library's console. From interrupts: none. Nobody knows the date, and there is no source of entropy: a
// firmware that has them defines wall_ns(), which is weak here, and entropy().
#include <FreeRTOS.h>
#include <task.h>
#include <cstdio>
#include <mote/platform.hpp>

namespace mote::platform {

namespace {

/// Ticks that have passed with those that xTaskGetTickCount() has dropped at 32 bits.
uint64_t ticks() {
  static uint32_t last = 0, turns = 0;
  taskENTER_CRITICAL();
  const uint32_t now = xTaskGetTickCount();
  if (now < last) ++turns;
  last = now;
  const uint64_t all = uint64_t{turns} << 32 | now;
  taskEXIT_CRITICAL();
  return all;
}

}  // namespace

uint64_t monotonic_ns() {
  return ticks() * (uint64_t{portTICK_PERIOD_MS} * 1'000'000);
}

[[gnu::weak]] uint64_t wall_ns() {
  return 0;
}

void yield() {
  taskYIELD();
}

void sleep_ns(uint64_t nanoseconds) {
  constexpr uint64_t kTick = uint64_t{portTICK_PERIOD_MS} * 1'000'000;
  vTaskDelay(static_cast<TickType_t>((nanoseconds + kTick - 1) / kTick));
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
