// SPDX-License-Identifier: Apache-2.0
// The app API's digital pins.
#include <mote/devices.hpp>
#include <mote/drivers.hpp>

namespace mote::devices {

namespace {

constexpr auto kActiveHigh = static_cast<uint32_t>(DigitalFlags::ActiveHigh);
constexpr auto kActiveLow = static_cast<uint32_t>(DigitalFlags::ActiveLow);
constexpr auto kPullUp = static_cast<uint32_t>(DigitalFlags::PullUp);
constexpr auto kPullDown = static_cast<uint32_t>(DigitalFlags::PullDown);

bool valid(uint32_t flags) {
  constexpr uint32_t kLevels = kActiveHigh | kActiveLow, kPulls = kPullUp | kPullDown;
  return (flags & ~(kLevels | kPulls)) == 0 && (flags & kLevels) != kLevels && (flags & kPulls) != kPulls;
}

drivers::Pull pull_of(uint32_t flags) {
  if ((flags & kPullUp) != 0) return drivers::Pull::Up;
  return (flags & kPullDown) != 0 ? drivers::Pull::Down : drivers::Pull::None;
}

/// Opens a pin and has its driver set it up; a pin that cannot be is given back.
template <class SetUp>
int32_t open_pin(const Context& context, std::string_view label, uint32_t flags, DeviceKind kind,
                 SetUp set_up) {
  if (!valid(flags)) return kInvalidArgument;
  App& app = context.data_as<App>();
  const int32_t handle = app.open(label, kind);
  if (handle < 0) return handle;
  App::Open& open = *app.find(handle, kind);
  const Device& device = app.device(open);
  open.active_low = (flags & (kActiveHigh | kActiveLow)) != 0 ? (flags & kActiveLow) != 0 : device.active_low;
  const int32_t failure = set_up(device.number, open.active_low);
  if (failure < 0) app.close(handle);
  return failure < 0 ? failure : handle;
}

int32_t set(const Context& context, int32_t self, bool active, bool toggle) {
  App& app = context.data_as<App>();
  App::Open* open = app.find(self, DeviceKind::DigitalOut);
  if (open == nullptr) return kInvalidHandle;
  const bool wanted = toggle ? !open->state : active;
  const int32_t failure = drivers::write_pin(app.device(*open).number, wanted != open->active_low);
  if (failure == 0) open->state = wanted;
  return failure;
}

/// 1 when the pin's state is the one that is asked for.
int32_t read(const Context& context, int32_t self, bool active) {
  App& app = context.data_as<App>();
  const App::Open* open = app.find(self, DeviceKind::DigitalIn);
  if (open == nullptr) return kInvalidHandle;
  drivers::polled();
  const int32_t level = drivers::read_pin(app.device(*open).number);
  if (level < 0) return level;
  return ((level != 0) != open->active_low) == active ? 1 : 0;
}

}  // namespace

int32_t gpio_get_digital_in(Context& context, GuestString pin_label, uint32_t flags) {
  return open_pin(context, pin_label, flags, DeviceKind::DigitalIn,
                  [&](uint8_t pin, bool) { return drivers::set_up_input(pin, pull_of(flags)); });
}

int32_t gpio_get_digital_out(Context& context, GuestString pin_label, uint32_t flags) {
  return open_pin(context, pin_label, flags, DeviceKind::DigitalOut,
                  [](uint8_t pin, bool active_low) { return drivers::set_up_output(pin, active_low); });
}

int32_t digital_out_pin_set_state(Context& context, int32_t self, uint32_t state) {
  return state > 1 ? int32_t{kInvalidArgument} : set(context, self, state == 1, false);
}
int32_t digital_out_pin_set_active(Context& context, int32_t self) {
  return set(context, self, true, false);
}
int32_t digital_out_pin_set_inactive(Context& context, int32_t self) {
  return set(context, self, false, false);
}
int32_t digital_out_pin_toggle(Context& context, int32_t self) {
  return set(context, self, false, true);
}

int32_t digital_in_pin_read(Context& context, int32_t self) {
  return read(context, self, true);
}
int32_t digital_in_pin_is_active(Context& context, int32_t self) {
  return read(context, self, true);
}
int32_t digital_in_pin_is_inactive(Context& context, int32_t self) {
  return read(context, self, false);
}

int32_t digital_in_pin_watch(Context& context, int32_t self, uint32_t edge) {
  App& app = context.data_as<App>();
  App::Open* open = app.find(self, DeviceKind::DigitalIn);
  if (open == nullptr) return kInvalidHandle;
  if (edge > static_cast<uint32_t>(Edge::Both)) return kInvalidArgument;
  open->edges = static_cast<uint8_t>(edge);  // the numbers are the bits
  return drivers::watch_pin(app.device(*open).number, edge != 0);
}

}  // namespace mote::devices
