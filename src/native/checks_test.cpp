// SPDX-License-Identifier: Apache-2.0
// Bounds checks that compilers leave out: each rule with accesses that it must not leave out, and with ones
// that are valid though they look bold. Every tier must agree with what the comment says.
#include <gtest/gtest.h>
#include <mote/mote.hpp>

#include <cstring>
#include <vector>

#include "config/tiers.hpp"
#include "wasm/instruction_bytes.hpp"

namespace mote {
namespace {

using namespace wasm::test;

constexpr uint32_t kPage = 65536;

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
  return join({i32_const(value), {0x6a}});
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
  const std::vector<Bytes> fields = {local_get(0), load(),       local_get(0), load(200),
                                     kAdd,         local_get(0), load(100),    kAdd};
  expect_value(fields, 1000, 0, 3 * 1000 + 300);
  expect_value(fields, kPage - 204, 0, 3 * (kPage - 204) + 300);
  expect_trap(fields, kPage - 203, 0);
  expect_trap(fields, kPage - 4, 0);
  expect_trap(fields, 0xffff'fff8, 0);
  // From the top down, as unrolled loops are compiled.
  const std::vector<Bytes> down = {local_get(0), plus(336), load(),       local_get(0), plus(112),
                                   load(),       kAdd,      local_get(0), load(),       kAdd};
  expect_value(down, 2000, 0, 3 * 2000 + 448);
  expect_trap(down, kPage - 336, 0);
}

TEST_P(Checks, AStoreBeforeATrapIsSeen) {
  const std::vector<Bytes> body = {local_get(0), local_get(1), store(), local_get(0), load(100)};
  const uint32_t p = kPage - 8;
  const Outcome outcome = run(body, p, 0x1234'5678);
  EXPECT_EQ(outcome.trap, Trap::MemoryOutOfBounds);
  uint32_t stored = 0;
  std::memcpy(&stored, outcome.memory.data() + p, 4);
  EXPECT_EQ(stored, 0x1234'5678u);
}

TEST_P(Checks, ADivisionBeforeATrapTraps) {
  const std::vector<Bytes> body = {local_get(0), load(), local_get(1), {0x6e}, local_get(0), load(100), kAdd};
  EXPECT_EQ(run(body, kPage - 8, 0).trap, Trap::IntegerDivideByZero);
  EXPECT_EQ(run(body, kPage - 8, 1).trap, Trap::MemoryOutOfBounds);
}

TEST_P(Checks, SumsMayWrap) {
  const std::vector<Bytes> body = {local_get(0), plus(16), load(), local_get(0), plus(12), load(), kAdd};
  expect_value(body, 0xffff'fff8, 0, 8 + 4);
  expect_trap(body, 0xffff'fff0, 0);  // 0 and -4
  const std::vector<Bytes> then = {local_get(0), plus(16), load(), local_get(0), load(), kAdd};
  expect_trap(then, 0xffff'fff8, 0);
  const std::vector<Bytes> between = {local_get(0), plus(16), load(), local_get(0), plus(4), load(), kAdd};
  expect_trap(between, 0xffff'fff8, 0);
  const std::vector<Bytes> array = {local_get(0), plus(2048), load(), local_get(0), plus(2052), load(), kAdd};
  expect_value(array, static_cast<uint32_t>(-1024), 0, 1024 + 1028);
  expect_trap(array, static_cast<uint32_t>(-2052), 0);
}

TEST_P(Checks, OffsetsDoNotWrap) {
  expect_trap({local_get(0), load(16)}, 0xffff'fff8, 0);
  expect_trap({local_get(0), plus(8), load(16)}, 0xffff'fff0, 0);
}

TEST_P(Checks, FactsMoveWithTheLocal) {
  const std::vector<Bytes> up = {local_get(0), load(8), kDrop,        local_get(0), plus(4), local_set(0),
                                 local_get(0), load(4), local_get(0), load(8),      kAdd};
  expect_value(up, 1000, 0, 2 * 1004 + 12);
  expect_value(up, kPage - 16, 0, 2 * (kPage - 12) + 12);
  expect_trap(up, kPage - 12, 0);
  const std::vector<Bytes> down = {local_get(0), load(), kDrop, local_get(0), plus(-4), local_tee(0), load()};
  expect_value(down, 4, 0, 0);
  expect_trap(down, 0, 0);
  const std::vector<Bytes> copy = {local_get(0), load(8),      kDrop,      local_get(0), plus(8),
                                   local_set(2), local_get(0), plus(4096), local_set(0), local_get(2),
                                   load(),       local_get(0), load(),     kAdd};
  expect_value(copy, 1000, 0, 1008 + 5096);
  expect_trap(copy, kPage - 12, 0);
  // The copy's facts are not those of what it was copied from.
  const std::vector<Bytes> back = {local_get(0), load(),       kDrop,        local_get(0),
                                   plus(8),      local_set(2), local_get(2), load()};
  expect_trap(back, kPage - 4, 0);
}

TEST_P(Checks, FactsOfOneWayDoNotHoldOnTheOther) {
  const std::vector<Bytes> arm = {local_get(1), kIf,    local_get(0), load(200),
                                  kDrop,        kClose, local_get(0), load(100)};
  expect_value(arm, 1000, 1, 1100);
  expect_trap(arm, kPage - 8, 0);
  expect_trap(arm, kPage - 8, 1);
  const std::vector<Bytes> other = {local_get(1), kIf,       local_get(0), load(200), local_set(2), kElse,
                                    local_get(0), load(100), local_set(2), kClose,    local_get(2)};
  expect_value(other, 1000, 0, 1100);
  expect_trap(other, kPage - 8, 0);
  const std::vector<Bytes> table = {kBlock,    kBlock, local_get(1), {0x0e, 1, 0, 1}, kClose,   local_get(0),
                                    load(200), kDrop,  kClose,       local_get(0),    load(100)};
  expect_value(table, kPage - 104, 1, kPage - 4);
  expect_trap(table, kPage - 100, 1);
  expect_trap(table, kPage - 104, 0);
  // A branch that leaves before the second access.
  const std::vector<Bytes> leaves = {kBlock,       local_get(0), load(),       local_set(2),
                                     local_get(1), {0x0d, 0},    local_get(0), load(200),
                                     local_set(2), kClose,       local_get(2)};
  expect_value(leaves, kPage - 4, 1, kPage - 4);
  expect_trap(leaves, kPage - 4, 0);
}

TEST_P(Checks, FactsBeforeABranchHoldBehindTheJoin) {
  const std::vector<Bytes> kept = {local_get(0), load(8),      kDrop,  local_get(1), kIf,
                                   local_get(1), local_set(2), kClose, local_get(0), load(8)};
  expect_value(kept, kPage - 12, 0, kPage - 4);
  expect_trap(kept, kPage - 8, 0);
  // Not when one way writes the local.
  const std::vector<Bytes> written = {local_get(0), load(8),      kDrop,  local_get(1), kIf,
                                      local_get(1), local_set(0), kClose, local_get(0), load(8)};
  expect_value(written, 1000, 0, 1008);
  expect_value(written, 1000, 2000, 2008);
  expect_trap(written, 1000, kPage - 8);
  const std::vector<Bytes> moved = {local_get(0), load(8),      kDrop,  local_get(1), kIf,    local_get(0),
                                    plus(8),      local_set(0), kClose, local_get(0), load(8)};
  expect_value(moved, kPage - 12, 0, kPage - 4);
  expect_trap(moved, kPage - 12, 1);
}

TEST_P(Checks, LoopsComeBackWithOtherValues) {
  const std::vector<Bytes> walk = {local_get(0), load(),       kDrop,   kLoop,        local_get(0), load(),
                                   local_set(2), local_get(0), plus(4), local_set(0), local_get(1), plus(-1),
                                   local_tee(1), {0x0d, 0},    kClose,  local_get(2)};
  expect_value(walk, kPage - 40, 10, kPage - 4);
  expect_trap(walk, kPage - 40, 11);
  // A local that another way around the loop changes.
  const std::vector<Bytes> late = {kLoop,     local_get(0), load(),       local_set(2), local_get(1),
                                   kIf,       local_get(1), local_set(0), i32_const(0), local_set(1),
                                   {0x0c, 1}, kClose,       kClose,       local_get(2)};
  expect_value(late, 8, 16, 16);
  expect_trap(late, 8, kPage - 3);
}

TEST_P(Checks, SmallValuesNeedNoCheckWhileTheyAreSmall) {
  const std::vector<Bytes> table = {local_get(0), load8(), i32_const(2), kShiftLeft, plus(1024), load()};
  expect_value(table, 100, 0, 1024 + 4 * 100);
  const std::vector<Bytes> last = {local_get(0), i32_const(255), kAnd, load8(kPage - 256)};
  expect_value(last, 252, 0, (kPage - 4) & 0xff);
  const std::vector<Bytes> beyond = {local_get(0), i32_const(255), kAnd, load8(kPage - 255)};
  expect_trap(beyond, 255, 0);
  const std::vector<Bytes> local = {local_get(0), load8(),      local_set(2), local_get(1), kIf,
                                    local_get(1), local_set(2), kClose,       local_get(2), load(1024)};
  expect_value(local, 100, 0, 1124);
  expect_trap(local, 100, kPage - 1024);
  const std::vector<Bytes> selected = {local_get(0), i32_const(7), local_get(1), kSelect, load()};
  expect_value({i32_const(8), i32_const(4), local_get(1), kSelect, load()}, 0, 1, 8);
  expect_trap(selected, kPage, 1);
  const std::vector<Bytes> sum = {local_get(0), i32_const(-1), kAnd, plus(1024), load()};
  expect_value(sum, static_cast<uint32_t>(-512), 0, 512);
  expect_trap(sum, static_cast<uint32_t>(-1028), 0);
  const std::vector<Bytes> product = {local_get(0),           i32_const(255), kAnd,
                                      i32_const(0x0101'0101), {0x6c},         load()};
  expect_trap(product, 255, 0);
  const std::vector<Bytes> added = {local_get(0), local_get(0), i32_const(255), kAnd,
                                    local_get(1), {0x6c},       kAdd,           load()};
  expect_trap(added, 255, 0x10000);
}

TEST_P(Checks, ShiftedIndicesMayWrap) {
  const std::vector<Bytes> body = {local_get(0), i32_const(2), kShiftLeft, load()};
  expect_value(body, 100, 0, 400);
  expect_value(body, 0x4000'0001, 0, 4);
  expect_value(body, kPage / 4 - 1, 0, kPage - 4);
  expect_trap(body, kPage / 4, 0);
  const std::vector<Bytes> array = {local_get(0), i32_const(2), kShiftLeft, plus(2048), load(4)};
  expect_value(array, 100, 0, 2452);
  expect_value(array, static_cast<uint32_t>(-256), 0, 1028);
  expect_trap(array, (kPage - 2048) / 4 - 1, 0);
  const std::vector<Bytes> large = {local_get(0), i32_const(3), kShiftLeft, plus(70'000), load()};
  expect_trap(large, 0, 0);
  expect_trap(large, 0x1fff'ffff, 0);  // 69,992
}

TEST_P(Checks, AMemoryThatMovesIsFoundAgain) {
  const std::vector<Bytes> body = {local_get(0), load(4), local_set(2), {0x10, 1}, local_set(3),
                                   local_get(0), load(8), local_get(2), kAdd,      local_get(0),
                                   plus(2048),   load(),  kAdd};
  expect_value(body, 1000, 0, 1008 + 1004 + 3048);
  const std::vector<Bytes> grown = {local_get(0), load(), kDrop, {0x10, 1}, kDrop, local_get(0), load(kPage)};
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
