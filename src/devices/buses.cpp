// SPDX-License-Identifier: Apache-2.0
// The app API's buses: I2C and SPI.
#include <mote/devices.hpp>
#include <mote/drivers.hpp>

namespace mote::devices {

namespace {

constexpr uint32_t kAddresses = 128;  // 7 bits

std::span<const uint8_t> whole(const GuestSpan<const uint8_t>& bytes) {
  return {bytes.bytes(), bytes.size()};
}
std::span<uint8_t> whole(const GuestSpan<uint8_t>& bytes) {
  return {bytes.bytes(), bytes.size()};
}

int32_t i2c(const Context& context, int32_t self, uint32_t address, std::span<const uint8_t> write,
            std::span<uint8_t> read) {
  App& app = context.data_as<App>();
  const App::Open* open = app.find(self, DeviceKind::I2c);
  if (open == nullptr) return kInvalidHandle;
  if (address >= kAddresses) return kInvalidArgument;
  return drivers::i2c_transfer(app.device(*open).number, static_cast<uint8_t>(address), write, read);
}

int32_t spi(const Context& context, int32_t self, std::span<const uint8_t> out, std::span<uint8_t> in,
            bool last = true) {
  App& app = context.data_as<App>();
  const App::Open* open = app.find(self, DeviceKind::Spi);
  if (open == nullptr) return kInvalidHandle;
  return drivers::spi_transfer(app.device(*open).number, out, in, last);
}

}  // namespace

int32_t i2c_open_device(Context& context, GuestString name) {
  return context.data_as<App>().open(name, DeviceKind::I2c);
}
int32_t i2c_read(Context& context, int32_t self, uint32_t address, GuestSpan<uint8_t> data) {
  return i2c(context, self, address, {}, whole(data));
}
int32_t i2c_write(Context& context, int32_t self, uint32_t address, GuestSpan<const uint8_t> data) {
  return i2c(context, self, address, whole(data), {});
}
int32_t i2c_write_read(Context& context, int32_t self, uint32_t address, GuestSpan<const uint8_t> write,
                       GuestSpan<uint8_t> data) {
  return i2c(context, self, address, whole(write), whole(data));
}

int32_t spi_open_device(Context& context, GuestString name) {
  return context.data_as<App>().open(name, DeviceKind::Spi);
}
int32_t spi_device_configure(Context& context, int32_t self, uint32_t frequency, uint32_t mode,
                             uint32_t lsb_first) {
  App& app = context.data_as<App>();
  const App::Open* open = app.find(self, DeviceKind::Spi);
  if (open == nullptr) return kInvalidHandle;
  if (frequency == 0 || mode > static_cast<uint32_t>(Mode::Mode3) || lsb_first > 1) return kInvalidArgument;
  return drivers::spi_configure(app.device(*open).number, frequency, static_cast<uint8_t>(mode),
                                lsb_first != 0);
}
int32_t spi_device_read(Context& context, int32_t self, GuestSpan<uint8_t> data) {
  return spi(context, self, {}, whole(data));
}
int32_t spi_device_write(Context& context, int32_t self, GuestSpan<const uint8_t> data) {
  return spi(context, self, whole(data), {});
}
int32_t spi_device_write_read(Context& context, int32_t self, GuestSpan<const uint8_t> write,
                              GuestSpan<uint8_t> data) {
  const int32_t failure = spi(context, self, whole(write), {}, /*last=*/false);
  return failure < 0 ? failure : spi(context, self, {}, whole(data));
}
int32_t spi_device_transfer(Context& context, int32_t self, GuestSpan<uint8_t> data) {
  return spi(context, self, whole(data), whole(data));
}

}  // namespace mote::devices
