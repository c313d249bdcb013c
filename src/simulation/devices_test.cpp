// SPDX-License-Identifier: Apache-2.0
// The app API's host functions on the simulated board: handles, pins, analog values, buses, timers, events.
#include <gtest/gtest.h>
#include <mote/devices.hpp>
#include <mote/simulation.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace mote::devices {
namespace {

using simulation::Simulation;

/// What a host function is called with, without a guest: the functions here look at nothing but the app.
class DevicesTest : public testing::Test {
 protected:
  DevicesTest() {
    sim_.context = this;
    sim_.observe = [](void* context, const simulation::Change& change) {
      char line[128];
      static_cast<DevicesTest*>(context)->log_.emplace_back(line, describe(change, line));
    };
    sim_.print = [](void* context, std::string_view text) {
      static_cast<DevicesTest*>(context)->log_.emplace_back(text);
    };
  }

  static uint8_t index_of(std::string_view label) {
    const auto all = simulation::usual_devices();
    return static_cast<uint8_t>(
        std::find_if(all.begin(), all.end(), [&](const Device& d) { return label == d.label; }) -
        all.begin());
  }
  int32_t wait(uint32_t timeout, Event& event) {
    const HostResult<int32_t> answer =
        events_wait(context_, timeout, GuestRef<Event>(reinterpret_cast<uint8_t*>(&event)));
    return answer.status() == HostStatus::Done ? answer.value() : 1;
  }
  int32_t value(int32_t pin, uint32_t& out) {
    return analog_in_pin_read_raw(context_, pin, GuestRef<uint32_t>(reinterpret_cast<uint8_t*>(&out)));
  }

