// SPDX-License-Identifier: Apache-2.0
// The app API's functions for a host's table. Made by scripts/guest-api of guest/mote-app.wit: change that.
// Include mote/devices.hpp.
#pragma once
#include <mote/bind.hpp>

#include <cstdint>

namespace mote::devices {

/// Why something could not be done: what functions return instead of a number from 0 on.
enum Failure : int32_t {
  /// The chip cannot get at the pin or bus.
  kHardwareFault = -1,
  /// Another app, or another handle of this one, has the pin.
  kAlreadyInUse = -2,
  /// This app may not use the pin.
  kPinNotAllowed = -3,
  /// This app may not use the pin in this way.
  kPinModeNotAllowed = -4,
  /// The board has nothing of this label.
  kUndefinedPinLabel = -5,
  /// What has this label is of another kind, e.g. an input where an output is asked for.
  kPinModeNotAvailable = -6,
  /// It would have to wait where it must not.
  kWouldBlock = -7,
  /// This board cannot do it.
  kOperationNotSupported = -8,
  /// Something else.
  kOther = -9,
  /// I2C: a START or STOP where none belongs.
  kBus = -10,
  /// I2C: another controller was faster.
  kArbitrationLoss = -11,
  /// I2C: nobody answers at this address.
  kNoAcknowledgeAddress = -12,
  /// I2C: the device does not take the data.
  kNoAcknowledgeData = -13,
  /// I2C: no answer, to the address or to the data.
  kNoAcknowledgeUnknown = -14,
  /// More came than could be kept: data of a bus, or events that nobody fetched.
  kOverrun = -15,
  /// SPI: another controller is active.
  kModeFault = -16,
  /// SPI: a frame has the wrong form.
  kFrameFormat = -17,
  /// SPI: the chip select line.
  kChipSelectFault = -18,
  /// The handle is not one, not of this kind, or was dropped.
  kInvalidHandle = -19,
  /// An argument is outside what the function takes.
  kInvalidArgument = -20,
  /// The app has as many handles or timers as it may have.
  kTooManyHandles = -21,
  /// Nothing happened in the time that was given.
  kTimedOut = -22,
};

/// Their names; the first is -1's.
inline constexpr const char* kFailureNames[] = {"hardware-fault",
                                                "already-in-use",
                                                "pin-not-allowed",
                                                "pin-mode-not-allowed",
                                                "undefined-pin-label",
                                                "pin-mode-not-available",
                                                "would-block",
                                                "operation-not-supported",
                                                "other",
                                                "bus",
                                                "arbitration-loss",
                                                "no-acknowledge-address",
                                                "no-acknowledge-data",
                                                "no-acknowledge-unknown",
                                                "overrun",
                                                "mode-fault",
                                                "frame-format",
                                                "chip-select-fault",
                                                "invalid-handle",
                                                "invalid-argument",
                                                "too-many-handles",
                                                "timed-out"};

enum class PinState : uint32_t {
  Inactive = 0,
  Active = 1,
};

/// How a pin is set up. Without active-high and active-low it is as the board's table says.
enum class DigitalFlags : uint32_t {
  ActiveHigh = 1,
  ActiveLow = 2,
  PullUp = 4,
  PullDown = 8,
};

/// What is watched for.
enum class Edge : uint32_t {
  None = 0,
  Active = 1,
  Inactive = 2,
  Both = 3,
};

/// Polarity and phase of the clock.
enum class Mode : uint32_t {
  Mode0 = 0,
  Mode1 = 1,
  Mode2 = 2,
  Mode3 = 3,
};

enum class Kind : uint32_t {
  Pin = 0,
  Timer = 1,
};

struct Event {
  /// When it happened, by clock.now.
  uint64_t time;
  uint32_t kind;
  /// The handle of the pin or timer.
  int32_t source;
  /// Pins: 1 is active. Timers: how often it has been due since its last event, 1 if the app keeps up.
  uint32_t value;
};

/// Writes text, as it is.
void console_write(Context&, GuestString text);
/// Nanoseconds since some moment, never going back.
uint64_t clock_now(Context&);
/// Nanoseconds since 1970-01-01 UTC; 0 where nobody knows.
uint64_t clock_wall(Context&);
/// At least so long.
HostResult<void> clock_sleep(Context&, uint64_t nanoseconds);
int32_t digital_out_pin_set_state(Context&, int32_t self, uint32_t state);
int32_t digital_out_pin_set_active(Context&, int32_t self);
int32_t digital_out_pin_set_inactive(Context&, int32_t self);
int32_t digital_out_pin_toggle(Context&, int32_t self);
int32_t digital_in_pin_read(Context&, int32_t self);
int32_t digital_in_pin_is_active(Context&, int32_t self);
int32_t digital_in_pin_is_inactive(Context&, int32_t self);
/// From now on such changes are events of kind pin.
int32_t digital_in_pin_watch(Context&, int32_t self, uint32_t edge);
/// Values beyond the resolution stand for the largest.
int32_t analog_out_pin_set_value_raw(Context&, int32_t self, uint32_t value);
/// A fraction, 0 to 1.
int32_t analog_out_pin_set_value(Context&, int32_t self, float value);
int32_t analog_in_pin_read_raw(Context&, int32_t self, GuestRef<uint32_t> result);
/// A fraction of the largest value, 0 to 1.
int32_t analog_in_pin_read(Context&, int32_t self, GuestRef<float> result);
int32_t gpio_get_digital_in(Context&, GuestString pin_label, uint32_t flags);
int32_t gpio_get_digital_out(Context&, GuestString pin_label, uint32_t flags);
int32_t gpio_get_analog_in(Context&, GuestString pin_label);
int32_t gpio_get_analog_out(Context&, GuestString pin_label);
int32_t i2c_read(Context&, int32_t self, uint32_t address, GuestSpan<uint8_t> data);
int32_t i2c_write(Context&, int32_t self, uint32_t address, GuestSpan<const uint8_t> data);
/// Writes, then reads, in one transaction.
int32_t i2c_write_read(Context&, int32_t self, uint32_t address, GuestSpan<const uint8_t> write,
                       GuestSpan<uint8_t> data);
int32_t i2c_open_device(Context&, GuestString name);
int32_t spi_device_configure(Context&, int32_t self, uint32_t frequency, uint32_t mode, uint32_t lsb_first);
int32_t spi_device_read(Context&, int32_t self, GuestSpan<uint8_t> data);
int32_t spi_device_write(Context&, int32_t self, GuestSpan<const uint8_t> data);
/// Writes, then reads, in one transaction: the device stays selected.
int32_t spi_device_write_read(Context&, int32_t self, GuestSpan<const uint8_t> write,
                              GuestSpan<uint8_t> data);
/// Writes and reads at once; what was read stands where the data stood.
int32_t spi_device_transfer(Context&, int32_t self, GuestSpan<uint8_t> data);
int32_t spi_open_device(Context&, GuestString name);
/// Once after `delay`, then every `period`, in milliseconds; a period of 0: no more.
int32_t timer_set(Context&, int32_t self, uint32_t delay, uint32_t period);
int32_t events_new_timer(Context&);
/// The oldest event. Waits for one as long as `timeout` milliseconds; all ones: without end.
HostResult<int32_t> events_wait(Context&, uint32_t timeout, GuestRef<Event> result);
/// Gives back a handle of any kind.
void drop(Context&, int32_t handle);

// The rows.
inline constexpr HostFunction kConsoleWrite = bind<console_write>("mote:app/console", "write");
inline constexpr HostFunction kClockNow = bind<clock_now>("mote:app/clock", "now");
inline constexpr HostFunction kClockWall = bind<clock_wall>("mote:app/clock", "wall");
inline constexpr HostFunction kClockSleep = bind<clock_sleep>("mote:app/clock", "sleep");
inline constexpr HostFunction kDigitalOutPinSetState =
    bind<digital_out_pin_set_state>("mote:app/gpio", "[method]digital-out-pin.set-state");
inline constexpr HostFunction kDigitalOutPinSetActive =
    bind<digital_out_pin_set_active>("mote:app/gpio", "[method]digital-out-pin.set-active");
inline constexpr HostFunction kDigitalOutPinSetInactive =
    bind<digital_out_pin_set_inactive>("mote:app/gpio", "[method]digital-out-pin.set-inactive");
inline constexpr HostFunction kDigitalOutPinToggle =
    bind<digital_out_pin_toggle>("mote:app/gpio", "[method]digital-out-pin.toggle");
inline constexpr HostFunction kDigitalInPinRead =
    bind<digital_in_pin_read>("mote:app/gpio", "[method]digital-in-pin.read");
inline constexpr HostFunction kDigitalInPinIsActive =
    bind<digital_in_pin_is_active>("mote:app/gpio", "[method]digital-in-pin.is-active");
inline constexpr HostFunction kDigitalInPinIsInactive =
    bind<digital_in_pin_is_inactive>("mote:app/gpio", "[method]digital-in-pin.is-inactive");
inline constexpr HostFunction kDigitalInPinWatch =
    bind<digital_in_pin_watch>("mote:app/gpio", "[method]digital-in-pin.watch");
inline constexpr HostFunction kAnalogOutPinSetValueRaw =
    bind<analog_out_pin_set_value_raw>("mote:app/gpio", "[method]analog-out-pin.set-value-raw");
inline constexpr HostFunction kAnalogOutPinSetValue =
    bind<analog_out_pin_set_value>("mote:app/gpio", "[method]analog-out-pin.set-value");
inline constexpr HostFunction kAnalogInPinReadRaw =
    bind<analog_in_pin_read_raw>("mote:app/gpio", "[method]analog-in-pin.read-raw");
inline constexpr HostFunction kAnalogInPinRead =
    bind<analog_in_pin_read>("mote:app/gpio", "[method]analog-in-pin.read");
inline constexpr HostFunction kGpioGetDigitalIn =
    bind<gpio_get_digital_in>("mote:app/gpio", "get-digital-in");
inline constexpr HostFunction kGpioGetDigitalOut =
    bind<gpio_get_digital_out>("mote:app/gpio", "get-digital-out");
inline constexpr HostFunction kGpioGetAnalogIn = bind<gpio_get_analog_in>("mote:app/gpio", "get-analog-in");
inline constexpr HostFunction kGpioGetAnalogOut =
    bind<gpio_get_analog_out>("mote:app/gpio", "get-analog-out");
inline constexpr HostFunction kI2cRead = bind<i2c_read>("mote:app/i2c", "[method]i2c.read");
inline constexpr HostFunction kI2cWrite = bind<i2c_write>("mote:app/i2c", "[method]i2c.write");
inline constexpr HostFunction kI2cWriteRead = bind<i2c_write_read>("mote:app/i2c", "[method]i2c.write-read");
inline constexpr HostFunction kI2cOpenDevice = bind<i2c_open_device>("mote:app/i2c", "open-device");
inline constexpr HostFunction kSpiDeviceConfigure =
    bind<spi_device_configure>("mote:app/spi", "[method]spi-device.configure");
inline constexpr HostFunction kSpiDeviceRead =
    bind<spi_device_read>("mote:app/spi", "[method]spi-device.read");
inline constexpr HostFunction kSpiDeviceWrite =
    bind<spi_device_write>("mote:app/spi", "[method]spi-device.write");
inline constexpr HostFunction kSpiDeviceWriteRead =
    bind<spi_device_write_read>("mote:app/spi", "[method]spi-device.write-read");
inline constexpr HostFunction kSpiDeviceTransfer =
    bind<spi_device_transfer>("mote:app/spi", "[method]spi-device.transfer");
inline constexpr HostFunction kSpiOpenDevice = bind<spi_open_device>("mote:app/spi", "open-device");
inline constexpr HostFunction kTimerSet = bind<timer_set>("mote:app/events", "[method]timer.set");
inline constexpr HostFunction kEventsNewTimer = bind<events_new_timer>("mote:app/events", "new-timer");
inline constexpr HostFunction kEventsWait = bind<events_wait>("mote:app/events", "wait");
inline constexpr HostFunction kDigitalOutPinDrop =
    bind<drop>("mote:app/gpio", "[resource-drop]digital-out-pin");
inline constexpr HostFunction kDigitalInPinDrop =
    bind<drop>("mote:app/gpio", "[resource-drop]digital-in-pin");
inline constexpr HostFunction kAnalogOutPinDrop =
    bind<drop>("mote:app/gpio", "[resource-drop]analog-out-pin");
inline constexpr HostFunction kAnalogInPinDrop = bind<drop>("mote:app/gpio", "[resource-drop]analog-in-pin");
inline constexpr HostFunction kI2cDrop = bind<drop>("mote:app/i2c", "[resource-drop]i2c");
inline constexpr HostFunction kSpiDeviceDrop = bind<drop>("mote:app/spi", "[resource-drop]spi-device");
inline constexpr HostFunction kTimerDrop = bind<drop>("mote:app/events", "[resource-drop]timer");

/// All of them.
inline constexpr HostFunction kAll[] = {kConsoleWrite,
                                        kClockNow,
                                        kClockWall,
                                        kClockSleep,
                                        kDigitalOutPinSetState,
                                        kDigitalOutPinSetActive,
                                        kDigitalOutPinSetInactive,
                                        kDigitalOutPinToggle,
                                        kDigitalInPinRead,
                                        kDigitalInPinIsActive,
                                        kDigitalInPinIsInactive,
                                        kDigitalInPinWatch,
                                        kAnalogOutPinSetValueRaw,
                                        kAnalogOutPinSetValue,
                                        kAnalogInPinReadRaw,
                                        kAnalogInPinRead,
                                        kGpioGetDigitalIn,
                                        kGpioGetDigitalOut,
                                        kGpioGetAnalogIn,
                                        kGpioGetAnalogOut,
                                        kI2cRead,
                                        kI2cWrite,
                                        kI2cWriteRead,
                                        kI2cOpenDevice,
                                        kSpiDeviceConfigure,
                                        kSpiDeviceRead,
                                        kSpiDeviceWrite,
                                        kSpiDeviceWriteRead,
                                        kSpiDeviceTransfer,
                                        kSpiOpenDevice,
                                        kTimerSet,
                                        kEventsNewTimer,
                                        kEventsWait,
                                        kDigitalOutPinDrop,
                                        kDigitalInPinDrop,
                                        kAnalogOutPinDrop,
                                        kAnalogInPinDrop,
                                        kI2cDrop,
                                        kSpiDeviceDrop,
                                        kTimerDrop};

}  // namespace mote::devices
