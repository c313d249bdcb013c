// SPDX-License-Identifier: Apache-2.0
// What the app API (mote/devices.hpp) asks of a board, chosen when the program is linked: mote::simulation,
// or the firmware's own functions. Each is wanted only where a function of the API that calls it is in the
// host's table. Numbers are those of the board's table; functions that give int32_t answer 0 (or what they
// say) or a devices::Failure.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mote::drivers {

enum class Pull : uint8_t { None, Up, Down };

void console_write(std::string_view text);

/// Nanoseconds since some moment, never going back.
uint64_t now_ns();
/// Nanoseconds since 1970-01-01 UTC; 0 where nobody knows.
uint64_t wall_ns();
/// Sleeps until that time, or until a pin_changed(); may come back earlier. False: the app shall end now.
bool wait(uint64_t until_ns);
/// The app asked for a time or a level, and may be doing so in a loop: simulated time must go on. Hardware
/// has nothing to do.
void polled();

/// Makes a pin an input, or an output of that level.
int32_t set_up_input(uint8_t pin, Pull pull);
int32_t set_up_output(uint8_t pin, bool high);
/// 1: high.
int32_t read_pin(uint8_t pin);
int32_t write_pin(uint8_t pin, bool high);
/// Whether changes of its level are reported to Board::pin_changed() from now on.
int32_t watch_pin(uint8_t pin, bool on);

/// The largest value of an input or output; its range begins at 0.
uint32_t analog_in_max(uint8_t channel);
uint32_t analog_out_max(uint8_t channel);
int32_t read_analog(uint8_t channel, uint32_t& value);
int32_t write_analog(uint8_t channel, uint32_t value);

/// Writes, if there is anything to write, then reads, if there is anything to read, as one transaction.
int32_t i2c_transfer(uint8_t bus, uint8_t address, std::span<const uint8_t> write, std::span<uint8_t> read);

int32_t spi_configure(uint8_t bus, uint32_t frequency, uint8_t mode, bool lsb_first);
/// Sends and receives at once: `out` may be empty (zeros are sent), `in` too (what comes is dropped);
/// otherwise they are equally long, and may be the same. The device is selected until a transfer that is the
/// `last` has ended.
int32_t spi_transfer(uint8_t bus, std::span<const uint8_t> out, std::span<uint8_t> in, bool last);

}  // namespace mote::drivers