  std::vector<std::string> log_;
  Board board_{simulation::usual_devices()};
  Simulation sim_{board_};
  App app_{board_};
  // No function under test asks for the instance but to look at its memory, which they are given here.
  alignas(16) std::byte place_[16] = {};
  runtime::Instance* const none_ = reinterpret_cast<runtime::Instance*>(place_);
  Context context_{*none_, &app_};
};

TEST_F(DevicesTest, OutputsAreToldWithTheirTime) {
  const int32_t led = gpio_get_digital_out(context_, "led0", 0);
  ASSERT_GT(led, 0);
  EXPECT_EQ(digital_out_pin_set_active(context_, led), 0);
  EXPECT_EQ(digital_out_pin_set_active(context_, led), 0);  // nothing changes, nothing is told
  clock_sleep(context_, 250'000'000);
  EXPECT_EQ(digital_out_pin_toggle(context_, led), 0);
  EXPECT_EQ(digital_out_pin_set_state(context_, led, 1), 0);
  EXPECT_EQ(digital_out_pin_set_inactive(context_, led), 0);
  console_write(context_, "done");
  EXPECT_EQ(log_, (std::vector<std::string>{"     0.000 ms  led0 inactive", "     0.000 ms  led0 active",
                                            "   250.000 ms  led0 inactive", "   250.000 ms  led0 active",
                                            "   250.000 ms  led0 inactive", "done"}));
}

TEST_F(DevicesTest, ActiveLowInvertsTheLevel) {
  const int32_t out = gpio_get_digital_out(context_, "out0", static_cast<uint32_t>(DigitalFlags::ActiveLow));
  ASSERT_GT(out, 0);
  EXPECT_TRUE(sim_.high[7]);
  digital_out_pin_set_active(context_, out);
  EXPECT_FALSE(sim_.high[7]);
  const int32_t button = gpio_get_digital_in(context_, "button0", 0);
  EXPECT_EQ(digital_in_pin_read(context_, button), 0);
  EXPECT_TRUE(sim_.high[4]);
  sim_.high[4] = false;
  EXPECT_EQ(digital_in_pin_read(context_, button), 1);
  EXPECT_EQ(digital_in_pin_is_active(context_, button), 1);
  EXPECT_EQ(digital_in_pin_is_inactive(context_, button), 0);
}

TEST_F(DevicesTest, LabelsAndKindsAreChecked) {
  EXPECT_EQ(gpio_get_digital_out(context_, "led9", 0), kUndefinedPinLabel);
  EXPECT_EQ(gpio_get_digital_out(context_, "", 0), kUndefinedPinLabel);
  EXPECT_EQ(gpio_get_digital_out(context_, "button0", 0), kPinModeNotAvailable);
  EXPECT_EQ(gpio_get_digital_in(context_, "led0", 0), kPinModeNotAvailable);
  EXPECT_EQ(i2c_open_device(context_, "spi0"), kPinModeNotAvailable);
  EXPECT_EQ(gpio_get_digital_out(context_, "led0", 3), kInvalidArgument);  // high and low
  EXPECT_EQ(gpio_get_digital_in(context_, "button0", 12), kInvalidArgument);
  EXPECT_EQ(gpio_get_digital_in(context_, "button0", 16), kInvalidArgument);
  ASSERT_GT(gpio_get_digital_out(context_, "led0", 0), 0);
  EXPECT_EQ(gpio_get_digital_out(context_, "led0", 0), kAlreadyInUse);
  App other(board_);
  Context context(*none_, &other);
  EXPECT_EQ(gpio_get_digital_out(context, "led0", 0), kAlreadyInUse);
  EXPECT_GT(i2c_open_device(context_, "i2c0"), 0);
  EXPECT_GT(i2c_open_device(context, "i2c0"), 0);  // buses are shared
}

TEST_F(DevicesTest, AnAppGivesItsDevicesBack) {
  {
    App other(board_);
    Context context(*none_, &other);
    ASSERT_GT(gpio_get_digital_out(context, "led0", 0), 0);
    ASSERT_EQ(gpio_get_digital_out(context_, "led0", 0), kAlreadyInUse);
  }
  EXPECT_GT(gpio_get_digital_out(context_, "led0", 0), 0);
}

TEST_F(DevicesTest, BadHandlesAreRefused) {
  const int32_t led = gpio_get_digital_out(context_, "led0", 0);
  uint32_t raw;
  float fraction;
  uint8_t byte = 0;
  for (const int32_t bad : {0, -1, 1, 255, 256, led + 1, led + 256, INT32_MIN, INT32_MAX}) {
    EXPECT_EQ(digital_out_pin_toggle(context_, bad), kInvalidHandle) << bad;
    EXPECT_EQ(digital_in_pin_watch(context_, bad, 3), kInvalidHandle) << bad;
    EXPECT_EQ(value(bad, raw), kInvalidHandle) << bad;
    EXPECT_EQ(analog_in_pin_read(context_, bad, GuestRef<float>(reinterpret_cast<uint8_t*>(&fraction))),
              kInvalidHandle);
    EXPECT_EQ(analog_out_pin_set_value(context_, bad, 0), kInvalidHandle) << bad;
    EXPECT_EQ(i2c_read(context_, bad, 1, GuestSpan<uint8_t>(&byte, 1)), kInvalidHandle) << bad;
    EXPECT_EQ(spi_device_transfer(context_, bad, GuestSpan<uint8_t>(&byte, 1)), kInvalidHandle) << bad;
    EXPECT_EQ(timer_set(context_, bad, 1, 1), kInvalidHandle) << bad;
    drop(context_, bad);
  }
  EXPECT_EQ(digital_in_pin_read(context_, led), kInvalidHandle);  // of another kind
  drop(context_, led);
  EXPECT_EQ(digital_out_pin_toggle(context_, led), kInvalidHandle);
  const int32_t again = gpio_get_digital_out(context_, "led0", 0);
  EXPECT_NE(again, led);
  EXPECT_EQ(digital_out_pin_toggle(context_, led), kInvalidHandle);
  EXPECT_EQ(digital_out_pin_toggle(context_, again), 0);
}

TEST_F(DevicesTest, HandlesAndTimersAreLimited) {
  for (uint32_t i = 0; i < App::kTimers; ++i) EXPECT_GT(events_new_timer(context_), 0);
  EXPECT_EQ(events_new_timer(context_), kTooManyHandles);
  for (uint32_t i = App::kTimers; i < App::kHandles; ++i) EXPECT_GT(i2c_open_device(context_, "i2c0"), 0);
  EXPECT_EQ(i2c_open_device(context_, "i2c0"), kTooManyHandles);
}

TEST_F(DevicesTest, AnalogValues) {
  const simulation::Stimulus script[] = {{.at_ns = 10'000, .device = index_of("adc0"), .value = 9999}};
  sim_.script = script;
  const int32_t in = gpio_get_analog_in(context_, "adc0"), out = gpio_get_analog_out(context_, "pwm0");
  uint32_t raw = 1;
  EXPECT_EQ(value(in, raw), 0);
  EXPECT_EQ(raw, 0u);
  clock_sleep(context_, 20'000);
  EXPECT_EQ(value(in, raw), 0);
  EXPECT_EQ(raw, Simulation::kAdcMax);
  float fraction = 0;
  EXPECT_EQ(analog_in_pin_read(context_, in, GuestRef<float>(reinterpret_cast<uint8_t*>(&fraction))), 0);
  EXPECT_EQ(fraction, 1.0f);
  EXPECT_EQ(analog_out_pin_set_value(context_, out, 0.5f), 0);
  EXPECT_EQ(sim_.pwm[0], 32768u);
  EXPECT_EQ(analog_out_pin_set_value(context_, out, 1.0f), 0);
  EXPECT_EQ(sim_.pwm[0], Simulation::kPwmMax);
  EXPECT_EQ(analog_out_pin_set_value_raw(context_, out, ~0u), 0);
  EXPECT_EQ(sim_.pwm[0], Simulation::kPwmMax);
  for (const float bad : {-0.1f, 1.1f, std::numeric_limits<float>::quiet_NaN()})
    EXPECT_EQ(analog_out_pin_set_value(context_, out, bad), kInvalidArgument);
}

TEST_F(DevicesTest, I2cRegisters) {
  uint8_t registers[] = {0x19, 0x80, 0};
  simulation::I2cTarget target{.bus = 0, .address = 0x48, .registers = registers};
  sim_.i2c = {&target, 1};
  const int32_t bus = i2c_open_device(context_, "i2c0");
  const uint8_t first[] = {0};
  uint8_t two[2] = {};
  EXPECT_EQ(i2c_write_read(context_, bus, 0x48, GuestSpan<const uint8_t>(const_cast<uint8_t*>(first), 1),
                           GuestSpan<uint8_t>(two, 2)),
            0);
  EXPECT_EQ(two[0], 0x19);
  EXPECT_EQ(two[1], 0x80);
  uint8_t set[] = {2, 7, 8};
  EXPECT_EQ(i2c_write(context_, bus, 0x48, GuestSpan<const uint8_t>(set, 2)), 0);
  EXPECT_EQ(registers[2], 7);
  EXPECT_EQ(i2c_write(context_, bus, 0x48, GuestSpan<const uint8_t>(set, 3)), kNoAcknowledgeData);
  EXPECT_EQ(i2c_read(context_, bus, 0x49, GuestSpan<uint8_t>(two, 2)), kNoAcknowledgeAddress);
  EXPECT_EQ(i2c_read(context_, bus, 128, GuestSpan<uint8_t>(two, 2)), kInvalidArgument);
  ASSERT_EQ(log_.size(), 4u);
  EXPECT_EQ(log_[0], "     0.000 ms  i2c0 0x48 wrote 00 read 19 80");
  EXPECT_EQ(log_[3], "     0.000 ms  i2c0 0x49 failed: no-acknowledge-address");
}

TEST_F(DevicesTest, SpiTransfers) {
  const int32_t bus = spi_open_device(context_, "spi0");
  EXPECT_EQ(spi_device_configure(context_, bus, 0, 0, 0), kInvalidArgument);
  EXPECT_EQ(spi_device_configure(context_, bus, 1000, 4, 0), kInvalidArgument);
  EXPECT_EQ(spi_device_configure(context_, bus, 1000, 3, 2), kInvalidArgument);
  EXPECT_EQ(spi_device_configure(context_, bus, 1'000'000, 3, 1), 0);
  uint8_t bytes[20];
  for (uint8_t i = 0; i < 20; ++i) bytes[i] = i;
  EXPECT_EQ(spi_device_transfer(context_, bus, GuestSpan<uint8_t>(bytes, 20)), 0);  // sent back
  EXPECT_EQ(bytes[19], 19);
  const uint8_t sends[] = {0xaa, 0xbb, 0xcc};
  simulation::SpiTarget target{.bus = 0, .sends = sends};
  sim_.spi = {&target, 1};
  EXPECT_EQ(spi_device_read(context_, bus, GuestSpan<uint8_t>(bytes, 2)), 0);
  EXPECT_EQ(spi_device_transfer(context_, bus, GuestSpan<uint8_t>(bytes, 2)), 0);
  EXPECT_EQ(bytes[0], 0xcc);
  EXPECT_EQ(log_.back(), "     0.000 ms  spi0 wrote aa bb read cc aa");
  uint8_t command[] = {0x9f};
  EXPECT_EQ(spi_device_write_read(context_, bus, GuestSpan<const uint8_t>(command, 1),
                                  GuestSpan<uint8_t>(bytes, 2)),
            0);
  ASSERT_GE(log_.size(), 2u);
  EXPECT_EQ(log_[log_.size() - 2], "     0.000 ms  spi0 wrote 9f");
  EXPECT_EQ(log_.back(), "     0.000 ms  spi0 read cc aa");
  EXPECT_EQ(
      spi_device_write_read(context_, 0, GuestSpan<const uint8_t>(command, 1), GuestSpan<uint8_t>(bytes, 2)),
      kInvalidHandle);
}

TEST_F(DevicesTest, TimersAndPinsComeInOrder) {
  const uint8_t button = index_of("button0");
  const simulation::Stimulus script[] = {{.at_ns = 15'000'000, .device = button, .value = 1},
                                         {.at_ns = 16'000'000, .device = button, .value = 1},
                                         {.at_ns = 25'000'000, .device = button, .value = 0}};
  sim_.script = script;
  const int32_t pin = gpio_get_digital_in(context_, "button0", 0), timer = events_new_timer(context_);
  EXPECT_EQ(digital_in_pin_watch(context_, pin, 4), kInvalidArgument);
  EXPECT_EQ(digital_in_pin_watch(context_, pin, 3), 0);
  EXPECT_EQ(timer_set(context_, timer, 10, 10), 0);
  std::vector<std::pair<uint64_t, int32_t>> seen;
  Event event;
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(wait(1000, event), 0);
    seen.emplace_back(event.time / 1'000'000, event.source == pin ? static_cast<int32_t>(event.value) : -1);
  }
  EXPECT_EQ(seen, (decltype(seen){{10, -1}, {15, 1}, {20, -1}, {25, 0}, {30, -1}}));
  drop(context_, timer);
  EXPECT_EQ(wait(5, event), kTimedOut);
  EXPECT_EQ(sim_.now_ns / 1'000'000, 35u);
}

TEST_F(DevicesTest, LateTimersAreOneEvent) {
  const int32_t timer = events_new_timer(context_);
  timer_set(context_, timer, 10, 10);
  clock_sleep(context_, 35'000'000);
  Event event;
  ASSERT_EQ(wait(0, event), 0);
  EXPECT_EQ(event.value, 3u);
  EXPECT_EQ(event.time, 10'000'000u);
  ASSERT_EQ(wait(1000, event), 0);
  EXPECT_EQ(event.value, 1u);
  EXPECT_EQ(event.time, 40'000'000u);
}

TEST_F(DevicesTest, LostEventsAreSaid) {
  const int32_t pin = gpio_get_digital_in(context_, "in0", 0);
  digital_in_pin_watch(context_, pin, 1);
  for (uint32_t i = 0; i <= App::kEvents; ++i) board_.pin_changed(6, true, i);
  board_.pin_changed(6, false, 99);  // not watched for
  Event event;
  EXPECT_EQ(wait(0, event), kOverrun);
  for (uint32_t i = 0; i < App::kEvents; ++i) {
    ASSERT_EQ(wait(0, event), 0);
    EXPECT_EQ(event.time, i);
  }
  EXPECT_EQ(wait(0, event), kTimedOut);
}

TEST_F(DevicesTest, WaitingSuspends) {
  app_.suspends = true;
  EXPECT_EQ(clock_sleep(context_, 1'000'000).status(), HostStatus::Waiting);
  EXPECT_EQ(app_.wakes_at(), 1'000'000u);
  sim_.advance(999'999);
  EXPECT_EQ(clock_sleep(context_, 1'000'000).status(), HostStatus::Waiting);  // the same sleep
  sim_.advance(1'000'000);
  EXPECT_EQ(clock_sleep(context_, 1'000'000).status(), HostStatus::Done);
  EXPECT_EQ(clock_sleep(context_, 1'000'000).status(), HostStatus::Waiting);  // the next
  EXPECT_EQ(app_.wakes_at(), 2'000'000u);
}

TEST_F(DevicesTest, TheEndOfTheSimulationTraps) {
  sim_.end_ns = 100;
  EXPECT_EQ(clock_sleep(context_, 50).status(), HostStatus::Done);
  EXPECT_EQ(clock_sleep(context_, ~uint64_t{0}).status(), HostStatus::Trapped);
  EXPECT_TRUE(sim_.ended);
  EXPECT_EQ(sim_.now_ns, 100u);
  sim_.end_ns = ~uint64_t{0};
  Event event;
  EXPECT_EQ(events_wait(context_, ~0u, GuestRef<Event>(reinterpret_cast<uint8_t*>(&event))).status(),
            HostStatus::Trapped);
  EXPECT_TRUE(sim_.starved);
}

TEST_F(DevicesTest, ALoopThatAsksForTheTimeEnds) {
  const uint64_t begin = clock_now(context_);
  int turns = 0;
  while (clock_now(context_) - begin < 1'000'000 && turns < 10'000) ++turns;
  EXPECT_EQ(turns, 999);
  EXPECT_GT(clock_wall(context_), 1'600'000'000'000'000'000u);
}

}  // namespace
}  // namespace mote::devices
