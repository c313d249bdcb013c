// SPDX-License-Identifier: Apache-2.0
// The app API for AssemblyScript. Made by scripts/guest-api of guest/mote-app.wit.
//
// Functions that can fail give a number from 0 on, or one of namespace Failure, which are negative. Texts and buffers are an address and
// a number of bytes; label() and print() take strings, and need no allocator as long as these are ASCII. Labels name what the
// board's table has: "led0", "button0", "adc0", "pwm0", "i2c0", "spi0".

/// Why something could not be done. A function that fails gives the code's negative number: the first is -1.
export namespace Failure {
  /// The chip cannot get at the pin or bus.
  export const HARDWARE_FAULT: i32 = -1;
  /// Another app, or another handle of this one, has the pin.
  export const ALREADY_IN_USE: i32 = -2;
  /// This app may not use the pin.
  export const PIN_NOT_ALLOWED: i32 = -3;
  /// This app may not use the pin in this way.
  export const PIN_MODE_NOT_ALLOWED: i32 = -4;
  /// The board has nothing of this label.
  export const UNDEFINED_PIN_LABEL: i32 = -5;
  /// What has this label is of another kind, e.g. an input where an output is asked for.
  export const PIN_MODE_NOT_AVAILABLE: i32 = -6;
  /// It would have to wait where it must not.
  export const WOULD_BLOCK: i32 = -7;
  /// This board cannot do it.
  export const OPERATION_NOT_SUPPORTED: i32 = -8;
  /// Something else.
  export const OTHER: i32 = -9;
  /// I2C: a START or STOP where none belongs.
  export const BUS: i32 = -10;
  /// I2C: another controller was faster.
  export const ARBITRATION_LOSS: i32 = -11;
  /// I2C: nobody answers at this address.
  export const NO_ACKNOWLEDGE_ADDRESS: i32 = -12;
  /// I2C: the device does not take the data.
  export const NO_ACKNOWLEDGE_DATA: i32 = -13;
  /// I2C: no answer, to the address or to the data.
  export const NO_ACKNOWLEDGE_UNKNOWN: i32 = -14;
  /// More came than could be kept: data of a bus, or events that nobody fetched.
  export const OVERRUN: i32 = -15;
  /// SPI: another controller is active.
  export const MODE_FAULT: i32 = -16;
  /// SPI: a frame has the wrong form.
  export const FRAME_FORMAT: i32 = -17;
  /// SPI: the chip select line.
  export const CHIP_SELECT_FAULT: i32 = -18;
  /// The handle is not one, not of this kind, or was dropped.
  export const INVALID_HANDLE: i32 = -19;
  /// An argument is outside what the function takes.
  export const INVALID_ARGUMENT: i32 = -20;
  /// The app has as many handles or timers as it may have.
  export const TOO_MANY_HANDLES: i32 = -21;
  /// Nothing happened in the time that was given.
  export const TIMED_OUT: i32 = -22;
}

export namespace PinState {
  export const INACTIVE: u32 = 0;
  export const ACTIVE: u32 = 1;
}

/// How a pin is set up. Without active-high and active-low it is as the board's table says.
export namespace DigitalFlags {
  export const ACTIVE_HIGH: u32 = 1;
  export const ACTIVE_LOW: u32 = 2;
  export const PULL_UP: u32 = 4;
  export const PULL_DOWN: u32 = 8;
}

/// What is watched for.
export namespace Edge {
  export const NONE: u32 = 0;
  export const ACTIVE: u32 = 1;
  export const INACTIVE: u32 = 2;
  export const BOTH: u32 = 3;
}

/// Polarity and phase of the clock.
export namespace Mode {
  export const MODE0: u32 = 0;
  export const MODE1: u32 = 1;
  export const MODE2: u32 = 2;
  export const MODE3: u32 = 3;
}

export namespace Kind {
  export const PIN: u32 = 0;
  export const TIMER: u32 = 1;
}

