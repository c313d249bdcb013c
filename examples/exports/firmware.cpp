// SPDX-License-Identifier: Apache-2.0
// Native code calls a module's functions with arguments of every kind; one call traps, and the board goes on.
#include <cstdio>
#include <mote/mote.hpp>

extern "C" const uint8_t module_begin[], module_end[];

namespace {

alignas(8) std::byte pool[80 * 1024];

int fail(const mote::Error& error) {
  std::printf("exports: %s\n", error.message);
  return 1;
}

int check(bool good, const char* what) {
  std::printf("%s: %s\n", what, good ? "ok" : "WRONG");
  return good ? 0 : 1;
}

}  // namespace

int main() {
  mote::Engine engine(pool);
  auto module = engine.load({module_begin, module_end});
  if (!module) return fail(module.error());
  auto instance = engine.instantiate(*module);
  if (!instance) return fail(instance.error());
  const auto sum = instance->call<int32_t>("add", 2, 40);
  const auto mean = instance->call<float>("mean", 1.0f, 2.0f);
  const auto scaled = instance->call<int64_t>("scale", int64_t{1} << 40, -3);
  const auto wrong = instance->call<int32_t>("divide", 1, 0);
  const auto calls = instance->call<int32_t>("calls");
  int failures = check(sum && *sum == 42, "add(2, 40)");
  failures += check(mean && *mean == 1.5f, "mean(1, 2)");
  failures += check(scaled && *scaled == -3 * (int64_t{1} << 40), "scale(2^40, -3)");
  failures += check(!wrong && wrong.error().trap == mote::Trap::IntegerDivideByZero, "divide(1, 0) traps");
  failures += check(calls && *calls == 3, "calls() after the trap");
  return failures == 0 ? 0 : 1;
}
