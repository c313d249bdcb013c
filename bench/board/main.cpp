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
  std::printf("{\"error\": \"%s: %s\", \"detail\": %u}\n", what, error.message,
              static_cast<unsigned>(error.detail));
  return 1;
}

}  // namespace

int main() {
  mote::bench::Counter counter;
  board::mark();
  const uint32_t native_check = kernel();
  board::mark();
  const uint32_t native = counter.lap();

  mote::Engine engine(pool);
  const uint32_t set_up = counter.lap();
  auto module = engine.load({module_begin, module_end});
  if (!module) return fail("load", module.error());
  const uint32_t load = counter.lap();
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

  std::printf("{\"native\": %u, \"vm\": %u, \"engine\": %u, \"load\": %u, \"instantiate\": %u, ",
              unsigned(native), unsigned(run), unsigned(set_up), unsigned(load), unsigned(instantiate));
  std::printf("\"native_check\": \"0x%08x\", \"vm_check\": \"0x%08x\", \"pool\": %u}\n",
              unsigned(native_check), unsigned(results[0].bits), unsigned(engine.usage().peak));
  return 0;
}
