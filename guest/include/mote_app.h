// SPDX-License-Identifier: Apache-2.0
// The app API for C. Made by scripts/guest-api of guest/mote-app.wit.
//
// Functions that can fail give a number from 0 on, or one of enum mote_error, which are negative. Labels name
// what the board's table has: "led0", "button0", "adc0", "pwm0", "i2c0", "spi0". Needs no C library.
#ifndef MOTE_APP_H
#define MOTE_APP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Makes a function the module's export of that name.
#define MOTE_EXPORT(name) __attribute__((export_name(name)))
#define MOTE_IMPORT(module, name) __attribute__((import_module(module), import_name(name)))

/// A pin, a bus or a timer that is open.
typedef int32_t mote_handle;

/// How many bytes a text has before its NUL.
static inline uint32_t mote_text_size(const char* text) {
  uint32_t size = 0;
  while (text[size] != 0) {
    ++size;
    __asm__("");  // otherwise compilers make of this a call of the C library
  }
  return size;
}

/// Why something could not be done. A function that fails gives the code's negative number: the first is -1.
enum mote_error {
  /// The chip cannot get at the pin or bus.
  MOTE_HARDWARE_FAULT = -1,
  /// Another app, or another handle of this one, has the pin.
  MOTE_ALREADY_IN_USE = -2,
  /// This app may not use the pin.
  MOTE_PIN_NOT_ALLOWED = -3,
  /// This app may not use the pin in this way.
  MOTE_PIN_MODE_NOT_ALLOWED = -4,
  /// The board has nothing of this label.
  MOTE_UNDEFINED_PIN_LABEL = -5,
  /// What has this label is of another kind, e.g. an input where an output is asked for.
  MOTE_PIN_MODE_NOT_AVAILABLE = -6,
  /// It would have to wait where it must not.
  MOTE_WOULD_BLOCK = -7,
  /// This board cannot do it.
  MOTE_OPERATION_NOT_SUPPORTED = -8,
  /// Something else.
  MOTE_OTHER = -9,
  /// I2C: a START or STOP where none belongs.
  MOTE_BUS = -10,
  /// I2C: another controller was faster.
  MOTE_ARBITRATION_LOSS = -11,
  /// I2C: nobody answers at this address.
  MOTE_NO_ACKNOWLEDGE_ADDRESS = -12,
  /// I2C: the device does not take the data.
  MOTE_NO_ACKNOWLEDGE_DATA = -13,
  /// I2C: no answer, to the address or to the data.
  MOTE_NO_ACKNOWLEDGE_UNKNOWN = -14,
  /// More came than could be kept: data of a bus, or events that nobody fetched.
  MOTE_OVERRUN = -15,
  /// SPI: another controller is active.
  MOTE_MODE_FAULT = -16,
  /// SPI: a frame has the wrong form.
  MOTE_FRAME_FORMAT = -17,
  /// SPI: the chip select line.
  MOTE_CHIP_SELECT_FAULT = -18,
  /// The handle is not one, not of this kind, or was dropped.
  MOTE_INVALID_HANDLE = -19,
  /// An argument is outside what the function takes.
  MOTE_INVALID_ARGUMENT = -20,
  /// The app has as many handles or timers as it may have.
  MOTE_TOO_MANY_HANDLES = -21,
  /// Nothing happened in the time that was given.
  MOTE_TIMED_OUT = -22,
};

enum mote_pin_state {
  MOTE_PIN_STATE_INACTIVE = 0,
  MOTE_PIN_STATE_ACTIVE = 1,
};

/// How a pin is set up. Without active-high and active-low it is as the board's table says.
enum mote_digital_flags {
  MOTE_DIGITAL_FLAGS_ACTIVE_HIGH = 1,
  MOTE_DIGITAL_FLAGS_ACTIVE_LOW = 2,
  MOTE_DIGITAL_FLAGS_PULL_UP = 4,
  MOTE_DIGITAL_FLAGS_PULL_DOWN = 8,
};

/// What is watched for.
enum mote_edge {
  MOTE_EDGE_NONE = 0,
  MOTE_EDGE_ACTIVE = 1,
  MOTE_EDGE_INACTIVE = 2,
  MOTE_EDGE_BOTH = 3,
};

/// Polarity and phase of the clock.
enum mote_mode {
  MOTE_MODE_MODE0 = 0,
  MOTE_MODE_MODE1 = 1,
  MOTE_MODE_MODE2 = 2,
  MOTE_MODE_MODE3 = 3,
};

enum mote_kind {
  MOTE_KIND_PIN = 0,
  MOTE_KIND_TIMER = 1,
};

