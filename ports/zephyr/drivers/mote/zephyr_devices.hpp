// SPDX-License-Identifier: Apache-2.0
// The board's devices for apps, as its devicetree has them (CONFIG_MOTE_DEVICES; Zephyr 3.1 or newer):
//
//   led0 to led3        aliases led0 to led3
//   button0 to button3  aliases sw0 to sw3
//   adc0 to adc3        io-channels of the node /zephyr,user, in their order
//   pwm0 to pwm3        aliases pwm-led0 to pwm-led3
//   i2c0, i2c1          nodes labelled so
//   spi0, spi1          nodes labelled so; the first of their cs-gpios, if there are any, selects the device
//
// An application with other devices defines mote/drivers.hpp's functions itself, and leaves the option off.
#pragma once
#include <mote/devices.hpp>

namespace mote::zephyr {

/// What is enabled of that.
std::span<const devices::Device> devices();

/// Changes of pins are reported to this board from now on.
void use(devices::Board& board);

}  // namespace mote::zephyr
