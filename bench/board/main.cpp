// SPDX-License-Identifier: Apache-2.0
// One kernel on the board: natively, then as a module on Mote, each phase counted. Prints one line of JSON;
// scripts/bench reads it.
#include <cstdio>
#include <mote/mote.hpp>

#include "counter.hpp"

extern "C" uint32_t kernel();
extern "C" const uint8_t module_begin[], module_end[];

namespace {

alignas(8) std::byte pool[88 * 1024];

int fail(const char* what, const mote::Error& error) {
  std::printf(", \"error\": \"%s: %s\", \"detail\": %u", what, error.message,
              static_cast<unsigned>(error.detail));
  return 1;
}

/// Engine, load, instantiate and one run on a tier: a member of the line of JSON for each figure.
int run_tier(mote::bench::Counter& counter, const char* name, const mote::LoadOptions& options) {
  counter.lap();
  mote::Engine engine(pool);
  const uint32_t set_up = counter.lap();
  auto module = engine.load({module_begin, module_end}, options);
  if (!module) return fail("load", module.error());
  const uint32_t load = counter.lap();
  const size_t load_peak = engine.usage().peak;
  counter.lap();
  auto instance = engine.instantiate(*module, {}, {.stack_bytes = 2048});
  if (!instance) return fail("instantiate", instance.error());
  const uint32_t instantiate = counter.lap();
  auto function = instance->function("kernel");
  if (!function) return fail("kernel", function.error());
  mote::Value results[] = {mote::Value::i32(0)};
  counter.lap();
  board::mark();
  const auto done = function->call({}, results);
  board::mark();
  const uint32_t run = counter.lap();
  if (!done) return fail("call", done.error());
  std::printf(
      ", \"%s\": %u, \"%s_check\": \"0x%08x\", \"%s_engine\": %u, \"%s_load\": %u, \"%s_instantiate\": %u",
      name, unsigned(run), name, unsigned(results[0].bits), name, unsigned(set_up), name, unsigned(load),
      name, unsigned(instantiate));
  std::printf(", \"%s_code\": %u, \"%s_pool\": %u, \"%s_load_peak\": %u", name,
              unsigned(module->usage().code), name, unsigned(engine.usage().peak), name, unsigned(load_peak));
  return 0;
}

}  // namespace

int main() {
  mote::bench::Counter counter;
  board::mark();
  const uint32_t native_check = kernel();
  board::mark();
  const uint32_t native = counter.lap();
  std::printf("{\"native\": %u, \"native_check\": \"0x%08x\"", unsigned(native), unsigned(native_check));
  using mote::Bounds, mote::Tier;
  const bool failed = run_tier(counter, "vm", {}) ||
                      run_tier(counter, "thumb2", {.tier = Tier::Native, .bounds = Bounds::Software}) ||
                      run_tier(counter, "thumb2-mpu", {.tier = Tier::Native, .bounds = Bounds::Mpu});
  std::printf("}\n");
  return failed ? 1 : 0;
}
