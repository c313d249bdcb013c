// SPDX-License-Identifier: Apache-2.0
// mote/drivers.hpp over Zephyr: I2C and SPI. Stack: under 200 bytes and the driver's. From interrupts: none.
#include <zephyr/kernel.h>
#include <mote/devices.hpp>
#include <mote/drivers.hpp>
#ifdef CONFIG_I2C
#include <zephyr/drivers/i2c.h>
#endif
#ifdef CONFIG_SPI
#include <zephyr/drivers/spi.h>
#endif

#include "specs.hpp"

namespace mote::drivers {

#ifdef CONFIG_I2C
int32_t i2c_transfer(uint8_t bus, uint8_t address, std::span<const uint8_t> write, std::span<uint8_t> read) {
  static const device* const kBuses[] = {DEVICE_DT_GET_OR_NULL(DT_NODELABEL(i2c0)),
                                         DEVICE_DT_GET_OR_NULL(DT_NODELABEL(i2c1))};
  const device* const i2c = kBuses[bus];
  if (!device_is_ready(i2c)) return devices::kHardwareFault;
  i2c_msg messages[2];
  uint8_t count = 0;
  if (!write.empty() || read.empty())
    messages[count++] = {const_cast<uint8_t*>(write.data()), static_cast<uint32_t>(write.size()),
                         I2C_MSG_WRITE};
  if (!read.empty()) {
    messages[count] = {read.data(), static_cast<uint32_t>(read.size()),
                       static_cast<uint8_t>(count == 0 ? I2C_MSG_READ : I2C_MSG_READ | I2C_MSG_RESTART)};
    ++count;
  }
  messages[count - 1].flags |= I2C_MSG_STOP;
  // Drivers say -EIO or -ENXIO when nobody acknowledges, whatever it was that nobody did.
  switch (i2c_transfer(i2c, messages, count, address)) {
    case 0:
      return 0;
    case -EIO:
    case -ENXIO:
      return devices::kNoAcknowledgeUnknown;
    default:
      return devices::kOther;
  }
}
#else  // then nothing of this kind is in the table
int32_t i2c_transfer(uint8_t, uint8_t, std::span<const uint8_t>, std::span<uint8_t>) {
  return devices::kOperationNotSupported;
}
#endif

#ifdef CONFIG_SPI
namespace {

#define MOTE_SELECT(node) \
  { COND_CODE_1(DT_NODE_HAS_PROP(node, cs_gpios), (GPIO_DT_SPEC_GET_BY_IDX(node, cs_gpios, 0)), ({})), 0 }

struct Spi {
  const device* bus;
  spi_config config;
};
Spi g_buses[] = {{DEVICE_DT_GET_OR_NULL(DT_NODELABEL(spi0)), {}},
                 {DEVICE_DT_GET_OR_NULL(DT_NODELABEL(spi1)), {}}};
const spi_cs_control kSelects[] = {MOTE_SELECT(DT_NODELABEL(spi0)), MOTE_SELECT(DT_NODELABEL(spi1))};

}  // namespace

int32_t spi_configure(uint8_t bus, uint32_t frequency, uint8_t mode, bool lsb_first) {
  Spi& spi = g_buses[bus];
  if (!device_is_ready(spi.bus)) return devices::kHardwareFault;
  spi_operation_t operation = SPI_WORD_SET(8) | SPI_OP_MODE_MASTER | SPI_HOLD_ON_CS | SPI_LOCK_ON;
  if ((mode & 1) != 0) operation |= SPI_MODE_CPHA;
  if ((mode & 2) != 0) operation |= SPI_MODE_CPOL;
  if (lsb_first) operation |= SPI_TRANSFER_LSB;
  spi.config.frequency = frequency;
  spi.config.operation = operation;
  spi.config.cs = kSelects[bus];
  return 0;
}

int32_t spi_transfer(uint8_t bus, std::span<const uint8_t> out, std::span<uint8_t> in, bool last) {
  Spi& spi = g_buses[bus];
  if (spi.config.frequency == 0) return devices::kOther;  // never configured
  spi_buf send{const_cast<uint8_t*>(out.data()), out.empty() ? in.size() : out.size()};
  spi_buf receive{in.data(), in.empty() ? out.size() : in.size()};
  const spi_buf_set sends{&send, 1}, receives{&receive, 1};
  const int error = spi_transceive(spi.bus, &spi.config, &sends, &receives);
  if (last || error < 0) spi_release(spi.bus, &spi.config);
  if (error == -ENOTSUP) return devices::kOperationNotSupported;
  return error < 0 ? int32_t{devices::kOther} : 0;
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
