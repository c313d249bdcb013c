// SPDX-License-Identifier: Apache-2.0
// Firmware that runs any app with the simulated board: scripts/board run FILE.wasm. Calls its export main,
// run or _start.
#include <cstdio>
#include <mote/mote.hpp>
#include <mote/simulation.hpp>

#include "board.hpp"

extern "C" const uint8_t module_begin[], module_end[];

namespace {

alignas(8) std::byte pool[64 * 1024];

void print(void*, const mote::simulation::Change& change) {
  char line[120];
  std::printf("%.*s\n", int(describe(change, line)), line);
}

int fail(const mote::Error& error) {
  std::printf("%s: %s%s%.*s\n", board::kName, error.message, error.name.empty() ? "" : ": ",
              int(error.name.size()), error.name.data());
  return 1;
}

/// The first of the usual names that the app exports.
mote::Result<mote::Function> entry(const mote::Instance& instance) {
  for (const char* name : {"main", "run"}) {
    if (auto found = instance.function(name)) return found;
  }
  return instance.function("_start");
}

}  // namespace

int main() {
  mote::devices::Board devices(mote::simulation::usual_devices());
  mote::simulation::Simulation simulation(devices);
  simulation.observe = print;
  simulation.end_ns = 10'000'000'000;
  mote::devices::App app(devices);
  mote::Engine engine(pool);
  auto module = engine.load({module_begin, module_end});
  if (!module) return fail(module.error());
  auto instance = engine.instantiate(*module, {.functions = mote::devices::kAll}, {.data = &app});
  if (!instance) return fail(instance.error());
  auto function = entry(*instance);
  if (!function) return fail(function.error());
  mote::Value result;
  const size_t results = function->type().result_count();
  auto done = function->call({}, {&result, results < 1 ? results : 1});
  if (!done && !simulation.ended) return fail(done.error());
  std::printf("%s: %s, %u bytes of RAM\n", board::kName,
              simulation.ended ? "simulated time is over" : "the app ended", unsigned(engine.usage().peak));
  return 0;
}
