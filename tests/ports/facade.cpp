// SPDX-License-Identifier: Apache-2.0
// Calls every function of mote/platform.hpp: linked with a backend, it shows that none is missing.
#include <mote/platform.hpp>

#include <cstdio>

namespace mote::platform {
void use_storage(std::span<std::byte> region);
}

int main() {
  using namespace mote::platform;
  static std::byte region[512], bytes[4]{};
  use_storage(region);
  yield();
  const uint64_t begin = monotonic_ns();
  sleep_ns(1'000'000);
  bool good = monotonic_ns() - begin >= 1'000'000 && wall_ns() == 0;
  good &= !entropy(bytes);
  good &= blob_write("a", bytes) && blob_size("a") == 4 && blob_read("a", 1, bytes) == 3 && blob_remove("a");
  sync_code(bytes, sizeof bytes);
  constexpr char kText[] = "facade: all ok\n";
  good &= console_write(std::as_bytes(std::span(kText, sizeof kText - 1))) == sizeof kText - 1;
  return good && console_read({}) == 0 ? 0 : 1;
}
