// SPDX-License-Identifier: Apache-2.0
// Calls of host functions by native code on a Cortex-M: that every type arrives, and what a call costs.
#include <board.hpp>
#include <mote/mote.hpp>

#include <cstdio>

#include "wasm/module_builder.hpp"

namespace {

using mote::wasm::test::Bytes;
using mote::wasm::test::join;
using mote::wasm::test::ModuleBuilder;
using mote::wasm::test::name;

alignas(8) std::byte pool[256 * 1024];

int32_t plus(int32_t a, int32_t b) {
  return a + b;
}
double scale(double a, float b) {
  return a * static_cast<double>(b);
}
int64_t mix(int32_t a, int64_t b) {
  return b * 2 + a;
}
const mote::Instance* g_instance = nullptr;
int32_t back(int32_t pages) {
  const auto before = g_instance->call<int32_t>("grow", pages);
  return before ? *before : -2;
}

constexpr mote::HostFunction kDirect[] = {mote::bind<plus>("env", "plus"), mote::bind<scale>("env", "scale"),
                                          mote::bind<mix>("env", "mix"), mote::bind<back>("env", "back")};

/// plus, scale and mix by their names; "calls": n times x = plus(x, 3); "turns": the same without the call;
/// "after": [x] = 7, x + back(1) + [x]; "grow".
Bytes make_module() {
  const auto loop = [](const Bytes& body) {
    return join(
        {{1, 1, 0x7f, 0x03, 0x40}, body, {0x20, 0, 0x41, 0x7f, 0x6a, 0x22, 0, 0x0d, 0, 0x0b, 0x20, 1, 0x0b}});
  };
  const auto import = [](const char* text, uint8_t type) {
    return join({name("env"), name(text), {0, type}});
  };
  const auto exported = [](const char* text, uint8_t function) { return join({name(text), {0, function}}); };
  return ModuleBuilder()
      .types({{0x60, 2, 0x7f, 0x7f, 1, 0x7f},
              {0x60, 2, 0x7c, 0x7d, 1, 0x7c},
              {0x60, 2, 0x7f, 0x7e, 1, 0x7e},
              {0x60, 1, 0x7f, 1, 0x7f}})
      .imports({import("plus", 0), import("scale", 1), import("mix", 2), import("back", 3)})
      .functions({{0}, {1}, {2}, {3}, {3}, {3}, {3}})
      .memories({{1, 1, 2}})
      .exports({exported("plus", 4), exported("scale", 5), exported("mix", 6), exported("calls", 7),
                exported("turns", 8), exported("after", 9), exported("grow", 10)})
      .code({{0, 0x20, 0, 0x20, 1, 0x10, 0, 0x0b},
             {0, 0x20, 0, 0x20, 1, 0x10, 1, 0x0b},
             {0, 0x20, 0, 0x20, 1, 0x10, 2, 0x0b},
             loop({0x20, 1, 0x41, 3, 0x10, 0, 0x21, 1}),
             loop({0x20, 1, 0x41, 3, 0x6a, 0x21, 1}),
             {0, 0x20, 0, 0x41, 7,    0x36, 2,    0, 0x20, 0,    0x41,
              1, 0x10, 3, 0x6a, 0x20, 0,    0x28, 2, 0,    0x6a, 0x0b},
             {0, 0x20, 0, 0x40, 0, 0x0b}})
      .bytes;
}

unsigned failures = 0;
void expect(const char* what, bool good) {
  if (good) return;
  ++failures;
  std::printf("FAILED: %s\n", what);
}

constexpr int32_t kCalls = 10'000;

/// Instructions of a function for each of its turns.
uint32_t cost(const mote::Instance& instance, const char* function) {
  const uint32_t before = board::instructions();
  const auto done = instance.call<int32_t>(function, kCalls);
  const uint32_t after = board::instructions();
  expect(function, done && *done == 3 * kCalls);
  return (after - before + kCalls / 2) / kCalls;
}

/// What a call costs beyond the loop around it.
uint32_t check(const Bytes& bytes, std::span<const mote::HostFunction> functions, mote::Bounds bounds) {
  mote::Engine engine(pool);
  const auto module = engine.load(bytes, {.tier = mote::Tier::Native, .bounds = bounds});
  if (!module) return expect(module.error().message, false), 0;
  const auto instance = engine.instantiate(*module, {.functions = functions}, {.stack_bytes = 4096});
  if (!instance) return expect(instance.error().message, false), 0;
  g_instance = &*instance;
  expect("plus", *instance->call<int32_t>("plus", 4, -9) == -5);
  expect("scale", *instance->call<double>("scale", 1.5e100, -2.0f) == -3e100);
  expect("mix", *instance->call<int64_t>("mix", -5, int64_t{1} << 40) == (int64_t{2} << 40) - 5);
  expect("after", *instance->call<int32_t>("after", 1000) == 1000 + 1 + 7);
  return cost(*instance, "calls") - cost(*instance, "turns");
}

}  // namespace

int main() {
  mote::HostFunction by_thunk[std::size(kDirect)];
  for (size_t i = 0; i < std::size(kDirect); ++i) {
    by_thunk[i] = kDirect[i];
    by_thunk[i].direct = nullptr;
  }
  const Bytes bytes = make_module();
  const uint32_t direct = check(bytes, kDirect, mote::Bounds::Software);
  const uint32_t mpu = check(bytes, kDirect, mote::Bounds::Mpu);
  const uint32_t thunk = check(bytes, by_thunk, mote::Bounds::Software);
  std::printf("instructions for a call: directly %u, with the MPU %u, by the thunk %u\n", unsigned(direct),
              unsigned(mpu), unsigned(thunk));
  expect("a direct call is cheap", direct < 40 && mpu < 40);
  std::printf(failures == 0 ? "passed\n" : "failed\n");
  return failures == 0 ? 0 : 1;
}
