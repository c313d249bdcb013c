// SPDX-License-Identifier: Apache-2.0
// How pins are numbered between the table of devices and the drivers.
#pragma once
#include <zephyr/devicetree.h>
#include <zephyr/drivers/gpio.h>

#define MOTE_USER DT_PATH(zephyr_user)

namespace mote::zephyr {

enum : uint8_t { kFirstLed = 0, kFirstButton = 4, kPins = 8 };

}  // namespace mote::zephyr
