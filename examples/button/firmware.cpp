// SPDX-License-Identifier: Apache-2.0
// The button on a simulated board, whose script is a part of the firmware: the timeline is the one that
// `mote run --device sim=script.json` prints on the desk.
#include <cstdio>
#include <mote/mote.hpp>
#include <mote/simulation.hpp>

#include "board.hpp"

extern "C" const uint8_t module_begin[], module_end[];

namespace {

using mote::simulation::Stimulus;

// The module has a page of 64 KiB, as the linker gives it; `mote shrink` leaves what it needs.
alignas(8) std::byte pool[80 * 1024];

void print(void*, const mote::simulation::Change& change) {
  char line[80];
  std::printf("%s: %.*s\n", board::kName, int(describe(change, line)), line);
}

int fail(const mote::Error& error) {
  std::printf("button: %s\n", error.message);
  return 1;
}

uint8_t index_of(std::span<const mote::devices::Device> devices, std::string_view label) {
  uint8_t i = 0;
  while (label != devices[i].label) ++i;
  return i;
}

}  // namespace

int main() {
  const auto usual = mote::simulation::usual_devices();
  const uint8_t button = index_of(usual, "button0");
  const Stimulus script[] = {{.at_ns = 130'000'000, .device = button, .value = 1},
                             {.at_ns = 180'000'000, .device = button, .value = 0},
                             {.at_ns = 250'000'000, .device = button, .value = 1},
                             {.at_ns = 260'000'000, .device = button, .value = 0},
                             {.at_ns = 410'500'000, .device = button, .value = 1}};
  mote::devices::Board devices(usual);
  mote::simulation::Simulation simulation(devices);
  simulation.observe = print;
  simulation.script = script;
  mote::devices::App app(devices);
  mote::Engine engine(pool);
  auto module = engine.load({module_begin, module_end});
  if (!module) return fail(module.error());
  auto instance = engine.instantiate(*module, {.functions = mote::devices::kAll}, {.data = &app});
  if (!instance) return fail(instance.error());
  auto presses = instance->call<int32_t>("button");
  if (!presses) return fail(presses.error());
  std::printf("pressed %d times\n", int(*presses));
  return *presses == 3 ? 0 : 1;
}
