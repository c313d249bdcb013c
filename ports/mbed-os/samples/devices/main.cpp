// SPDX-License-Identifier: Apache-2.0
// ports/common/pulse.c, an app that asks for "led0" by the app API, on Mbed's LED1; for ever.
#include <mbed.h>
#include <cstdio>
#include <mote/mbed_devices.hpp>
#include <mote/mote.hpp>
#include <mote/platform.hpp>

extern "C" const uint8_t pulse_begin[], pulse_end[];

namespace {

using mote::devices::Device;
using mote::devices::DeviceKind;

DigitalInOut led(LED1);
constexpr Device kDevices[] = {{"led0", DeviceKind::DigitalOut, 0}};
const mote::mbed_os::Pin kPins[] = {{.output = &led}};

// What this firmware offers to its module; flash is paid for these alone.
constexpr mote::HostFunction kHost[] = {
    mote::devices::kGpioGetDigitalOut, mote::devices::kDigitalOutPinToggle,
    mote::devices::kDigitalOutPinDrop, mote::devices::kEventsNewTimer,
    mote::devices::kTimerSet,          mote::devices::kTimerDrop,
    mote::devices::kEventsWait};

// The module has a page of 64 KiB, as the linker gives it; `mote shrink` leaves what it needs.
alignas(8) std::byte pool[80 * 1024];

int fail(const mote::Error& error) {
  std::printf("pulse: %s\n", error.message);
  return 1;
}

}  // namespace

int main() {
  std::printf("Mbed OS %d.%d.%d\n", MBED_MAJOR_VERSION, MBED_MINOR_VERSION, MBED_PATCH_VERSION);
  mote::devices::Board board(kDevices);
  mote::mbed_os::use({.board = &board, .pins = kPins});
  mote::devices::App app(board);
  mote::Engine engine(pool);
  auto module = engine.load({pulse_begin, pulse_end});
  if (!module) return fail(module.error());
  auto instance = engine.instantiate(*module, {.functions = kHost}, {.data = &app});
  if (!instance) return fail(instance.error());
  while (true) {
    const auto switched = instance->call<int32_t>("pulse", 6);
    if (!switched) return fail(switched.error());
    std::printf("%u ms: led0 was switched %d times\n", unsigned(mote::platform::monotonic_ns() / 1'000'000),
                int(*switched));
  }
}
