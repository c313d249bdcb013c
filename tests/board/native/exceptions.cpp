// SPDX-License-Identifier: Apache-2.0
// Exceptions on a board, whose profile has neither typed references nor a heap: caught with and without a
// reference, thrown again, kept in globals and tables, collected, and all gone with the instance.
#include <mote/mote.hpp>

#include <cstdio>

#include "wasm/module_builder.hpp"

namespace {

using mote::wasm::test::append;
using mote::wasm::test::Bytes;
using mote::wasm::test::join;
using mote::wasm::test::ModuleBuilder;
using mote::wasm::test::name;

alignas(8) std::byte pool[24 * 1024];

/// The value of an exception that `rethrow` throws.
Bytes payload_of(const Bytes& rethrow) {
  return join({{0x02, 0x7f, 0x1f, 0x40, 1, 0, 0, 0}, rethrow, {0x0a, 0x0b, 0x00, 0x0b}});
}
/// An exnref of throw(local 0).
const Bytes kCaught = {0x02, 0x69, 0x1f, 0x40, 1, 3, 0, 0x20, 0, 0x10, 0, 0x0b, 0x00, 0x0b};

/// "throw"(x); "catch"(x): x; "again"(n): 1 + ... + n, each by an exception that is thrown twice and kept in
/// global 0; "global"(x) and "table"(x): x, by an exception that is kept there while a hundred others come
/// and go; "null".
Bytes make_module() {
  const auto exported = [](const char* text, uint8_t function) { return join({name(text), {0, function}}); };
  const Bytes churn = {0x41, 0xe4, 0, 0x10, 2, 0x1a};
  return ModuleBuilder()
      .types({{0x60, 1, 0x7f, 0}, {0x60, 1, 0x7f, 1, 0x7f}})
      .functions({{0}, {1}, {1}, {1}, {1}, {0}})
      .section(4, {1, 0x69, 0, 1})
      .section(13, {1, 0, 0})
      .section(6, {2, 0x69, 1, 0xd0, 0x69, 0x0b, 0x69, 1, 0xd0, 0x69, 0x0b})
      .exports({exported("throw", 0), exported("catch", 1), exported("again", 2), exported("global", 3),
                exported("table", 4), exported("null", 5)})
      .code({{0, 0x20, 0, 0x08, 0, 0x0b},
             {0, 0x02, 0x7f, 0x1f, 0x40, 1, 0, 0, 0, 0x20, 0, 0x10, 0, 0x0b, 0x41, 0x7f, 0x0b, 0x0b},
             join({{1, 1, 0x7f, 0x03, 0x40},
                   kCaught,
                   {0x24, 0},
                   payload_of({0x23, 0}),
                   {0x20, 1, 0x6a, 0x21, 1, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x20, 1, 0x0b}}),
             join({{0}, kCaught, {0x24, 1}, churn, payload_of({0x23, 1}), {0x0b}}),
             join({{0, 0x41, 0}, kCaught, {0x26, 0}, churn, payload_of({0x41, 0, 0x25, 0}), {0x0b}}),
             {0, 0xd0, 0x69, 0x0a, 0x0b}})
      .bytes;
}

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
  const Bytes bytes = make_module();
  check(bytes, mote::Tier::Vm);
  check(bytes, mote::Tier::Native);
  std::printf(failures == 0 ? "passed\n" : "FAILED\n");
  return failures == 0 ? 0 : 1;
}
