// SPDX-License-Identifier: Apache-2.0
// The drivers of MoteDevices.h, each called as the app API calls it.
#include <SPI.h>
#include <Wire.h>

#include <MoteDevices.h>

namespace {

using namespace mote;

constexpr uint8_t kButton = 2, kSelect = 10;
constexpr devices::Device kDevices[] = {{"button0", devices::DeviceKind::DigitalIn, kButton, true}};
bool good = true;

void check(bool condition, const char* what) {
  if (!condition) std::printf("not so: %s\n", what);
  good &= condition;
}

void press(bool down) {
  levels[kButton] = down ? LOW : HIGH;
  if (handlers[kButton] != nullptr) handlers[kButton]();
}

void check_pins() {
  devices::Board board(kDevices);
  arduino::use(board);
  devices::App app(board);
  press(false);
  const int32_t handle = app.open("button0", devices::DeviceKind::DigitalIn);
  app.find(handle, devices::DeviceKind::DigitalIn)->active_low = true;
  app.find(handle, devices::DeviceKind::DigitalIn)->edges = 1;
  check(drivers::set_up_input(kButton, drivers::Pull::Up) == 0 && modes[kButton] == INPUT_PULLUP,
        "a pull-up");
  check(drivers::set_up_input(kButton, drivers::Pull::Down) == devices::kOperationNotSupported,
        "this core has no pull-downs");
  check(drivers::watch_pin(kButton, true) == 0 && drivers::watch_pin(kButton, true) == 0, "watched");
  press(true);
  press(false);
  devices::Event event;
  const uint64_t before = drivers::now_ns();
  drivers::wait(before + 1'000'000'000);
  check(drivers::now_ns() - before < 100'000'000, "a change ends the wait");
  check(app.next_event(drivers::now_ns(), event) && event.value == 1 &&
            !app.next_event(drivers::now_ns(), event),
        "one press, one event");
  check(drivers::watch_pin(kButton, false) == 0 && handlers[kButton] == nullptr, "watched no more");
  for (uint8_t pin = 20; pin < 24; ++pin) check(drivers::watch_pin(pin, true) == 0, "four can be");
  check(drivers::watch_pin(24, true) == devices::kTooManyHandles, "but no fifth");
  drivers::wait(drivers::now_ns() + 50'000'000);
  check(drivers::now_ns() - before >= 50'000'000, "otherwise it takes its time");
}

void check_clock() {
  delayed_us = 0xffff'ff00 - board::instructions() / 1000;
  const uint64_t before = drivers::now_ns();
  delayed_us += 1000;
  check(drivers::now_ns() - before >= 1'000'000 && drivers::now_ns() - before < 1'000'000'000,
        "the clock goes on when micros() wraps");
}

void check_buses() {
  const uint8_t set[] = {3, 31, 128}, where[] = {3};
  uint8_t got[2];
  check(drivers::i2c_transfer(0, 0x48, set, {}) == 0 && drivers::i2c_transfer(0, 0x48, where, got) == 0 &&
            got[0] == 31 && got[1] == 128,
        "registers over I2C");
  check(drivers::i2c_transfer(0, 0x49, where, {}) == devices::kNoAcknowledgeAddress, "nobody there");
  check(drivers::i2c_transfer(0, 0x49, {}, got) == devices::kNoAcknowledgeUnknown, "nobody to read from");
  check(drivers::spi_configure(kSelect, 1'000'000, 0, false) == 0 && levels[kSelect] == HIGH,
        "SPI, not selected");
  check(drivers::spi_transfer(kSelect, where, {}, false) == 0 && levels[kSelect] == LOW,
        "selected until the last");
  check(drivers::spi_transfer(kSelect, {}, got, true) == 0 && levels[kSelect] == HIGH && got[0] == 0xff,
        "which it was");
  uint32_t value = 0;
  check(drivers::read_analog(14, value) == 0 && value == 1 && drivers::analog_in_max(14) == 1023,
        "an analog value");
  check(drivers::write_analog(9, 128) == 0 && drivers::analog_out_max(9) == 255, "and PWM");
}

}  // namespace

int main() {
  check_pins();
  check_clock();
  check_buses();
  drivers::console_write(good ? "drivers: all ok\n" : "FAILED\n");
  return good ? 0 : 1;
}
