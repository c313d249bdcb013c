// SPDX-License-Identifier: Apache-2.0
// The main job on a board: fib(24) natively and as a module, each phase counted, and marked for the cycle
// plugin. Prints a line of JSON; scripts/demo reads it.
#include <cstdio>
#include <mote/mote.hpp>

#include "board.hpp"

extern "C" int fib_native(int n);
extern "C" const uint8_t module_begin[], module_end[];

namespace {

uint32_t started, fib_only;
int32_t printed;

void start_timer() {
  started = board::instructions();
  board::mark();
}
void end_timer() {
  board::mark();
  fib_only = board::instructions() - started;
}
void print(int32_t value) {
  printed = value;
}

constexpr mote::HostFunction kHost[] = {
    mote::bind<start_timer>("env", "start_timer"),
    mote::bind<end_timer>("env", "end_timer"),
    mote::bind<print>("env", "print"),
};

alignas(8) std::byte pool[16 * 1024];

int fail(const char* what, const mote::Error& error) {
  std::printf("{\"error\": \"%s: %s\"}\n", what, error.message);
  return 1;
}

/// Engine, load (which compiles), instantiation and the call on a tier: a line of JSON.
int run_tier(const char* tier, const mote::LoadOptions& options, uint32_t native, int native_result) {
  const uint32_t begin = board::instructions();
  mote::Engine engine(pool);
  const uint32_t load_begin = board::instructions();
  auto module = engine.load({module_begin, module_end}, options);
  if (!module) return fail("load", module.error());
  const uint32_t load = board::instructions() - load_begin;
  auto instance = engine.instantiate(*module, {.functions = kHost});
  if (!instance) return fail("instantiate", instance.error());
  const uint32_t set_up = board::instructions() - begin;
  const auto done = instance->call<int32_t>("main");
  if (!done) return fail("main", done.error());
  const auto usage = instance->usage();
  std::printf(
      "{\"board\": \"%s\", \"tier\": \"%s\", \"native\": %u, \"fib\": %u, \"set_up\": %u, \"load\": %u, "
      "\"native_result\": %d, \"result\": %d, ",
      board::kName, tier, unsigned(native), unsigned(fib_only), unsigned(set_up), unsigned(load),
      native_result, int(printed));
  std::printf("\"ram\": %u, \"ram_peak\": %u, \"linear_memory\": %u, \"code\": %u}\n",
              unsigned(engine.usage().used), unsigned(engine.usage().peak), unsigned(usage.memories),
              unsigned(module->usage().code));
  return printed == native_result ? 0 : 1;
}

/// Whether this firmware has a compiler for its CPU.
bool compiles() {
  mote::Engine engine(pool);
  return bool(engine.load({module_begin, module_end}, {.tier = mote::Tier::Native}));
}

}  // namespace

int main() {
  using mote::Bounds, mote::Tier;
  const uint32_t before = board::instructions();
  board::mark();
  const int native_result = fib_native(24);
  board::mark();
  const uint32_t native = board::instructions() - before;
  if (compiles()) {
    const mote::LoadOptions software{.tier = Tier::Native, .bounds = Bounds::Software};
    const mote::LoadOptions mpu{.tier = Tier::Native, .bounds = Bounds::Mpu};
    if (run_tier("thumb2", software, native, native_result) ||
        run_tier("thumb2-mpu", mpu, native, native_result))
      return 1;
  }
  return run_tier("vm", {}, native, native_result);
}
