// SPDX-License-Identifier: Apache-2.0
// Exceptions on a board, whose profile has neither typed references nor a heap: caught with and without a
// reference, thrown again, kept in globals and tables, collected, and all gone with the instance.
#include <mote/mote.hpp>

#include <cstdio>

#include "runtime/exceptions_module.hpp"

namespace {

using mote::wasm::test::Bytes;

alignas(8) std::byte pool[24 * 1024];

unsigned failures = 0;
void expect(const char* what, bool good) {
  if (good) return;
  ++failures;
  std::printf("FAILED: %s\n", what);
}

void check_uncaught(mote::Engine& engine, const mote::Instance& instance) {
  const auto thrown = instance.call<void>("throw", 77);
  expect("uncaught", !thrown && thrown.error().trap == mote::Trap::Exception);
  mote::Extern tag;
  mote::Value payload[2] = {};
  const auto count = engine.exception(tag, payload);
  expect("payload", count && *count == 1 && payload[0].i32() == 77);
  const auto null = instance.call<void>("null", 0);
  expect("null", !null && null.error().trap == mote::Trap::NullExceptionReference);
}

void check(const Bytes& bytes, mote::Tier tier) {
  mote::Engine engine(pool);
  const auto empty = engine.usage().used;
  {
    const auto module = engine.load(bytes, {.tier = tier});
    if (!module) return expect(module.error().message, false);
    const auto instance = engine.instantiate(*module, {});
    if (!instance) return expect(instance.error().message, false);
    const auto is = [&](const char* function, int32_t argument, int32_t result) {
      const auto found = instance->call<int32_t>(function, argument);
      if (!found) std::printf("%s: %s\n", function, found.error().message);
      expect(function, found && *found == result);
    };
    is("catch", 5, 5);
    const auto before = engine.usage().used;
    for (int32_t i = 0; i < 100; ++i) is("catch", i, i);
    expect("caught without a reference, nothing is left", engine.usage().used == before);
    is("again", 1000, 500'500);
    is("global", 123, 123);
    is("table", -9, -9);
    expect("a thousand exceptions take a few KB", engine.usage().used < before + 4096);
    check_uncaught(engine, *instance);
  }
  expect("all goes with the instance", engine.usage().used == empty);
}

}  // namespace

int main() {
  const Bytes bytes = mote::wasm::test::exceptions_module();
  check(bytes, mote::Tier::Vm);
  check(bytes, mote::Tier::Native);
  std::printf(failures == 0 ? "passed\n" : "FAILED\n");
  return failures == 0 ? 0 : 1;
}
