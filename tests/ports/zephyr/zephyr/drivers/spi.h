// SPDX-License-Identifier: Apache-2.0
// See kernel.h.
#pragma once
#include <zephyr/device.h>
#include <zephyr/drivers/gpio.h>
#include <cstddef>
#include <cstdint>

using spi_operation_t = uint16_t;
struct spi_cs_control {
  gpio_dt_spec gpio;
  uint32_t delay;
};
struct spi_config {
  uint32_t frequency;
  spi_operation_t operation;
  uint16_t slave;
  spi_cs_control cs;
};
struct spi_buf {
  void* buf;
  size_t len;
};
struct spi_buf_set {
  const spi_buf* buffers;
  size_t count;
};
#define SPI_OP_MODE_MASTER 0U
#define SPI_MODE_CPOL 2U
#define SPI_MODE_CPHA 4U
#define SPI_TRANSFER_LSB 16U
#define SPI_WORD_SET(bits) ((bits) << 5)
#define SPI_HOLD_ON_CS 4096U
#define SPI_LOCK_ON 8192U

extern "C" {
int spi_transceive(const device* dev, const spi_config* config, const spi_buf_set* send,
                   const spi_buf_set* receive);
int spi_release(const device* dev, const spi_config* config);
}