struct mote_event {
  /// When it happened, by clock.now.
  uint64_t time;
  uint32_t kind;
  /// The handle of the pin or timer.
  int32_t source;
  /// Pins: 1 is active. Timers: how often it has been due since its last event, 1 if the app keeps up.
  uint32_t value;
};

// console

/// Writes text, as it is.
MOTE_IMPORT("mote:app/console", "write")
void mote_console_write_n(const char* text, uint32_t text_size);
static inline void mote_console_write(const char* text) {
  mote_console_write_n(text, mote_text_size(text));
}

// clock

/// Nanoseconds since some moment, never going back.
MOTE_IMPORT("mote:app/clock", "now")
uint64_t mote_clock_now(void);

/// Nanoseconds since 1970-01-01 UTC; 0 where nobody knows.
MOTE_IMPORT("mote:app/clock", "wall")
uint64_t mote_clock_wall(void);

/// At least so long.
MOTE_IMPORT("mote:app/clock", "sleep")
void mote_clock_sleep(uint64_t nanoseconds);

// gpio

MOTE_IMPORT("mote:app/gpio", "[method]digital-out-pin.set-state")
int32_t mote_digital_out_pin_set_state(mote_handle self, uint32_t state);

MOTE_IMPORT("mote:app/gpio", "[method]digital-out-pin.set-active")
int32_t mote_digital_out_pin_set_active(mote_handle self);

MOTE_IMPORT("mote:app/gpio", "[method]digital-out-pin.set-inactive")
int32_t mote_digital_out_pin_set_inactive(mote_handle self);

MOTE_IMPORT("mote:app/gpio", "[method]digital-out-pin.toggle")
int32_t mote_digital_out_pin_toggle(mote_handle self);

MOTE_IMPORT("mote:app/gpio", "[method]digital-in-pin.read")
int32_t mote_digital_in_pin_read(mote_handle self);

MOTE_IMPORT("mote:app/gpio", "[method]digital-in-pin.is-active")
int32_t mote_digital_in_pin_is_active(mote_handle self);

MOTE_IMPORT("mote:app/gpio", "[method]digital-in-pin.is-inactive")
int32_t mote_digital_in_pin_is_inactive(mote_handle self);

/// From now on such changes are events of kind pin.
MOTE_IMPORT("mote:app/gpio", "[method]digital-in-pin.watch")
int32_t mote_digital_in_pin_watch(mote_handle self, uint32_t edge);

/// Values beyond the resolution stand for the largest.
MOTE_IMPORT("mote:app/gpio", "[method]analog-out-pin.set-value-raw")
int32_t mote_analog_out_pin_set_value_raw(mote_handle self, uint32_t value);

/// A fraction, 0 to 1.
MOTE_IMPORT("mote:app/gpio", "[method]analog-out-pin.set-value")
int32_t mote_analog_out_pin_set_value(mote_handle self, float value);

MOTE_IMPORT("mote:app/gpio", "[method]analog-in-pin.read-raw")
int32_t mote_analog_in_pin_read_raw(mote_handle self, uint32_t* result);

/// A fraction of the largest value, 0 to 1.
MOTE_IMPORT("mote:app/gpio", "[method]analog-in-pin.read")
int32_t mote_analog_in_pin_read(mote_handle self, float* result);

MOTE_IMPORT("mote:app/gpio", "get-digital-in")
mote_handle mote_gpio_get_digital_in_n(const char* pin_label, uint32_t pin_label_size, uint32_t flags);
static inline mote_handle mote_gpio_get_digital_in(const char* pin_label, uint32_t flags) {
  return mote_gpio_get_digital_in_n(pin_label, mote_text_size(pin_label), flags);
}

MOTE_IMPORT("mote:app/gpio", "get-digital-out")
mote_handle mote_gpio_get_digital_out_n(const char* pin_label, uint32_t pin_label_size, uint32_t flags);
static inline mote_handle mote_gpio_get_digital_out(const char* pin_label, uint32_t flags) {
  return mote_gpio_get_digital_out_n(pin_label, mote_text_size(pin_label), flags);
}

MOTE_IMPORT("mote:app/gpio", "get-analog-in")
mote_handle mote_gpio_get_analog_in_n(const char* pin_label, uint32_t pin_label_size);
static inline mote_handle mote_gpio_get_analog_in(const char* pin_label) {
  return mote_gpio_get_analog_in_n(pin_label, mote_text_size(pin_label));
}

MOTE_IMPORT("mote:app/gpio", "get-analog-out")
mote_handle mote_gpio_get_analog_out_n(const char* pin_label, uint32_t pin_label_size);
static inline mote_handle mote_gpio_get_analog_out(const char* pin_label) {
  return mote_gpio_get_analog_out_n(pin_label, mote_text_size(pin_label));
}

