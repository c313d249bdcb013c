// SPDX-License-Identifier: Apache-2.0
// An application's Mbed objects for apps (CMake: mote-mbed-devices). The application makes them, and says
// which label is which:
//
//   DigitalInOut led(LED1);
//   InterruptIn button(BUTTON1);
//   I2C i2c(I2C_SDA, I2C_SCL);
//   constexpr mote::devices::Device kDevices[] = {{"led0", DeviceKind::DigitalOut, 0},
//                                                 {"button0", DeviceKind::DigitalIn, 1, true}, {"i2c0",
//                                                 DeviceKind::I2c, 0}};
//   const mote::mbed_os::Pin kPins[] = {{.output = &led}, {.input = &button}};
//   I2C* const kI2c[] = {&i2c};
//   mote::devices::Board board(kDevices);
//   mote::mbed_os::use({.board = &board, .pins = kPins, .i2c = kI2c});
//
// The numbers in the table are indices of pins and of each kind's span. What a target does not have
// (DEVICE_ANALOGIN, DEVICE_PWMOUT, DEVICE_I2C, DEVICE_SPI, DEVICE_INTERRUPTIN) is not here either.
#pragma once
#include <mbed.h>
#include <mote/devices.hpp>

namespace mote::mbed_os {

/// One of them: an output, an input that can be watched, or an input that can only be read.
struct Pin {
  DigitalInOut* output = nullptr;
#if DEVICE_INTERRUPTIN
  InterruptIn* input = nullptr;
#endif
  DigitalIn* plain_input = nullptr;
};

struct Objects {
  devices::Board* board = nullptr;
  std::span<const Pin> pins{};
#if DEVICE_ANALOGIN
  std::span<AnalogIn* const> analog_in{};
#endif
#if DEVICE_PWMOUT
  std::span<PwmOut* const> pwm{};  ///< their periods are the application's
#endif
#if DEVICE_I2C
  std::span<I2C* const> i2c{};
#endif
#if DEVICE_SPI
  std::span<SPI* const> spi{};  ///< made with the pin that selects the device, and use_gpio_ssel
#endif
};

/// Before the first app; everything outlives its use.
void use(const Objects& objects);

}  // namespace mote::mbed_os
