// SPDX-License-Identifier: Apache-2.0
// mote/drivers.hpp over Mbed OS' objects. Stack: under 200 bytes and Mbed's own. From interrupts: none, but
// pins are reported from theirs.
#include <mote/drivers.hpp>
#include <mote/mbed_devices.hpp>

namespace mote::mbed_os {

namespace {

Objects g_objects;
Semaphore g_changed(0, 1);

#if DEVICE_INTERRUPTIN
uint8_t number_of(const Pin* pin) {
  return static_cast<uint8_t>(pin - g_objects.pins.data());
}

/// The level is the edge's: the pin may have changed again meanwhile.
void report(const Pin* pin, bool high) {
  if (g_objects.board != nullptr) g_objects.board->pin_changed(number_of(pin), high, drivers::now_ns());
  g_changed.release();
}
void rose(const Pin* pin) {
  report(pin, true);
}
void fell(const Pin* pin) {
  report(pin, false);
}
#endif

}  // namespace

void use(const Objects& objects) {
  g_objects = objects;
}

}  // namespace mote::mbed_os

namespace mote::drivers {

using mbed_os::g_objects;
using mbed_os::Pin;

bool wait(uint64_t until_ns) {
  const uint64_t now = now_ns();
  if (until_ns <= now) return true;
  constexpr uint64_t kLongestMs = 3'600'000;  // an hour: whoever waits looks again
  const uint64_t ms = (until_ns - now + 999'999) / 1'000'000;
  (void)mbed_os::g_changed.try_acquire_for(std::chrono::milliseconds(ms < kLongestMs ? ms : kLongestMs));
  return true;
}

int32_t set_up_input(uint8_t pin, Pull pull) {
  const Pin& p = g_objects.pins[pin];
  const PinMode mode = pull == Pull::Up ? PullUp : pull == Pull::Down ? PullDown : PullNone;
#if DEVICE_INTERRUPTIN
  if (p.input != nullptr) {
    if (pull != Pull::None) p.input->mode(mode);  // otherwise as the application set it
    return 0;
  }
#endif
  if (p.plain_input == nullptr) return devices::kPinModeNotAvailable;
  if (pull != Pull::None) p.plain_input->mode(mode);
  return 0;
}

int32_t set_up_output(uint8_t pin, bool high) {
  DigitalInOut* const output = g_objects.pins[pin].output;
  if (output == nullptr) return devices::kPinModeNotAvailable;
  output->write(high);
  output->output();
  return 0;
}

int32_t read_pin(uint8_t pin) {
  const Pin& p = g_objects.pins[pin];
  if (p.output != nullptr) return p.output->read();
#if DEVICE_INTERRUPTIN
  if (p.input != nullptr) return p.input->read();
#endif
  return p.plain_input->read();
}

int32_t write_pin(uint8_t pin, bool high) {
  g_objects.pins[pin].output->write(high);
  return 0;
}

int32_t watch_pin([[maybe_unused]] uint8_t pin, [[maybe_unused]] bool on) {
#if DEVICE_INTERRUPTIN
  const Pin* const p = &g_objects.pins[pin];
  if (p->input != nullptr) {
    p->input->rise(on ? callback(mbed_os::rose, p) : nullptr);
    p->input->fall(on ? callback(mbed_os::fell, p) : nullptr);
    return 0;
  }
#endif
  return devices::kOperationNotSupported;
}

// What a target lacks has no label, so that nobody comes to the functions in #else.

#if DEVICE_ANALOGIN
uint32_t analog_in_max(uint8_t) {
  return 65535;  // Mbed's, whatever the converter has
}
int32_t read_analog(uint8_t channel, uint32_t& value) {
  value = g_objects.analog_in[channel]->read_u16();
  return 0;
}
#else
uint32_t analog_in_max(uint8_t) {
  return 0;
}
int32_t read_analog(uint8_t, uint32_t&) {
  return devices::kOperationNotSupported;
}
#endif

#if DEVICE_PWMOUT
uint32_t analog_out_max(uint8_t) {
  return 65535;
}
int32_t write_analog(uint8_t channel, uint32_t value) {
  g_objects.pwm[channel]->write(static_cast<float>(value) / 65535.0f);
  return 0;
}
#else
uint32_t analog_out_max(uint8_t) {
  return 0;
}
int32_t write_analog(uint8_t, uint32_t) {
  return devices::kOperationNotSupported;
}
#endif

#if DEVICE_I2C
int32_t i2c_transfer(uint8_t bus, uint8_t address, std::span<const uint8_t> write, std::span<uint8_t> read) {
  I2C& i2c = *g_objects.i2c[bus];
  const int target = address << 1;
  int failed = 0;
  if (!write.empty() || read.empty())
    failed = i2c.write(target, reinterpret_cast<const char*>(write.data()), static_cast<int>(write.size()),
                       /*repeated=*/!read.empty());
  if (failed == 0 && !read.empty())
    failed = i2c.read(target, reinterpret_cast<char*>(read.data()), static_cast<int>(read.size()));
  return failed == 0 ? 0 : int32_t{devices::kNoAcknowledgeUnknown};
}
#else
int32_t i2c_transfer(uint8_t, uint8_t, std::span<const uint8_t>, std::span<uint8_t>) {
  return devices::kOperationNotSupported;
}
#endif

#if DEVICE_SPI
int32_t spi_configure(uint8_t bus, uint32_t frequency, uint8_t mode, bool lsb_first) {
  if (lsb_first) return devices::kOperationNotSupported;
  g_objects.spi[bus]->format(8, mode);
  g_objects.spi[bus]->frequency(static_cast<int>(frequency));
  return 0;
}

int32_t spi_transfer(uint8_t bus, std::span<const uint8_t> out, std::span<uint8_t> in, bool last) {
  SPI& spi = *g_objects.spi[bus];
  static uint32_t selected = 0;  // buses whose transaction goes on
  if ((selected >> bus & 1) == 0) spi.select();
  spi.set_default_write_value(0);
  spi.write(reinterpret_cast<const char*>(out.data()), static_cast<int>(out.size()),
            reinterpret_cast<char*>(in.data()), static_cast<int>(in.size()));
  selected = last ? selected & ~(1u << bus) : selected | 1u << bus;
  if (last) spi.deselect();
  return 0;
}
#else
int32_t spi_configure(uint8_t, uint32_t, uint8_t, bool) {
  return devices::kOperationNotSupported;
}
int32_t spi_transfer(uint8_t, std::span<const uint8_t>, std::span<uint8_t>, bool) {
  return devices::kOperationNotSupported;
}
#endif

}  // namespace mote::drivers
