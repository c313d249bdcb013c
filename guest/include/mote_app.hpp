// SPDX-License-Identifier: Apache-2.0
// The app API for C++17, over the one for C, whose error codes and types it uses. Made by scripts/guest-api
// of guest/mote-app.wit. A class for each kind of pin, bus and timer, which gives its handle back at its end.
// Needs no library.
#pragma once
#include "mote_app.h"

namespace mote::app {

/// What every class of this file is: the owner of a handle. `Drop` gives it back.
template <void (*Drop)(mote_handle)>
class Owner {
 public:
  Owner() = default;
  explicit Owner(mote_handle handle) : handle_(handle) {}
  Owner(Owner&& other) noexcept : handle_(other.handle_) { other.handle_ = MOTE_INVALID_HANDLE; }
  Owner& operator=(Owner&& other) noexcept {
    const mote_handle mine = handle_;
    handle_ = other.handle_;
    other.handle_ = mine;
    return *this;
  }
  ~Owner() {
    if (handle_ >= 0) Drop(handle_);
  }
  /// Whether it is open; otherwise error() says why it is not.
  explicit operator bool() const { return handle_ >= 0; }
  int32_t error() const { return handle_ < 0 ? handle_ : 0; }
  mote_handle handle() const { return handle_; }

 protected:
  mote_handle handle_ = MOTE_INVALID_HANDLE;
};

class DigitalOutPin : public Owner<::mote_digital_out_pin_drop> {
 public:
  explicit DigitalOutPin(const char* pin_label, uint32_t flags = 0)
      : Owner(::mote_gpio_get_digital_out(pin_label, flags)) {}
  int32_t set_state(uint32_t state) { return ::mote_digital_out_pin_set_state(handle_, state); }
  int32_t set_active() { return ::mote_digital_out_pin_set_active(handle_); }
  int32_t set_inactive() { return ::mote_digital_out_pin_set_inactive(handle_); }
  int32_t toggle() { return ::mote_digital_out_pin_toggle(handle_); }
};

class DigitalInPin : public Owner<::mote_digital_in_pin_drop> {
 public:
  explicit DigitalInPin(const char* pin_label, uint32_t flags = 0)
      : Owner(::mote_gpio_get_digital_in(pin_label, flags)) {}
  int32_t read() { return ::mote_digital_in_pin_read(handle_); }
  int32_t is_active() { return ::mote_digital_in_pin_is_active(handle_); }
  int32_t is_inactive() { return ::mote_digital_in_pin_is_inactive(handle_); }
  /// From now on such changes are events of kind pin.
  int32_t watch(uint32_t edge) { return ::mote_digital_in_pin_watch(handle_, edge); }
};

/// A PWM output or a DAC.
class AnalogOutPin : public Owner<::mote_analog_out_pin_drop> {
 public:
  explicit AnalogOutPin(const char* pin_label) : Owner(::mote_gpio_get_analog_out(pin_label)) {}
  /// Values beyond the resolution stand for the largest.
  int32_t set_value_raw(uint32_t value) { return ::mote_analog_out_pin_set_value_raw(handle_, value); }
  /// A fraction, 0 to 1.
  int32_t set_value(float value) { return ::mote_analog_out_pin_set_value(handle_, value); }
};

class AnalogInPin : public Owner<::mote_analog_in_pin_drop> {
 public:
  explicit AnalogInPin(const char* pin_label) : Owner(::mote_gpio_get_analog_in(pin_label)) {}
  int32_t read_raw(uint32_t* result) { return ::mote_analog_in_pin_read_raw(handle_, result); }
  /// A fraction of the largest value, 0 to 1.
  int32_t read(float* result) { return ::mote_analog_in_pin_read(handle_, result); }
};

/// A bus. Addresses have 7 bits.
class I2c : public Owner<::mote_i2c_drop> {
 public:
  explicit I2c(const char* name) : Owner(::mote_i2c_open_device(name)) {}
  int32_t read(uint16_t address, void* data, uint32_t data_size) {
    return ::mote_i2c_read(handle_, address, data, data_size);
  }
  int32_t write(uint16_t address, const void* data, uint32_t data_size) {
    return ::mote_i2c_write(handle_, address, data, data_size);
  }
  /// Writes, then reads, in one transaction.
  int32_t write_read(uint16_t address, const void* write, uint32_t write_size, void* data,
                     uint32_t data_size) {
    return ::mote_i2c_write_read(handle_, address, write, write_size, data, data_size);
  }
};

class SpiDevice : public Owner<::mote_spi_device_drop> {
 public:
  explicit SpiDevice(const char* name) : Owner(::mote_spi_open_device(name)) {}
  int32_t configure(uint32_t frequency, uint32_t mode, int32_t lsb_first) {
    return ::mote_spi_device_configure(handle_, frequency, mode, lsb_first);
  }
  int32_t read(void* data, uint32_t data_size) { return ::mote_spi_device_read(handle_, data, data_size); }
  int32_t write(const void* data, uint32_t data_size) {
    return ::mote_spi_device_write(handle_, data, data_size);
  }
  /// Writes, then reads, in one transaction: the device stays selected.
  int32_t write_read(const void* write, uint32_t write_size, void* data, uint32_t data_size) {
    return ::mote_spi_device_write_read(handle_, write, write_size, data, data_size);
  }
  /// Writes and reads at once; what was read stands where the data stood.
  int32_t transfer(void* data, uint32_t data_size) {
    return ::mote_spi_device_transfer(handle_, data, data_size);
  }
};

/// Makes events of kind timer until it is dropped.
class Timer : public Owner<::mote_timer_drop> {
 public:
  Timer() : Owner(::mote_events_new_timer()) {}
  /// Once after `delay`, then every `period`, in milliseconds; a period of 0: no more.
  int32_t set(uint32_t delay, uint32_t period) { return ::mote_timer_set(handle_, delay, period); }
};

}  // namespace mote::app
