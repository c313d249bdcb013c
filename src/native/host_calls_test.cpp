// SPDX-License-Identifier: Apache-2.0
// Host functions of plain scalars, which native code calls without a thunk; and those that it must not.
#include <gtest/gtest.h>
#include <mote/mote.hpp>

#include <string>
#include <vector>

#include "config/tiers.hpp"
#include "wasm/instruction_bytes.hpp"

namespace mote {
namespace {

using namespace wasm::test;

const Instance* g_instance = nullptr;
int32_t g_noted = 0;

int32_t three(int32_t a, uint32_t b, int32_t c) {
  return a * 100 + static_cast<int32_t>(b) * 10 + c;
}
int64_t mix(int32_t a, int64_t b) {
  return b * 2 + a;
}
uint64_t wide(uint64_t a, uint64_t b) {
  return a * 3 - b;
}
double scale(double a, float b) {
  return a * static_cast<double>(b);
}
float half(float a) {
  return a / 2;
}
int8_t narrow(int8_t a, bool b) {
  return static_cast<int8_t>(b ? a + 1 : a);
}
void note(int32_t a) {
  g_noted = a;
}
int32_t six(int32_t a, int32_t b, int32_t c, int32_t d, int32_t e, int32_t f) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f;
}
int32_t nothing() {
  return 42;
}
/// Runs guest code of the same instance, which moves the memory.
int32_t back(int32_t pages) {
  const auto before = g_instance->call<int32_t>("grow", pages);
  return before ? *before : -2;
}
HostResult<int32_t> slow(Context&, int32_t a) {
  if (a < 0) return HostResult<int32_t>::trap("negative");
  return a + 1;
}

constexpr HostFunction kTable[] = {
    bind<three>("env", "three"), bind<mix>("env", "mix"),   bind<wide>("env", "wide"),
    bind<scale>("env", "scale"), bind<half>("env", "half"), bind<narrow>("env", "narrow"),
    bind<note>("env", "note"),   bind<six>("env", "six"),   bind<nothing>("env", "nothing"),
    bind<back>("env", "back"),   bind<slow>("env", "slow")};
constexpr uint32_t kImports = std::size(kTable), kSlow = kImports - 1, kBack = kImports - 2, kSix = 7;

uint8_t refuse(mote_context*, uint32_t*) {
  ADD_FAILURE() << "the thunk was called";
  return static_cast<uint8_t>(HostStatus::Trapped);
}

uint8_t type_of(char letter) {
  return letter == 'i' ? 0x7f : letter == 'l' ? 0x7e : letter == 'f' ? 0x7d : 0x7c;
}
Bytes type_of(const HostFunction& row) {
  const std::string text = row.signature;
  const size_t colon = text.find(':');
  Bytes type = {0x60, static_cast<uint8_t>(colon)};
  for (size_t i = 0; i < colon; ++i) type.push_back(type_of(text[i]));
  type.push_back(static_cast<uint8_t>(text.size() - colon - 1));
  for (size_t i = colon + 1; i < text.size(); ++i) type.push_back(type_of(text[i]));
  return type;
}

/// For each import a function of its type that calls it, exported by its name; "grow"; "after": calls `back`
/// between two accesses of a pinned address, and sums.
Bytes make_module() {
  std::vector<Bytes> types, imports, functions, exports, bodies;
  for (uint32_t i = 0; i < kImports; ++i) {
    types.push_back(type_of(kTable[i]));
    imports.push_back(join({name("env"), name(kTable[i].name), {0, static_cast<uint8_t>(i)}}));
    functions.push_back({static_cast<uint8_t>(i)});
    exports.push_back(join({name(kTable[i].name), {0, static_cast<uint8_t>(kImports + i)}}));
    Bytes body = {0};
    for (uint8_t p = 0; p < types[i][1]; ++p) body.insert(body.end(), {0x20, p});
    body.insert(body.end(), {0x10, static_cast<uint8_t>(i), 0x0b});
    bodies.push_back(body);
  }
  functions.insert(functions.end(), {{kBack}, {kBack}});
  exports.push_back(join({name("grow"), {0, 2 * kImports}}));
  exports.push_back(join({name("after"), {0, 2 * kImports + 1}}));
  bodies.push_back({0, 0x20, 0, 0x40, 0, 0x0b});
  bodies.push_back(join({{0},
                         {0x20, 0, 0x41, 7, 0x36, 2, 0},         // [x] = 7
                         {0x20, 0, 0x41, 1, 0x10, kBack, 0x6a},  // x + back(1)
                         {0x20, 0, 0x28, 2, 0, 0x6a, 0x0b}}));   // + [x]
  return ModuleBuilder()
      .types(types)
      .imports(imports)
      .functions(functions)
      .memories({{1, 1, 3}})
      .exports(exports)
      .code(bodies)
      .bytes;
}

class HostCalls : public testing::TestWithParam<LoadOptions> {
 protected:
  void SetUp() override {
    for (uint32_t i = 0; i < kImports; ++i) {
      rows_[i] = kTable[i];
      const bool by_thunk = kTable[i].direct == nullptr || GetParam().tier == Tier::Vm;
      if (!by_thunk) rows_[i].thunk = refuse;
    }
    auto module = engine_.load(bytes_, GetParam());
    ASSERT_TRUE(module) << module.error().message;
    module_ = std::move(*module);
    auto instance = engine_.instantiate(module_, {.functions = rows_}, {.stack_bytes = 8192});
    ASSERT_TRUE(instance) << instance.error().message;
    instance_ = std::move(*instance);
    g_instance = &instance_;
  }

