// SPDX-License-Identifier: Apache-2.0
// Functions that are too large for distances and numbers of generated code: refused with the reason, or
// right.
#include <gtest/gtest.h>
#include <mote/mote.hpp>

#include <string_view>
#include <utility>
#include <vector>

#include "config/tiers.hpp"
#include "wasm/instruction_bytes.hpp"

namespace mote {
namespace {

using namespace wasm::test;

constexpr bool kThumb2 = std::string_view(config::kNativeName) == "thumb2";

/// (p) -> i32 under the name "f".
Bytes module_of(const Bytes& body) {
  return ModuleBuilder()
      .types({{0x60, 1, kI32, 1, kI32}})
      .functions({{0}})
      .exports({join({name("f"), {0, 0}})})
      .code({body})
      .bytes;
}

class Limits : public testing::Test {
 protected:
  void SetUp() override {
    if (!config::kNative) GTEST_SKIP() << "this build has no native tier";
  }
  /// False when the module is refused: then for its size.
  bool load(const Bytes& bytes) {
    auto loaded = engine_.load(bytes, {.tier = Tier::Native, .bounds = Bounds::Software});
    if (!loaded) {
      EXPECT_EQ(loaded.error().code, ErrorCode::Limit) << loaded.error().message;
      EXPECT_EQ(std::string_view(loaded.error().message).substr(0, 10), "more than ")
          << loaded.error().message;
      EXPECT_EQ(loaded.error().function, 0u);
      return false;
    }
    module_ = std::move(*loaded);
    return true;
  }
  int32_t call(int32_t p) {
    const auto instance = engine_.instantiate(module_, {}, {.stack_bytes = 512 * 1024});
    EXPECT_TRUE(instance);
    if (!instance) return -1;
    const auto result = instance->call<int32_t>("f", p);
    EXPECT_TRUE(result);
    return result ? *result : -1;
  }

  std::vector<std::byte> pool_ = std::vector<std::byte>(24 << 20);
  Engine engine_{pool_};
  Module module_;
};

/// 1 and 2 in turn for the table's labels, 3 for the default.
Bytes table_of(uint32_t labels) {
  Bytes body = join({{0, 0x02, 0x40, 0x02, 0x40, 0x02, 0x40, 0x20, 0, 0x0e}, leb128(labels)});
  for (uint32_t i = 0; i < labels; ++i) body.push_back(i % 2);
  append(body, {2, kEnd, 0x41, 1, 0x0f, kEnd, 0x41, 2, 0x0f, kEnd, 0x41, 3, kEnd});
  return module_of(body);
}

/// A label for each number is found, whatever form the table has.
TEST_F(Limits, BranchTables) {
  for (const uint32_t labels : {1u, 2u, 99u, 100u, 101u, 102u, 103u, 104u, 30'000u, 65'535u}) {
    SCOPED_TRACE(labels);
    const Bytes bytes = table_of(labels);
    ASSERT_TRUE(load(bytes));
    for (const uint32_t index : {0u, 1u, labels / 2, labels - 1, labels, labels + 1, ~0u})
      EXPECT_EQ(call(static_cast<int32_t>(index)), index >= labels ? 3 : index % 2 == 0 ? 1 : 2) << index;
  }
}

TEST_F(Limits, Locals) {
  // A local behind 31,990 others, and one behind 33,000.
  const auto body = [](uint32_t locals) {
    return join({{1},
                 leb128(locals),
                 {kI32, 0x20, 0, 0x21},
                 leb128(locals),
                 {0x20},
                 leb128(locals),
                 {0x20},
                 leb128(locals - 1),
                 {0x6a, kEnd}});
  };
  const Bytes many = module_of(body(31'990)), more = module_of(body(33'000));
  ASSERT_TRUE(load(many));
  EXPECT_EQ(call(42), 42);
  EXPECT_EQ(load(more), !kThumb2);
}

TEST_F(Limits, MachineCode) {
  Bytes body = {0, 0x03, 0x40};
  for (uint32_t i = 0; i < 120'000; ++i)
    append(body, {0x20, 0, 0x41, 0xb9, 0xe0, 0, 0x6c, 0x41, 0x85, 0xaa, 0x0a, 0x73, 0x21, 0});
  append(body, {0x20, 0, 0x41, 0, 0x0d, 0, 0x1a, kEnd, 0x20, 0, kEnd});
  const Bytes bytes = module_of(body);
  EXPECT_EQ(load(bytes), !kThumb2);
}

}  // namespace
}  // namespace mote
