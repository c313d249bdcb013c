// SPDX-License-Identifier: Apache-2.0
//! The app API for Rust, without std. Made by scripts/guest-api of guest/mote-app.wit.
//!
//! Labels name what the board's table has: "led0", "button0", "adc0", "pwm0", "i2c0", "spi0".
#![allow(dead_code)]

/// Why something could not be done. A function that fails gives the code's negative number: the first is -1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Error(pub i32);
impl Error {
    /// The chip cannot get at the pin or bus.
    pub const HARDWARE_FAULT: Error = Error(-1);
    /// Another app, or another handle of this one, has the pin.
    pub const ALREADY_IN_USE: Error = Error(-2);
    /// This app may not use the pin.
    pub const PIN_NOT_ALLOWED: Error = Error(-3);
    /// This app may not use the pin in this way.
    pub const PIN_MODE_NOT_ALLOWED: Error = Error(-4);
    /// The board has nothing of this label.
    pub const UNDEFINED_PIN_LABEL: Error = Error(-5);
    /// What has this label is of another kind, e.g. an input where an output is asked for.
    pub const PIN_MODE_NOT_AVAILABLE: Error = Error(-6);
    /// It would have to wait where it must not.
    pub const WOULD_BLOCK: Error = Error(-7);
    /// This board cannot do it.
    pub const OPERATION_NOT_SUPPORTED: Error = Error(-8);
    /// Something else.
    pub const OTHER: Error = Error(-9);
    /// I2C: a START or STOP where none belongs.
    pub const BUS: Error = Error(-10);
    /// I2C: another controller was faster.
    pub const ARBITRATION_LOSS: Error = Error(-11);
    /// I2C: nobody answers at this address.
    pub const NO_ACKNOWLEDGE_ADDRESS: Error = Error(-12);
    /// I2C: the device does not take the data.
    pub const NO_ACKNOWLEDGE_DATA: Error = Error(-13);
    /// I2C: no answer, to the address or to the data.
    pub const NO_ACKNOWLEDGE_UNKNOWN: Error = Error(-14);
    /// More came than could be kept: data of a bus, or events that nobody fetched.
    pub const OVERRUN: Error = Error(-15);
    /// SPI: another controller is active.
    pub const MODE_FAULT: Error = Error(-16);
    /// SPI: a frame has the wrong form.
    pub const FRAME_FORMAT: Error = Error(-17);
    /// SPI: the chip select line.
    pub const CHIP_SELECT_FAULT: Error = Error(-18);
    /// The handle is not one, not of this kind, or was dropped.
    pub const INVALID_HANDLE: Error = Error(-19);
    /// An argument is outside what the function takes.
    pub const INVALID_ARGUMENT: Error = Error(-20);
    /// The app has as many handles or timers as it may have.
    pub const TOO_MANY_HANDLES: Error = Error(-21);
    /// Nothing happened in the time that was given.
    pub const TIMED_OUT: Error = Error(-22);
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PinState(pub u32);
impl PinState {
    pub const INACTIVE: PinState = PinState(0);
    pub const ACTIVE: PinState = PinState(1);
}

/// How a pin is set up. Without active-high and active-low it is as the board's table says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DigitalFlags(pub u32);
impl DigitalFlags {
    pub const ACTIVE_HIGH: DigitalFlags = DigitalFlags(1);
    pub const ACTIVE_LOW: DigitalFlags = DigitalFlags(2);
    pub const PULL_UP: DigitalFlags = DigitalFlags(4);
    pub const PULL_DOWN: DigitalFlags = DigitalFlags(8);
}

/// What is watched for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Edge(pub u32);
impl Edge {
    pub const NONE: Edge = Edge(0);
    pub const ACTIVE: Edge = Edge(1);
    pub const INACTIVE: Edge = Edge(2);
    pub const BOTH: Edge = Edge(3);
}

/// Polarity and phase of the clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mode(pub u32);
impl Mode {
    pub const MODE0: Mode = Mode(0);
    pub const MODE1: Mode = Mode(1);
    pub const MODE2: Mode = Mode(2);
    pub const MODE3: Mode = Mode(3);
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kind(pub u32);
impl Kind {
    pub const PIN: Kind = Kind(0);
    pub const TIMER: Kind = Kind(1);
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Event {
    /// When it happened, by clock.now.
    pub time: u64,
    pub kind: u32,
    /// The handle of the pin or timer.
    pub source: i32,
    /// Pins: 1 is active. Timers: how often it has been due since its last event, 1 if the app keeps up.
    pub value: u32,
}

fn check(result: i32) -> Result<i32, Error> {
    if result < 0 {
        Err(Error(result))
    } else {
        Ok(result)
    }
}

/// The imports as they are.
pub mod raw {
    use super::*;
    #[link(wasm_import_module = "mote:app/console")]
    extern "C" {
        #[link_name = "write"]
        pub fn console_write(text: *const u8, text_size: usize);
    }
    #[link(wasm_import_module = "mote:app/clock")]
    extern "C" {
        #[link_name = "now"]
        pub fn clock_now() -> u64;
        #[link_name = "wall"]
        pub fn clock_wall() -> u64;
        #[link_name = "sleep"]
        pub fn clock_sleep(nanoseconds: u64);
    }
    #[link(wasm_import_module = "mote:app/gpio")]
    extern "C" {
        #[link_name = "[method]digital-out-pin.set-state"]
        pub fn digital_out_pin_set_state(handle: i32, state: u32) -> i32;
        #[link_name = "[method]digital-out-pin.set-active"]
        pub fn digital_out_pin_set_active(handle: i32) -> i32;
        #[link_name = "[method]digital-out-pin.set-inactive"]
        pub fn digital_out_pin_set_inactive(handle: i32) -> i32;
        #[link_name = "[method]digital-out-pin.toggle"]
        pub fn digital_out_pin_toggle(handle: i32) -> i32;
        #[link_name = "[method]digital-in-pin.read"]
        pub fn digital_in_pin_read(handle: i32) -> i32;
        #[link_name = "[method]digital-in-pin.is-active"]
        pub fn digital_in_pin_is_active(handle: i32) -> i32;
        #[link_name = "[method]digital-in-pin.is-inactive"]
        pub fn digital_in_pin_is_inactive(handle: i32) -> i32;
        #[link_name = "[method]digital-in-pin.watch"]
        pub fn digital_in_pin_watch(handle: i32, edge: u32) -> i32;
        #[link_name = "[method]analog-out-pin.set-value-raw"]
        pub fn analog_out_pin_set_value_raw(handle: i32, value: u32) -> i32;
        #[link_name = "[method]analog-out-pin.set-value"]
        pub fn analog_out_pin_set_value(handle: i32, value: f32) -> i32;
        #[link_name = "[method]analog-in-pin.read-raw"]
        pub fn analog_in_pin_read_raw(handle: i32, result: *mut u32) -> i32;
        #[link_name = "[method]analog-in-pin.read"]
        pub fn analog_in_pin_read(handle: i32, result: *mut f32) -> i32;
        #[link_name = "get-digital-in"]
        pub fn gpio_get_digital_in(pin_label: *const u8, pin_label_size: usize, flags: u32) -> i32;
        #[link_name = "get-digital-out"]
        pub fn gpio_get_digital_out(pin_label: *const u8, pin_label_size: usize, flags: u32) -> i32;
        #[link_name = "get-analog-in"]
        pub fn gpio_get_analog_in(pin_label: *const u8, pin_label_size: usize) -> i32;
        #[link_name = "get-analog-out"]
        pub fn gpio_get_analog_out(pin_label: *const u8, pin_label_size: usize) -> i32;
        #[link_name = "[resource-drop]digital-out-pin"]
        pub fn digital_out_pin_drop(handle: i32);
        #[link_name = "[resource-drop]digital-in-pin"]
        pub fn digital_in_pin_drop(handle: i32);
        #[link_name = "[resource-drop]analog-out-pin"]
        pub fn analog_out_pin_drop(handle: i32);
        #[link_name = "[resource-drop]analog-in-pin"]
        pub fn analog_in_pin_drop(handle: i32);
    }
    #[link(wasm_import_module = "mote:app/i2c")]
    extern "C" {
        #[link_name = "[method]i2c.read"]
        pub fn i2c_read(handle: i32, address: u32, data: *mut u8, data_size: usize) -> i32;
        #[link_name = "[method]i2c.write"]
        pub fn i2c_write(handle: i32, address: u32, data: *const u8, data_size: usize) -> i32;
        #[link_name = "[method]i2c.write-read"]
        pub fn i2c_write_read(handle: i32, address: u32, write: *const u8, write_size: usize, data: *mut u8, data_size: usize) -> i32;
        #[link_name = "open-device"]
        pub fn i2c_open_device(name: *const u8, name_size: usize) -> i32;
        #[link_name = "[resource-drop]i2c"]
        pub fn i2c_drop(handle: i32);
    }
    #[link(wasm_import_module = "mote:app/spi")]
    extern "C" {
        #[link_name = "[method]spi-device.configure"]
        pub fn spi_device_configure(handle: i32, frequency: u32, mode: u32, lsb_first: u32) -> i32;
        #[link_name = "[method]spi-device.read"]
        pub fn spi_device_read(handle: i32, data: *mut u8, data_size: usize) -> i32;
        #[link_name = "[method]spi-device.write"]
        pub fn spi_device_write(handle: i32, data: *const u8, data_size: usize) -> i32;
        #[link_name = "[method]spi-device.write-read"]
        pub fn spi_device_write_read(handle: i32, write: *const u8, write_size: usize, data: *mut u8, data_size: usize) -> i32;
        #[link_name = "[method]spi-device.transfer"]
        pub fn spi_device_transfer(handle: i32, data: *mut u8, data_size: usize) -> i32;
        #[link_name = "open-device"]
        pub fn spi_open_device(name: *const u8, name_size: usize) -> i32;
        #[link_name = "[resource-drop]spi-device"]
        pub fn spi_device_drop(handle: i32);
    }
    #[link(wasm_import_module = "mote:app/events")]
    extern "C" {
        #[link_name = "[method]timer.set"]
        pub fn timer_set(handle: i32, delay: u32, period: u32) -> i32;
        #[link_name = "new-timer"]
        pub fn events_new_timer() -> i32;
        #[link_name = "wait"]
        pub fn events_wait(timeout: u32, result: *mut Event) -> i32;
        #[link_name = "[resource-drop]timer"]
        pub fn timer_drop(handle: i32);
    }
}

pub struct DigitalOutPin(i32);
impl DigitalOutPin {
    pub fn open(pin_label: &str, flags: DigitalFlags) -> Result<DigitalOutPin, Error> {
        Ok(DigitalOutPin(check(unsafe { raw::gpio_get_digital_out(pin_label.as_ptr(), pin_label.len(), flags.0) })?))
    }
    pub fn set_state(&self, state: PinState) -> Result<(), Error> {
        check(unsafe { raw::digital_out_pin_set_state(self.0, state.0) })?;
        Ok(())
    }
    pub fn set_active(&self) -> Result<(), Error> {
        check(unsafe { raw::digital_out_pin_set_active(self.0) })?;
        Ok(())
    }
    pub fn set_inactive(&self) -> Result<(), Error> {
        check(unsafe { raw::digital_out_pin_set_inactive(self.0) })?;
        Ok(())
    }
    pub fn toggle(&self) -> Result<(), Error> {
        check(unsafe { raw::digital_out_pin_toggle(self.0) })?;
        Ok(())
    }
    /// What events call it.
    pub fn handle(&self) -> i32 {
        self.0
    }
}
impl Drop for DigitalOutPin {
    fn drop(&mut self) {
        unsafe { raw::digital_out_pin_drop(self.0) }
    }
}

pub struct DigitalInPin(i32);
impl DigitalInPin {
    pub fn open(pin_label: &str, flags: DigitalFlags) -> Result<DigitalInPin, Error> {
        Ok(DigitalInPin(check(unsafe { raw::gpio_get_digital_in(pin_label.as_ptr(), pin_label.len(), flags.0) })?))
    }
    pub fn read(&self) -> Result<PinState, Error> {
        Ok(PinState(check(unsafe { raw::digital_in_pin_read(self.0) })? as u32))
    }
    pub fn is_active(&self) -> Result<bool, Error> {
        Ok(check(unsafe { raw::digital_in_pin_is_active(self.0) })? != 0)
    }
    pub fn is_inactive(&self) -> Result<bool, Error> {
        Ok(check(unsafe { raw::digital_in_pin_is_inactive(self.0) })? != 0)
    }
    /// From now on such changes are events of kind pin.
    pub fn watch(&self, edge: Edge) -> Result<(), Error> {
        check(unsafe { raw::digital_in_pin_watch(self.0, edge.0) })?;
        Ok(())
    }
    /// What events call it.
    pub fn handle(&self) -> i32 {
        self.0
    }
}
impl Drop for DigitalInPin {
    fn drop(&mut self) {
        unsafe { raw::digital_in_pin_drop(self.0) }
    }
}

/// A PWM output or a DAC.
pub struct AnalogOutPin(i32);
impl AnalogOutPin {
    pub fn open(pin_label: &str) -> Result<AnalogOutPin, Error> {
        Ok(AnalogOutPin(check(unsafe { raw::gpio_get_analog_out(pin_label.as_ptr(), pin_label.len()) })?))
    }
    /// Values beyond the resolution stand for the largest.
    pub fn set_value_raw(&self, value: u32) -> Result<(), Error> {
        check(unsafe { raw::analog_out_pin_set_value_raw(self.0, value) })?;
        Ok(())
    }
    /// A fraction, 0 to 1.
    pub fn set_value(&self, value: f32) -> Result<(), Error> {
        check(unsafe { raw::analog_out_pin_set_value(self.0, value) })?;
        Ok(())
    }
    /// What events call it.
    pub fn handle(&self) -> i32 {
        self.0
    }
}
impl Drop for AnalogOutPin {
    fn drop(&mut self) {
        unsafe { raw::analog_out_pin_drop(self.0) }
    }
}

pub struct AnalogInPin(i32);
impl AnalogInPin {
    pub fn open(pin_label: &str) -> Result<AnalogInPin, Error> {
        Ok(AnalogInPin(check(unsafe { raw::gpio_get_analog_in(pin_label.as_ptr(), pin_label.len()) })?))
    }
    pub fn read_raw(&self) -> Result<u32, Error> {
        let mut result = u32::default();
        check(unsafe { raw::analog_in_pin_read_raw(self.0, &mut result) })?;
        Ok(result)
    }
    /// A fraction of the largest value, 0 to 1.
    pub fn read(&self) -> Result<f32, Error> {
        let mut result = f32::default();
        check(unsafe { raw::analog_in_pin_read(self.0, &mut result) })?;
        Ok(result)
    }
    /// What events call it.
    pub fn handle(&self) -> i32 {
        self.0
    }
}
impl Drop for AnalogInPin {
    fn drop(&mut self) {
        unsafe { raw::analog_in_pin_drop(self.0) }
    }
}

/// A bus. Addresses have 7 bits.
pub struct I2c(i32);
impl I2c {
    pub fn open(name: &str) -> Result<I2c, Error> {
        Ok(I2c(check(unsafe { raw::i2c_open_device(name.as_ptr(), name.len()) })?))
    }
    pub fn read(&self, address: u32, data: &mut [u8]) -> Result<(), Error> {
        check(unsafe { raw::i2c_read(self.0, address, data.as_mut_ptr(), data.len()) })?;
        Ok(())
    }
    pub fn write(&self, address: u32, data: &[u8]) -> Result<(), Error> {
        check(unsafe { raw::i2c_write(self.0, address, data.as_ptr(), data.len()) })?;
        Ok(())
    }
    /// Writes, then reads, in one transaction.
    pub fn write_read(&self, address: u32, write: &[u8], data: &mut [u8]) -> Result<(), Error> {
        check(unsafe { raw::i2c_write_read(self.0, address, write.as_ptr(), write.len(), data.as_mut_ptr(), data.len()) })?;
        Ok(())
    }
    /// What events call it.
    pub fn handle(&self) -> i32 {
        self.0
    }
}
impl Drop for I2c {
    fn drop(&mut self) {
        unsafe { raw::i2c_drop(self.0) }
    }
}

pub struct SpiDevice(i32);
impl SpiDevice {
    pub fn open(name: &str) -> Result<SpiDevice, Error> {
        Ok(SpiDevice(check(unsafe { raw::spi_open_device(name.as_ptr(), name.len()) })?))
    }
    pub fn configure(&self, frequency: u32, mode: Mode, lsb_first: bool) -> Result<(), Error> {
        check(unsafe { raw::spi_device_configure(self.0, frequency, mode.0, u32::from(lsb_first)) })?;
        Ok(())
    }
    pub fn read(&self, data: &mut [u8]) -> Result<(), Error> {
        check(unsafe { raw::spi_device_read(self.0, data.as_mut_ptr(), data.len()) })?;
        Ok(())
    }
    pub fn write(&self, data: &[u8]) -> Result<(), Error> {
        check(unsafe { raw::spi_device_write(self.0, data.as_ptr(), data.len()) })?;
        Ok(())
    }
    /// Writes, then reads, in one transaction: the device stays selected.
    pub fn write_read(&self, write: &[u8], data: &mut [u8]) -> Result<(), Error> {
        check(unsafe { raw::spi_device_write_read(self.0, write.as_ptr(), write.len(), data.as_mut_ptr(), data.len()) })?;
        Ok(())
    }
    /// Writes and reads at once; what was read stands where the data stood.
    pub fn transfer(&self, data: &mut [u8]) -> Result<(), Error> {
        check(unsafe { raw::spi_device_transfer(self.0, data.as_mut_ptr(), data.len()) })?;
        Ok(())
    }
    /// What events call it.
    pub fn handle(&self) -> i32 {
        self.0
    }
}
impl Drop for SpiDevice {
    fn drop(&mut self) {
        unsafe { raw::spi_device_drop(self.0) }
    }
}

/// Makes events of kind timer until it is dropped.
pub struct Timer(i32);
impl Timer {
    pub fn open() -> Result<Timer, Error> {
        Ok(Timer(check(unsafe { raw::events_new_timer() })?))
    }
    /// Once after `delay`, then every `period`, in milliseconds; a period of 0: no more.
    pub fn set(&self, delay: u32, period: u32) -> Result<(), Error> {
        check(unsafe { raw::timer_set(self.0, delay, period) })?;
        Ok(())
    }
    /// What events call it.
    pub fn handle(&self) -> i32 {
        self.0
    }
}
impl Drop for Timer {
    fn drop(&mut self) {
        unsafe { raw::timer_drop(self.0) }
    }
}

/// Writes text, as it is.
pub fn console_write(text: &str) {
    unsafe { raw::console_write(text.as_ptr(), text.len()) }
}

/// Nanoseconds since some moment, never going back.
pub fn clock_now() -> u64 {
    unsafe { raw::clock_now() }
}

/// Nanoseconds since 1970-01-01 UTC; 0 where nobody knows.
pub fn clock_wall() -> u64 {
    unsafe { raw::clock_wall() }
}

/// At least so long.
pub fn clock_sleep(nanoseconds: u64) {
    unsafe { raw::clock_sleep(nanoseconds) }
}

/// The oldest event. Waits for one as long as `timeout` milliseconds; all ones: without end.
pub fn events_wait(timeout: u32) -> Result<Event, Error> {
    let mut result = Event::default();
    check(unsafe { raw::events_wait(timeout, &mut result) })?;
    Ok(result)
}

/// Writes a number in decimal.
pub fn print_number(number: i32) {
    let mut digits = [0u8; 11];
    let mut at = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    unsafe { raw::console_write(digits.as_ptr().add(at), digits.len() - at) };
}

pub fn sleep_ms(milliseconds: u32) {
    clock_sleep(u64::from(milliseconds) * 1_000_000)
}