// i2c

MOTE_IMPORT("mote:app/i2c", "[method]i2c.read")
int32_t mote_i2c_read(mote_handle self, uint16_t address, void* data, uint32_t data_size);

MOTE_IMPORT("mote:app/i2c", "[method]i2c.write")
int32_t mote_i2c_write(mote_handle self, uint16_t address, const void* data, uint32_t data_size);

/// Writes, then reads, in one transaction.
MOTE_IMPORT("mote:app/i2c", "[method]i2c.write-read")
int32_t mote_i2c_write_read(mote_handle self, uint16_t address, const void* write, uint32_t write_size,
                            void* data, uint32_t data_size);

MOTE_IMPORT("mote:app/i2c", "open-device")
mote_handle mote_i2c_open_device_n(const char* name, uint32_t name_size);
static inline mote_handle mote_i2c_open_device(const char* name) {
  return mote_i2c_open_device_n(name, mote_text_size(name));
}

// spi

MOTE_IMPORT("mote:app/spi", "[method]spi-device.configure")
int32_t mote_spi_device_configure(mote_handle self, uint32_t frequency, uint32_t mode, int32_t lsb_first);

MOTE_IMPORT("mote:app/spi", "[method]spi-device.read")
int32_t mote_spi_device_read(mote_handle self, void* data, uint32_t data_size);

MOTE_IMPORT("mote:app/spi", "[method]spi-device.write")
int32_t mote_spi_device_write(mote_handle self, const void* data, uint32_t data_size);

/// Writes, then reads, in one transaction: the device stays selected.
MOTE_IMPORT("mote:app/spi", "[method]spi-device.write-read")
int32_t mote_spi_device_write_read(mote_handle self, const void* write, uint32_t write_size, void* data,
                                   uint32_t data_size);

/// Writes and reads at once; what was read stands where the data stood.
MOTE_IMPORT("mote:app/spi", "[method]spi-device.transfer")
int32_t mote_spi_device_transfer(mote_handle self, void* data, uint32_t data_size);

MOTE_IMPORT("mote:app/spi", "open-device")
mote_handle mote_spi_open_device_n(const char* name, uint32_t name_size);
static inline mote_handle mote_spi_open_device(const char* name) {
  return mote_spi_open_device_n(name, mote_text_size(name));
}

// events

/// Once after `delay`, then every `period`, in milliseconds; a period of 0: no more.
MOTE_IMPORT("mote:app/events", "[method]timer.set")
int32_t mote_timer_set(mote_handle self, uint32_t delay, uint32_t period);

MOTE_IMPORT("mote:app/events", "new-timer")
mote_handle mote_events_new_timer(void);

/// The oldest event. Waits for one as long as `timeout` milliseconds; all ones: without end.
MOTE_IMPORT("mote:app/events", "wait")
int32_t mote_events_wait(uint32_t timeout, struct mote_event* result);

/// Gives a handle back; one that is none is left alone.
MOTE_IMPORT("mote:app/gpio", "[resource-drop]digital-out-pin")
void mote_digital_out_pin_drop(mote_handle self);
MOTE_IMPORT("mote:app/gpio", "[resource-drop]digital-in-pin")
void mote_digital_in_pin_drop(mote_handle self);
MOTE_IMPORT("mote:app/gpio", "[resource-drop]analog-out-pin")
void mote_analog_out_pin_drop(mote_handle self);
MOTE_IMPORT("mote:app/gpio", "[resource-drop]analog-in-pin")
void mote_analog_in_pin_drop(mote_handle self);
MOTE_IMPORT("mote:app/i2c", "[resource-drop]i2c")
void mote_i2c_drop(mote_handle self);
MOTE_IMPORT("mote:app/spi", "[resource-drop]spi-device")
void mote_spi_device_drop(mote_handle self);
MOTE_IMPORT("mote:app/events", "[resource-drop]timer")
void mote_timer_drop(mote_handle self);

// What every app wants.

/// Writes a text and a new line.
static inline void mote_print(const char* text) {
  mote_console_write(text);
  mote_console_write_n("\n", 1);
}
/// Writes a number in decimal.
static inline void mote_print_number(int32_t number) {
  char digits[11];
  uint32_t at = sizeof digits, rest = number < 0 ? 0u - (uint32_t)number : (uint32_t)number;
  do {
    digits[--at] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (number < 0) digits[--at] = '-';
  mote_console_write_n(digits + at, (uint32_t)sizeof digits - at);
}
static inline void mote_sleep_ms(uint32_t milliseconds) {
  mote_clock_sleep((uint64_t)milliseconds * 1000000u);
}

#ifdef __cplusplus
}
#endif

#endif
