// SPDX-License-Identifier: Apache-2.0
// A backend of mote/platform.hpp to start from: a system with one thread and a C library, whose clock counts
// what sleep_ns() was asked for. Replace each function by your system's, and then these words, which every
// backend has: Stack: under 100 bytes and the C library's console. From interrupts: monotonic_ns(). There is
// no wall clock, no source of entropy and nothing that survives the power: blobs are kept in RAM, in
// src/platform/ram_storage.cpp.
#include <mote/platform.hpp>

#include <cstdio>

namespace mote::platform {

namespace {

volatile uint64_t g_now;

}  // namespace

uint64_t monotonic_ns() {
  return g_now;
}
uint64_t wall_ns() {
  return 0;
}

void yield() {}

void sleep_ns(uint64_t nanoseconds) {
  g_now = g_now + nanoseconds;
}

size_t console_write(std::span<const std::byte> bytes) {
  const size_t count = std::fwrite(bytes.data(), 1, bytes.size(), stdout);
  std::fflush(stdout);
  return count;
}
size_t console_read(std::span<std::byte> bytes) {
  return std::fread(bytes.data(), 1, bytes.size(), stdin);
}

bool entropy(std::span<std::byte>) {
  return false;  // there is no source; never a weak one instead
}

}  // namespace mote::platform
