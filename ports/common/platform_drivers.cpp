// SPDX-License-Identifier: Apache-2.0
// Console and clocks of mote/drivers.hpp, over mote/platform.hpp: the same on every system.
#include <mote/drivers.hpp>
#include <mote/platform.hpp>

namespace mote::drivers {

void console_write(std::string_view text) {
  platform::console_print(text);
}

uint64_t now_ns() {
  return platform::monotonic_ns();
}
uint64_t wall_ns() {
  return platform::wall_ns();
}

void polled() {}  // time goes on by itself

}  // namespace mote::drivers
