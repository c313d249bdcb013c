// SPDX-License-Identifier: Apache-2.0
// The app API's analog pins.
#include <mote/devices.hpp>
#include <mote/drivers.hpp>

#include <algorithm>

namespace mote::devices {

namespace {

int32_t read(const Context& context, int32_t self, uint32_t& value, uint32_t& most) {
  App& app = context.data_as<App>();
  const App::Open* open = app.find(self, DeviceKind::AnalogIn);
  if (open == nullptr) return kInvalidHandle;
  drivers::polled();
  most = drivers::analog_in_max(app.device(*open).number);
  return drivers::read_analog(app.device(*open).number, value);
}

}  // namespace

int32_t gpio_get_analog_in(Context& context, GuestString pin_label) {
  return context.data_as<App>().open(pin_label, DeviceKind::AnalogIn);
}
int32_t gpio_get_analog_out(Context& context, GuestString pin_label) {
  return context.data_as<App>().open(pin_label, DeviceKind::AnalogOut);
}

int32_t analog_out_pin_set_value_raw(Context& context, int32_t self, uint32_t value) {
  App& app = context.data_as<App>();
  const App::Open* open = app.find(self, DeviceKind::AnalogOut);
  if (open == nullptr) return kInvalidHandle;
  const uint8_t channel = app.device(*open).number;
  return drivers::write_analog(channel, std::min(value, drivers::analog_out_max(channel)));
}

int32_t analog_out_pin_set_value(Context& context, int32_t self, float value) {
  App& app = context.data_as<App>();
  const App::Open* open = app.find(self, DeviceKind::AnalogOut);
  if (open == nullptr) return kInvalidHandle;
  if (!(value >= 0 && value <= 1)) return kInvalidArgument;
  const uint8_t channel = app.device(*open).number;
  const uint32_t most = drivers::analog_out_max(channel);
  // Rounded; a float's 24 bits cannot say the largest values of finer outputs.
  const auto raw = (static_cast<uint64_t>(value * 2 * static_cast<float>(most)) + 1) / 2;
  return drivers::write_analog(channel, static_cast<uint32_t>(std::min<uint64_t>(raw, most)));
}

int32_t analog_in_pin_read_raw(Context& context, int32_t self, GuestRef<uint32_t> result) {
  uint32_t value = 0, most = 0;
  const int32_t failure = read(context, self, value, most);
  if (failure == 0) result.set(value);
  return failure;
}

int32_t analog_in_pin_read(Context& context, int32_t self, GuestRef<float> result) {
  uint32_t value = 0, most = 0;
  const int32_t failure = read(context, self, value, most);
  if (failure == 0) result.set(most == 0 ? 0 : static_cast<float>(value) / static_cast<float>(most));
  return failure;
}

}  // namespace mote::devices
