// SPDX-License-Identifier: Apache-2.0
// Runs fib_timed under Mote, or nothing, and prints what RAM that takes as a line of JSON.
#include <cstddef>
#include <cstdint>
#include <cstdio>

#if WITH_MOTE
#include <mote/mote.hpp>
#endif

namespace {

/// What one run took. Measuring and printing is in both firmwares: it is not Mote's flash.
struct Figures {
  size_t engine, module, instance;
  int32_t printed;
};
volatile Figures figures;

constexpr uint32_t kPaint = 0xa5a5a5a5;
constexpr uint32_t kPaintedWords = 4096;

/// The stack below the caller's frame, not in use now: painted, then searched for what was overwritten.
[[gnu::noinline]] volatile uint32_t* below_stack() {
  return static_cast<uint32_t*>(__builtin_frame_address(0)) - 32 - kPaintedWords;
}

[[gnu::noinline]] int failed(const char* message, const char* name, int name_size) {
  return std::printf("%s %.*s\n", message, name_size, name);
}

#if WITH_MOTE

extern "C" const uint8_t module_begin[], module_end[];

void no_timer() {}
void print(int32_t value) {
  figures.printed = value;
}

constexpr mote::HostFunction kHost[] = {
    mote::bind<no_timer>("env", "start_timer"),
    mote::bind<no_timer>("env", "end_timer"),
    mote::bind<print>("env", "print"),
};

alignas(8) std::byte pool[96 * 1024];

int failed(const mote::Error& error) {
  return failed(error.message, error.name.data(), static_cast<int>(error.name.size()));
}

[[gnu::noinline]] int run() {
  mote::Engine engine(pool);
  figures.engine = sizeof engine + engine.usage().used;
#if LOADS_IMAGE
  auto module = engine.load_image({module_begin, module_end}, {.trusted = true});
#else
  auto module = engine.load({module_begin, module_end}, {.tier = mote::Tier::TIER});
#endif
  if (!module) return failed(module.error());
  figures.module = sizeof *module + engine.usage().used - (figures.engine - sizeof engine);
  const auto before = engine.usage().used;
  auto instance = engine.instantiate(*module, {.functions = kHost});
  if (!instance) return failed(instance.error());
  figures.instance = sizeof *instance + engine.usage().used - before - instance->usage().memories;
  const auto result = instance->call<int32_t>("main");
  if (!result) return failed(result.error());
  return 0;
}

#else

[[gnu::noinline]] int run() {
  return figures.printed == 0 ? 0 : failed("", "", 0);
}

#endif

}  // namespace

int main() {
  std::printf("\n");  // newlib allocates its buffer now, not in the middle
  volatile uint32_t* const stack = below_stack();
  for (uint32_t i = 0; i < kPaintedWords; ++i) stack[i] = kPaint;
  if (run() != 0) return 1;
  uint32_t clean = 0;
  while (clean < kPaintedWords && stack[clean] == kPaint) ++clean;
  std::printf(
      "{\"engine_ram\": %u, \"module_ram\": %u, \"instance_ram\": %u, \"printed\": %ld, \"stack\": %u}\n",
      static_cast<unsigned>(figures.engine), static_cast<unsigned>(figures.module),
      static_cast<unsigned>(figures.instance), static_cast<long>(figures.printed),
      static_cast<unsigned>((kPaintedWords - clean) * sizeof(uint32_t)));
}
