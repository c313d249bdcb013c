// SPDX-License-Identifier: Apache-2.0
// The app API's interfaces console and clock.
#include <mote/devices.hpp>
#include <mote/drivers.hpp>

namespace mote::devices {

void console_write(Context&, GuestString text) {
  drivers::console_write(text);
}

uint64_t clock_now(Context&) {
  drivers::polled();
  return drivers::now_ns();
}

uint64_t clock_wall(Context&) {
  drivers::polled();
  return drivers::wall_ns();
}

HostResult<void> clock_sleep(Context& context, uint64_t nanoseconds) {
  App& app = context.data_as<App>();
  const uint64_t now = drivers::now_ns();
  const uint64_t deadline =
      app.begin_waiting(nanoseconds < App::kNever - now ? now + nanoseconds : App::kNever);
  while (drivers::now_ns() < deadline) {
    if (app.suspends) {
      app.suspend_until(deadline);
      return HostResult<void>::waiting();
    }
    if (!drivers::wait(deadline)) {
      app.end_waiting();
      return HostResult<void>::trap("the board was switched off");
    }
  }
  app.end_waiting();
  return {};
}

}  // namespace mote::devices
