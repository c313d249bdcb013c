// SPDX-License-Identifier: Apache-2.0
// Runs fib_timed under Mote, or nothing, and prints what RAM that takes as a line of JSON.
#include <cstdint>
#include <cstdio>

#if WITH_MOTE
#include <mote/mote.hpp>

extern "C" const uint8_t module_begin[], module_end[];

namespace {

constexpr uint32_t kPaint = 0xa5a5a5a5;
constexpr uint32_t kPaintedWords = 4096;
int32_t printed;

void no_timer() {}
void print(int32_t value) {
  printed = value;
}

constexpr mote::HostFunction kHost[] = {
    mote::bind<no_timer>("env", "start_timer"),
    mote::bind<no_timer>("env", "end_timer"),
    mote::bind<print>("env", "print"),
};

alignas(8) std::byte pool[96 * 1024];

/// The stack below the caller's frame, not in use now: painted, then searched for what was overwritten.
[[gnu::noinline]] volatile uint32_t* below_stack() {
  return static_cast<uint32_t*>(__builtin_frame_address(0)) - 32 - kPaintedWords;
}

[[gnu::noinline]] int run() {
  mote::Engine engine(pool);
  const auto engine_bytes = sizeof engine + engine.usage().used;
#if LOADS_IMAGE
  auto module = engine.load_image({module_begin, module_end}, {.trusted = true});
#else
  auto module = engine.load({module_begin, module_end}, {.tier = mote::Tier::TIER});
#endif
  if (!module) return std::printf("load: %s\n", module.error().message);
  const auto module_bytes = sizeof *module + engine.usage().used - (engine_bytes - sizeof engine);
  const auto before = engine.usage().used;
  auto instance = engine.instantiate(*module, {.functions = kHost});
  if (!instance) {
    const mote::Error& error = instance.error();
    return std::printf("instantiate: %s %.*s\n", error.message, static_cast<int>(error.name.size()),
                       error.name.data());
  }
  const auto instance_bytes = sizeof *instance + engine.usage().used - before - instance->usage().memories;
  const auto result = instance->call<int32_t>("main");
  if (!result) return std::printf("main: %s\n", result.error().message);
  std::printf("{\"engine_ram\": %u, \"module_ram\": %u, \"instance_ram\": %u, \"printed\": %ld, ",
              static_cast<unsigned>(engine_bytes), static_cast<unsigned>(module_bytes),
              static_cast<unsigned>(instance_bytes), static_cast<long>(printed));
  return 0;
}

}  // namespace

int main() {
  std::printf("\n");  // newlib allocates its buffer now, not in the middle
  volatile uint32_t* const stack = below_stack();
  for (uint32_t i = 0; i < kPaintedWords; ++i) stack[i] = kPaint;
  if (run() != 0) return 1;
  uint32_t clean = 0;
  while (clean < kPaintedWords && stack[clean] == kPaint) ++clean;
  std::printf("\"stack\": %u}\n", static_cast<unsigned>((kPaintedWords - clean) * sizeof(uint32_t)));
}

#else

int main() {
  std::printf("\n");
  std::printf("{%d %u %ld %s}\n", 0, 0u, 0L, "");
}

#endif
