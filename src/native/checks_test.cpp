// SPDX-License-Identifier: Apache-2.0
// Bounds checks that compilers leave out: each rule with accesses that it must not leave out, and with ones
// that are valid though they look bold. Every tier must agree with what the comment says.
#include <gtest/gtest.h>
#include <mote/mote.hpp>

#include <cstring>
#include <vector>

#include "config/tiers.hpp"
#include "wasm/module_builder.hpp"

namespace mote {
namespace {

using wasm::test::append;
using wasm::test::Bytes;
using wasm::test::join;
using wasm::test::leb128;
using wasm::test::ModuleBuilder;
using wasm::test::name;

constexpr uint32_t kPage = 65536;
constexpr uint8_t kI32 = 0x7f, kEnd = 0x0b;

Bytes constant(int32_t value) {
  Bytes bytes = {0x41};
  for (int64_t left = value;;) {
    const auto byte = static_cast<uint8_t>(left & 0x7f);
    left >>= 7;
    const bool last = (left == 0 && (byte & 0x40) == 0) || (left == -1 && (byte & 0x40) != 0);
    bytes.push_back(last ? byte : static_cast<uint8_t>(byte | 0x80));
    if (last) return bytes;
  }
}
Bytes get(uint8_t local) {
  return {0x20, local};
}
Bytes set(uint8_t local) {
  return {0x21, local};
}
Bytes tee(uint8_t local) {
  return {0x22, local};
}
Bytes access(uint8_t op, uint32_t offset) {
  return join({{op, 0}, leb128(offset)});
}
Bytes load(uint32_t offset = 0) {
  return access(0x28, offset);
}
Bytes load8(uint32_t offset = 0) {
  return access(0x2d, offset);
}
Bytes store(uint32_t offset = 0) {
  return access(0x36, offset);
}
Bytes plus(int32_t value) {
  return join({constant(value), {0x6a}});
}
const Bytes kAdd = {0x6a}, kDrop = {0x1a}, kIf = {0x04, 0x40}, kElse = {0x05}, kBlock = {0x02, 0x40},
            kLoop = {0x03, 0x40}, kClose = {0x0b}, kShiftLeft = {0x74}, kAnd = {0x71}, kSelect = {0x1b};

/// A function (p, q) -> i32 with four more locals of i32, the first to call as "f"; a page of memory whose
/// words hold their own address. `grow` is function 1: it adds a page. Table 0 is not there.
Bytes module_of(const std::vector<Bytes>& body) {
  Bytes code = {1, 4, kI32};
  for (const Bytes& piece : body) append(code, piece);
  code.push_back(kEnd);
  return ModuleBuilder()
      .types({{0x60, 2, kI32, kI32, 1, kI32}, {0x60, 0, 1, kI32}})
      .functions({{0}, {1}})
      .memories({{0, 1}})
      .exports({join({name("f"), {0, 0}}), join({name("memory"), {2, 0}})})
      .code({code, {0, 0x41, 1, 0x40, 0, kEnd}})
      .bytes;
}

struct Outcome {
  Trap trap = Trap::None;
  uint32_t result = 0;
  std::vector<uint8_t> memory;
};

class Checks : public testing::TestWithParam<LoadOptions> {
 protected:
  Outcome run(const std::vector<Bytes>& body, uint32_t p, uint32_t q) {
    Outcome outcome;
    std::vector<std::byte> pool(1 << 20);
    Engine engine(pool);
    const Bytes bytes = module_of(body);
    const auto module = engine.load(bytes, GetParam());
    EXPECT_TRUE(module) << module.error().message << " at " << module.error().offset;
    if (!module) return outcome;
    const auto instance = engine.instantiate(*module, {}, {.stack_bytes = 4096});
    EXPECT_TRUE(instance);
    if (!instance) return outcome;
    const auto memory = instance->memory("memory");
    for (uint32_t at = 0; at < memory.size(); at += 4) std::memcpy(memory.data() + at, &at, 4);
    std::vector<Value> results(1);
    const std::vector<Value> arguments = {Value::i32(static_cast<int32_t>(p)),
                                          Value::i32(static_cast<int32_t>(q))};
    const auto done = instance->function("f")->call(arguments, results);
    if (!done) outcome.trap = done.error().trap;
    EXPECT_TRUE(done || outcome.trap != Trap::None) << done.error().message;
    if (done) outcome.result = static_cast<uint32_t>(results[0].bits);
    const auto after = instance->memory("memory");
    outcome.memory.assign(after.begin(), after.end());
    return outcome;
  }
  void expect_value(const std::vector<Bytes>& body, uint32_t p, uint32_t q, uint32_t value) {
    const Outcome outcome = run(body, p, q);
    EXPECT_EQ(outcome.trap, Trap::None) << "p " << p << " q " << q;
    EXPECT_EQ(outcome.result, value) << "p " << p << " q " << q;
  }
  void expect_trap(const std::vector<Bytes>& body, uint32_t p, uint32_t q) {
    EXPECT_EQ(run(body, p, q).trap, Trap::MemoryOutOfBounds) << "p " << p << " q " << q;
  }
};

TEST_P(Checks, OneCheckForSeveralAccesses) {
  const std::vector<Bytes> fields = {get(0), load(), get(0), load(200), kAdd, get(0), load(100), kAdd};
  expect_value(fields, 1000, 0, 3 * 1000 + 300);
  expect_value(fields, kPage - 204, 0, 3 * (kPage - 204) + 300);
  expect_trap(fields, kPage - 203, 0);
  expect_trap(fields, kPage - 4, 0);
  expect_trap(fields, 0xffff'fff8, 0);
  // From the top down, as unrolled loops are compiled.
  const std::vector<Bytes> down = {get(0), plus(336), load(), get(0), plus(112),
                                   load(), kAdd,      get(0), load(), kAdd};
  expect_value(down, 2000, 0, 3 * 2000 + 448);
  expect_trap(down, kPage - 336, 0);
}

TEST_P(Checks, AStoreBeforeATrapIsSeen) {
  const std::vector<Bytes> body = {get(0), get(1), store(), get(0), load(100)};
  const uint32_t p = kPage - 8;
  const Outcome outcome = run(body, p, 0x1234'5678);
  EXPECT_EQ(outcome.trap, Trap::MemoryOutOfBounds);
  uint32_t stored = 0;
  std::memcpy(&stored, outcome.memory.data() + p, 4);
  EXPECT_EQ(stored, 0x1234'5678u);
}

TEST_P(Checks, ADivisionBeforeATrapTraps) {
  const std::vector<Bytes> body = {get(0), load(), get(1), {0x6e}, get(0), load(100), kAdd};
  EXPECT_EQ(run(body, kPage - 8, 0).trap, Trap::IntegerDivideByZero);
  EXPECT_EQ(run(body, kPage - 8, 1).trap, Trap::MemoryOutOfBounds);
}

TEST_P(Checks, SumsMayWrap) {
  const std::vector<Bytes> body = {get(0), plus(16), load(), get(0), plus(12), load(), kAdd};
  expect_value(body, 0xffff'fff8, 0, 8 + 4);
  expect_trap(body, 0xffff'fff0, 0);  // 0 and -4
  const std::vector<Bytes> then = {get(0), plus(16), load(), get(0), load(), kAdd};
  expect_trap(then, 0xffff'fff8, 0);
  const std::vector<Bytes> between = {get(0), plus(16), load(), get(0), plus(4), load(), kAdd};
  expect_trap(between, 0xffff'fff8, 0);
  const std::vector<Bytes> array = {get(0), plus(2048), load(), get(0), plus(2052), load(), kAdd};
  expect_value(array, static_cast<uint32_t>(-1024), 0, 1024 + 1028);
  expect_trap(array, static_cast<uint32_t>(-2052), 0);
}

TEST_P(Checks, OffsetsDoNotWrap) {
  expect_trap({get(0), load(16)}, 0xffff'fff8, 0);
  expect_trap({get(0), plus(8), load(16)}, 0xffff'fff0, 0);
}

TEST_P(Checks, FactsMoveWithTheLocal) {
  const std::vector<Bytes> up = {get(0), load(8), kDrop,  get(0),  plus(4), set(0),
                                 get(0), load(4), get(0), load(8), kAdd};
  expect_value(up, 1000, 0, 2 * 1004 + 12);
  expect_value(up, kPage - 16, 0, 2 * (kPage - 12) + 12);
  expect_trap(up, kPage - 12, 0);
  const std::vector<Bytes> down = {get(0), load(), kDrop, get(0), plus(-4), tee(0), load()};
  expect_value(down, 4, 0, 0);
  expect_trap(down, 0, 0);
  const std::vector<Bytes> copy = {get(0),     load(8), kDrop,  get(0), plus(8), set(2), get(0),
                                   plus(4096), set(0),  get(2), load(), get(0),  load(), kAdd};
  expect_value(copy, 1000, 0, 1008 + 5096);
  expect_trap(copy, kPage - 12, 0);
  // The copy's facts are not those of what it was copied from.
  const std::vector<Bytes> back = {get(0), load(), kDrop, get(0), plus(8), set(2), get(2), load()};
  expect_trap(back, kPage - 4, 0);
}

TEST_P(Checks, FactsOfOneWayDoNotHoldOnTheOther) {
  const std::vector<Bytes> arm = {get(1), kIf, get(0), load(200), kDrop, kClose, get(0), load(100)};
  expect_value(arm, 1000, 1, 1100);
  expect_trap(arm, kPage - 8, 0);
  expect_trap(arm, kPage - 8, 1);
  const std::vector<Bytes> other = {get(1), kIf,       get(0), load(200), set(2), kElse,
                                    get(0), load(100), set(2), kClose,    get(2)};
  expect_value(other, 1000, 0, 1100);
  expect_trap(other, kPage - 8, 0);
  const std::vector<Bytes> table = {kBlock,    kBlock, get(1), {0x0e, 1, 0, 1}, kClose,   get(0),
                                    load(200), kDrop,  kClose, get(0),          load(100)};
  expect_value(table, kPage - 104, 1, kPage - 4);
  expect_trap(table, kPage - 100, 1);
  expect_trap(table, kPage - 104, 0);
  // A branch that leaves before the second access.
  const std::vector<Bytes> leaves = {kBlock, get(0),    load(), set(2), get(1), {0x0d, 0},
                                     get(0), load(200), set(2), kClose, get(2)};
  expect_value(leaves, kPage - 4, 1, kPage - 4);
  expect_trap(leaves, kPage - 4, 0);
}

TEST_P(Checks, FactsBeforeABranchHoldBehindTheJoin) {
  const std::vector<Bytes> kept = {get(0), load(8), kDrop,  get(1), kIf,
                                   get(1), set(2),  kClose, get(0), load(8)};
  expect_value(kept, kPage - 12, 0, kPage - 4);
  expect_trap(kept, kPage - 8, 0);
  // Not when one way writes the local.
  const std::vector<Bytes> written = {get(0), load(8), kDrop,  get(1), kIf,
                                      get(1), set(0),  kClose, get(0), load(8)};
  expect_value(written, 1000, 0, 1008);
  expect_value(written, 1000, 2000, 2008);
  expect_trap(written, 1000, kPage - 8);
  const std::vector<Bytes> moved = {get(0),  load(8), kDrop,  get(1), kIf,    get(0),
                                    plus(8), set(0),  kClose, get(0), load(8)};
  expect_value(moved, kPage - 12, 0, kPage - 4);
  expect_trap(moved, kPage - 12, 1);
}

TEST_P(Checks, LoopsComeBackWithOtherValues) {
  const std::vector<Bytes> walk = {get(0),  load(), kDrop,  kLoop,    get(0), load(),    set(2), get(0),
                                   plus(4), set(0), get(1), plus(-1), tee(1), {0x0d, 0}, kClose, get(2)};
  expect_value(walk, kPage - 40, 10, kPage - 4);
  expect_trap(walk, kPage - 40, 11);
  // A local that another way around the loop changes.
  const std::vector<Bytes> late = {kLoop,  get(0),      load(), set(2),    get(1), kIf,    get(1),
                                   set(0), constant(0), set(1), {0x0c, 1}, kClose, kClose, get(2)};
  expect_value(late, 8, 16, 16);
  expect_trap(late, 8, kPage - 3);
}

TEST_P(Checks, SmallValuesNeedNoCheckWhileTheyAreSmall) {
  const std::vector<Bytes> table = {get(0), load8(), constant(2), kShiftLeft, plus(1024), load()};
  expect_value(table, 100, 0, 1024 + 4 * 100);
  const std::vector<Bytes> last = {get(0), constant(255), kAnd, load8(kPage - 256)};
  expect_value(last, 252, 0, (kPage - 4) & 0xff);
  const std::vector<Bytes> beyond = {get(0), constant(255), kAnd, load8(kPage - 255)};
  expect_trap(beyond, 255, 0);
  const std::vector<Bytes> local = {get(0), load8(), set(2), get(1), kIf,
                                    get(1), set(2),  kClose, get(2), load(1024)};
  expect_value(local, 100, 0, 1124);
  expect_trap(local, 100, kPage - 1024);
  const std::vector<Bytes> selected = {get(0), constant(7), get(1), kSelect, load()};
  expect_value({constant(8), constant(4), get(1), kSelect, load()}, 0, 1, 8);
  expect_trap(selected, kPage, 1);
  const std::vector<Bytes> sum = {get(0), constant(-1), kAnd, plus(1024), load()};
  expect_value(sum, static_cast<uint32_t>(-512), 0, 512);
  expect_trap(sum, static_cast<uint32_t>(-1028), 0);
  const std::vector<Bytes> product = {get(0), constant(255), kAnd, constant(0x0101'0101), {0x6c}, load()};
  expect_trap(product, 255, 0);
  const std::vector<Bytes> added = {get(0), get(0), constant(255), kAnd, get(1), {0x6c}, kAdd, load()};
  expect_trap(added, 255, 0x10000);
}

TEST_P(Checks, ShiftedIndicesMayWrap) {
  const std::vector<Bytes> body = {get(0), constant(2), kShiftLeft, load()};
  expect_value(body, 100, 0, 400);
  expect_value(body, 0x4000'0001, 0, 4);
  expect_value(body, kPage / 4 - 1, 0, kPage - 4);
  expect_trap(body, kPage / 4, 0);
  const std::vector<Bytes> array = {get(0), constant(2), kShiftLeft, plus(2048), load(4)};
  expect_value(array, 100, 0, 2452);
  expect_value(array, static_cast<uint32_t>(-256), 0, 1028);
  expect_trap(array, (kPage - 2048) / 4 - 1, 0);
  const std::vector<Bytes> large = {get(0), constant(3), kShiftLeft, plus(70'000), load()};
  expect_trap(large, 0, 0);
  expect_trap(large, 0x1fff'ffff, 0);  // 69,992
}

TEST_P(Checks, AMemoryThatMovesIsFoundAgain) {
  const std::vector<Bytes> body = {get(0), load(4), set(2), {0x10, 1},  set(3), get(0), load(8),
                                   get(2), kAdd,    get(0), plus(2048), load(), kAdd};
  expect_value(body, 1000, 0, 1008 + 1004 + 3048);
  const std::vector<Bytes> grown = {get(0), load(), kDrop, {0x10, 1}, kDrop, get(0), load(kPage)};
  expect_value(grown, 1000, 0, 0);
}

std::vector<LoadOptions> all_ways() {
  std::vector<LoadOptions> all = {{.tier = Tier::Vm}};
  for (const bool fuel : {false, true}) {
    for (const Bounds bounds : {Bounds::Software, Bounds::GuardPages}) {
      if (config::kNative) all.push_back({.tier = Tier::Native, .bounds = bounds, .fuel = fuel});
    }
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Ways, Checks, testing::ValuesIn(all_ways()), [](const auto& way) {
  if (way.param.tier == Tier::Vm) return std::string("Vm");
  return std::string(way.param.bounds == Bounds::Software ? "Software" : "GuardPages") +
         (way.param.fuel ? "Fuel" : "");
});

}  // namespace
}  // namespace mote
