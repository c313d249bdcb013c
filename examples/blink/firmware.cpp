// SPDX-License-Identifier: Apache-2.0
// A module blinks the board's LED, which is seen on the console.
#include <cstdio>
#include <mote/mote.hpp>

#include "board.hpp"

extern "C" const uint8_t module_begin[], module_end[];

namespace {

void led(bool on) {
  std::printf("%s: led %s\n", board::kName, on ? "on" : "off");
}

constexpr mote::HostFunction kHost[] = {mote::bind<led>("env", "led")};
alignas(8) std::byte pool[8 * 1024];

int fail(const mote::Error& error) {
  std::printf("blink: %s\n", error.message);
  return 1;
}

}  // namespace

int main() {
  mote::Engine engine(pool);
  auto module = engine.load({module_begin, module_end});
  if (!module) return fail(module.error());
  auto instance = engine.instantiate(*module, {.functions = kHost});
  if (!instance) return fail(instance.error());
  auto switched = instance->call<int32_t>("blink", 3);
  if (!switched) return fail(switched.error());
  std::printf("switched %d times\n", int(*switched));
  return *switched == 6 ? 0 : 1;
}
