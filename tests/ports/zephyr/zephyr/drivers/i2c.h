// SPDX-License-Identifier: Apache-2.0
// See kernel.h.
#pragma once
#include <zephyr/device.h>
#include <cstdint>

struct i2c_msg {
  uint8_t* buf;
  uint32_t len;
  uint8_t flags;
};
#define I2C_MSG_WRITE 0
#define I2C_MSG_READ 1
#define I2C_MSG_STOP 2
#define I2C_MSG_RESTART 4

extern "C" int i2c_transfer(const device* dev, i2c_msg* messages, uint8_t count, uint16_t address);