@unmanaged
export class Event {
  /// When it happened, by clock.now.
  time: u64;
  kind: u32;
  /// The handle of the pin or timer.
  source: i32;
  /// Pins: 1 is active. Timers: how often it has been due since its last event, 1 if the app keeps up.
  value: u32;
}

/// Writes text, as it is.
@external("mote:app/console", "write")
export declare function console_write(text: usize, textSize: u32): void;
/// Nanoseconds since some moment, never going back.
@external("mote:app/clock", "now")
export declare function clock_now(): u64;
/// Nanoseconds since 1970-01-01 UTC; 0 where nobody knows.
@external("mote:app/clock", "wall")
export declare function clock_wall(): u64;
/// At least so long.
@external("mote:app/clock", "sleep")
export declare function clock_sleep(nanoseconds: u64): void;
@external("mote:app/gpio", "[method]digital-out-pin.set-state")
export declare function digital_out_pin_set_state(handle: i32, state: u32): i32;
@external("mote:app/gpio", "[method]digital-out-pin.set-active")
export declare function digital_out_pin_set_active(handle: i32): i32;
@external("mote:app/gpio", "[method]digital-out-pin.set-inactive")
export declare function digital_out_pin_set_inactive(handle: i32): i32;
@external("mote:app/gpio", "[method]digital-out-pin.toggle")
export declare function digital_out_pin_toggle(handle: i32): i32;
@external("mote:app/gpio", "[method]digital-in-pin.read")
export declare function digital_in_pin_read(handle: i32): i32;
@external("mote:app/gpio", "[method]digital-in-pin.is-active")
export declare function digital_in_pin_is_active(handle: i32): i32;
@external("mote:app/gpio", "[method]digital-in-pin.is-inactive")
export declare function digital_in_pin_is_inactive(handle: i32): i32;
/// From now on such changes are events of kind pin.
@external("mote:app/gpio", "[method]digital-in-pin.watch")
export declare function digital_in_pin_watch(handle: i32, edge: u32): i32;
/// Values beyond the resolution stand for the largest.
@external("mote:app/gpio", "[method]analog-out-pin.set-value-raw")
export declare function analog_out_pin_set_value_raw(handle: i32, value: u32): i32;
/// A fraction, 0 to 1.
@external("mote:app/gpio", "[method]analog-out-pin.set-value")
export declare function analog_out_pin_set_value(handle: i32, value: f32): i32;
@external("mote:app/gpio", "[method]analog-in-pin.read-raw")
export declare function analog_in_pin_read_raw(handle: i32, result: usize): i32;
/// A fraction of the largest value, 0 to 1.
@external("mote:app/gpio", "[method]analog-in-pin.read")
export declare function analog_in_pin_read(handle: i32, result: usize): i32;
@external("mote:app/gpio", "get-digital-in")
export declare function gpio_get_digital_in(pin_label: usize, pin_labelSize: u32, flags: u32): i32;
export function getDigitalIn(pin_label: string, flags: u32): i32 {
  return gpio_get_digital_in(ascii(), encode(pin_label), flags);
}
@external("mote:app/gpio", "get-digital-out")
export declare function gpio_get_digital_out(pin_label: usize, pin_labelSize: u32, flags: u32): i32;
export function getDigitalOut(pin_label: string, flags: u32): i32 {
  return gpio_get_digital_out(ascii(), encode(pin_label), flags);
}
@external("mote:app/gpio", "get-analog-in")
export declare function gpio_get_analog_in(pin_label: usize, pin_labelSize: u32): i32;
export function getAnalogIn(pin_label: string): i32 {
  return gpio_get_analog_in(ascii(), encode(pin_label));
}
@external("mote:app/gpio", "get-analog-out")
export declare function gpio_get_analog_out(pin_label: usize, pin_labelSize: u32): i32;
export function getAnalogOut(pin_label: string): i32 {
  return gpio_get_analog_out(ascii(), encode(pin_label));
}
@external("mote:app/i2c", "[method]i2c.read")
export declare function i2c_read(handle: i32, address: u32, data: usize, dataSize: u32): i32;
@external("mote:app/i2c", "[method]i2c.write")
export declare function i2c_write(handle: i32, address: u32, data: usize, dataSize: u32): i32;
/// Writes, then reads, in one transaction.
@external("mote:app/i2c", "[method]i2c.write-read")
export declare function i2c_write_read(handle: i32, address: u32, write: usize, writeSize: u32, data: usize, dataSize: u32): i32;
@external("mote:app/i2c", "open-device")
export declare function i2c_open_device(name: usize, nameSize: u32): i32;
export function openI2c(name: string): i32 {
  return i2c_open_device(ascii(), encode(name));
}
@external("mote:app/spi", "[method]spi-device.configure")
export declare function spi_device_configure(handle: i32, frequency: u32, mode: u32, lsb_first: u32): i32;
@external("mote:app/spi", "[method]spi-device.read")
export declare function spi_device_read(handle: i32, data: usize, dataSize: u32): i32;
@external("mote:app/spi", "[method]spi-device.write")
export declare function spi_device_write(handle: i32, data: usize, dataSize: u32): i32;
/// Writes, then reads, in one transaction: the device stays selected.
@external("mote:app/spi", "[method]spi-device.write-read")
export declare function spi_device_write_read(handle: i32, write: usize, writeSize: u32, data: usize, dataSize: u32): i32;
/// Writes and reads at once; what was read stands where the data stood.
@external("mote:app/spi", "[method]spi-device.transfer")
export declare function spi_device_transfer(handle: i32, data: usize, dataSize: u32): i32;
@external("mote:app/spi", "open-device")
export declare function spi_open_device(name: usize, nameSize: u32): i32;
export function openSpi(name: string): i32 {
  return spi_open_device(ascii(), encode(name));
}
/// Once after `delay`, then every `period`, in milliseconds; a period of 0: no more.
@external("mote:app/events", "[method]timer.set")
export declare function timer_set(handle: i32, delay: u32, period: u32): i32;
@external("mote:app/events", "new-timer")
export declare function events_new_timer(): i32;
/// The oldest event. Waits for one as long as `timeout` milliseconds; all ones: without end.
@external("mote:app/events", "wait")
export declare function events_wait(timeout: u32, result: usize): i32;
@external("mote:app/gpio", "[resource-drop]digital-out-pin")
export declare function digital_out_pin_drop(handle: i32): void;
@external("mote:app/gpio", "[resource-drop]digital-in-pin")
export declare function digital_in_pin_drop(handle: i32): void;
@external("mote:app/gpio", "[resource-drop]analog-out-pin")
export declare function analog_out_pin_drop(handle: i32): void;
@external("mote:app/gpio", "[resource-drop]analog-in-pin")
export declare function analog_in_pin_drop(handle: i32): void;
@external("mote:app/i2c", "[resource-drop]i2c")
export declare function i2c_drop(handle: i32): void;
@external("mote:app/spi", "[resource-drop]spi-device")
export declare function spi_device_drop(handle: i32): void;
@external("mote:app/events", "[resource-drop]timer")
export declare function timer_drop(handle: i32): void;

// What every app wants, without an allocator.

const room = memory.data(64);

/// A text of at most 64 ASCII characters as bytes, from ascii() on; how many.
export function encode(text: string): u32 {
  const size = min(text.length, 64);
  for (let i = 0; i < size; ++i) store<u8>(room + i, u8(text.charCodeAt(i)));
  return size;
}
export function ascii(): usize {
  return room;
}

/// Writes a text of at most 64 ASCII characters.
export function print(text: string): void {
  const size = encode(text);
  console_write(room, size);
}
/// Writes a number in decimal.
export function printNumber(number: i32): void {
  let at: u32 = 11;
  let rest: u32 = number < 0 ? 0 - u32(number) : u32(number);
  do {
    store<u8>(room + --at, u8(48 + (rest % 10)));
    rest /= 10;
  } while (rest != 0);
  if (number < 0) store<u8>(room + --at, 45);
  console_write(room + at, 11 - at);
}
export function sleepMs(milliseconds: u32): void {
  clock_sleep(u64(milliseconds) * 1000000);
}