  alignas(8) std::array<std::byte, 640 * 1024> pool_;
  HostFunction rows_[kImports];
  const Bytes bytes_ = make_module();
  Engine engine_{pool_};
  Module module_;
  Instance instance_;
};

TEST_P(HostCalls, PassAndReturnEveryType) {
  EXPECT_EQ(*instance_.call<int32_t>("three", -1, 2, 3), -77);
  EXPECT_EQ(*instance_.call<int64_t>("mix", -5, int64_t{1} << 40), (int64_t{2} << 40) - 5);
  EXPECT_EQ(*instance_.call<uint64_t>("wide", uint64_t{1} << 60, uint64_t{3}), (uint64_t{3} << 60) - 3);
  EXPECT_EQ(*instance_.call<double>("scale", 1.5e100, -2.0f), -3e100);
  EXPECT_EQ(*instance_.call<float>("half", 5.0f), 2.5f);
  EXPECT_EQ(*instance_.call<int32_t>("narrow", 127 + 256, 2), -128) << "as the thunk converts them";
  ASSERT_TRUE(instance_.call<void>("note", -9));
  EXPECT_EQ(g_noted, -9);
  EXPECT_EQ(*instance_.call<int32_t>("six", 1, 2, 3, 4, 5, -6), 1 + 4 + 9 + 16 + 25 - 36);
  EXPECT_EQ(*instance_.call<int32_t>("nothing"), 42);
}

TEST_P(HostCalls, MayCallBackAndMoveTheMemory) {
  for (const int32_t x : {0, 1000, 65528}) {
    const auto sum = instance_.call<int32_t>("after", x);
    ASSERT_TRUE(sum) << sum.error().message;
    const int32_t pages = x == 0 ? 1 : x == 1000 ? 2 : -1;
    EXPECT_EQ(*sum, x + pages + 7);
  }
}

TEST_P(HostCalls, OthersTrapAsEver) {
  EXPECT_EQ(*instance_.call<int32_t>("slow", 1), 2);
  const auto result = instance_.call<int32_t>("slow", -1);
  EXPECT_EQ(result.error().trap, Trap::Host);
  EXPECT_STREQ(result.error().message, "negative");
  Frame frames[4];
  EXPECT_EQ(instance_.backtrace(frames), 1u);
  EXPECT_EQ(frames[0].function, kImports + kSlow);
}

std::vector<LoadOptions> ways() {
  std::vector<LoadOptions> all{{.tier = Tier::Vm}};
  if (config::kNative) all.insert(all.end(), {{.tier = Tier::Native}, {.tier = Tier::Native, .fuel = true}});
  return all;
}

INSTANTIATE_TEST_SUITE_P(Ways, HostCalls, testing::ValuesIn(ways()), [](const auto& way) {
  if (way.param.tier == Tier::Vm) return std::string("Vm");
  return std::string(way.param.fuel ? "Fuel" : "Native");
});

TEST(DirectHostFunctions, AreThoseOfPlainScalars) {
  for (uint32_t i = 0; i < kSlow; ++i) {
    const bool expected = sizeof(void*) == 4 ? i != kSix : i != 5;
    EXPECT_EQ(kTable[i].direct != nullptr, expected) << kTable[i].name;
  }
  EXPECT_EQ(kTable[kSlow].direct, nullptr);
}

}  // namespace
}  // namespace mote
