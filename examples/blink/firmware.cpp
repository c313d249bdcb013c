// SPDX-License-Identifier: Apache-2.0
// A module blinks an LED of a simulated board; what becomes of it is seen on the console, with the time.
#include <cstdio>
#include <mote/mote.hpp>
#include <mote/simulation.hpp>

#include "board.hpp"

extern "C" const uint8_t module_begin[], module_end[];

namespace {

// What this firmware offers to its module; flash is paid for these alone.
constexpr mote::HostFunction kHost[] = {
    mote::devices::kGpioGetDigitalOut, mote::devices::kDigitalOutPinSetActive,
    mote::devices::kDigitalOutPinSetInactive, mote::devices::kDigitalOutPinDrop, mote::devices::kClockSleep};

alignas(8) std::byte pool[8 * 1024];

void print(void*, const mote::simulation::Change& change) {
  char line[80];
  std::printf("%s: %.*s\n", board::kName, int(describe(change, line)), line);
}

int fail(const mote::Error& error) {
  std::printf("blink: %s\n", error.message);
  return 1;
}

}  // namespace

int main() {
  mote::devices::Board devices(mote::simulation::usual_devices());
  mote::simulation::Simulation simulation(devices);
  simulation.observe = print;
  mote::devices::App app(devices);
  mote::Engine engine(pool);
  auto module = engine.load({module_begin, module_end});
  if (!module) return fail(module.error());
  auto instance = engine.instantiate(*module, {.functions = kHost}, {.data = &app});
  if (!instance) return fail(instance.error());
  auto switched = instance->call<int32_t>("blink", 3);
  if (!switched) return fail(switched.error());
  std::printf("switched %d times\n", int(*switched));
  return *switched == 6 ? 0 : 1;
}
