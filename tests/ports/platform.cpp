// SPDX-License-Identifier: Apache-2.0
// The facade on a bare Cortex-M: the clock, also beyond SysTick's 24 bits, the console, blobs in RAM.
#include <mote/platform.hpp>

#include <cstdio>
#include <cstring>
#include <mote/threads.hpp>

namespace mote::platform {
void use_storage(std::span<std::byte> region);
}

namespace {

using namespace mote::platform;

alignas(8) std::byte storage[1024];
bool good = true;

void check(bool condition, const char* what) {
  if (!condition) std::printf("not so: %s\n", what);
  good &= condition;
}

std::span<const std::byte> bytes(const char* text) {
  return std::as_bytes(std::span(text, std::strlen(text)));
}

void check_blobs() {
  std::byte out[8];
  check(!blob_write("early", bytes("x")), "there is no storage yet");
  use_storage(storage);
  check(blob_write("a", bytes("first")) && blob_write("a", bytes("second")), "a blob is replaced");
  check(blob_size("a") == 6 && blob_read("a", 2, out) == 4 && std::memcmp(out, "cond", 4) == 0, "and read");
  static char large[900];
  std::memset(large, 'x', sizeof large - 1);
  check(!blob_write("a", bytes(large)) && blob_size("a") == 6, "what does not fit changes nothing");
  check(blob_remove("a") && blob_size("a") == -1 && !blob_remove("a"), "a blob is removed");
  check(blob_write("b", bytes(large)), "its room is free again");
}

}  // namespace

int main() {
  const uint64_t begin = monotonic_ns();
  for (int i = 0; i < 8; ++i) sleep_ns(200'000'000);  // two turns of SysTick and more
  const uint64_t passed = monotonic_ns() - begin;
  check(passed >= 1'600'000'000 && passed < 1'700'000'000, "time passes as asked for");
  Mutex mutex;
  Condition never;
  mutex.lock();
  check(!never.wait(mutex, 1000), "nothing happens");
  mutex.unlock();
  check(wall_ns() == 0, "nobody knows the date");
  check_blobs();
  console_write(bytes(good ? "all ok\n" : "FAILED\n"));
  return good ? 0 : 1;
}
