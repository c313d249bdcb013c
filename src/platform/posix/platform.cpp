// SPDX-License-Identifier: Apache-2.0
// POSIX. Stack: under 1 KB, blobs under 8 KB (PATH_MAX). The clocks may be called from signal handlers.
#include <sched.h>
#include <sys/random.h>
#include <unistd.h>
#include <mote/platform.hpp>

#include <cerrno>
#include <ctime>

namespace mote::platform {

namespace {

uint64_t now(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace

uint64_t monotonic_ns() {
  return now(CLOCK_MONOTONIC);
}
uint64_t wall_ns() {
  return now(CLOCK_REALTIME);
}

void yield() {
  sched_yield();
}

void sleep_ns(uint64_t nanoseconds) {
  timespec time{static_cast<time_t>(nanoseconds / 1'000'000'000),
                static_cast<long>(nanoseconds % 1'000'000'000)};
  while (clock_nanosleep(CLOCK_MONOTONIC, 0, &time, &time) == EINTR) {
  }
}

size_t console_write(std::span<const std::byte> bytes) {
  const ssize_t count = write(STDOUT_FILENO, bytes.data(), bytes.size());
  return count < 0 ? 0 : static_cast<size_t>(count);
}
size_t console_read(std::span<std::byte> bytes) {
  const ssize_t count = read(STDIN_FILENO, bytes.data(), bytes.size());
  return count < 0 ? 0 : static_cast<size_t>(count);
}

bool entropy(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = getrandom(bytes.data(), bytes.size(), 0);
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) bytes = bytes.subspan(static_cast<size_t>(count));
  }
  return true;
}

}  // namespace mote::platform
