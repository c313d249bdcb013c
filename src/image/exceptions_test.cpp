// SPDX-License-Identifier: Apache-2.0
// Exceptions of code in images: tags, own and imported, and handlers come with it, for small profiles too.
#include <gtest/gtest.h>
#include <mote/mote.hpp>

#include <vector>

#include "config/tiers.hpp"
#include "image/made_image.hpp"
#include "runtime/exceptions_module.hpp"

namespace mote {
namespace {

using wasm::test::Bytes;
using wasm::test::join;
using wasm::test::ModuleBuilder;
using wasm::test::name;

class ImageExceptions : public testing::TestWithParam<Tier> {
 protected:
  Result<Module> load(const Bytes& module) {
    Error why;
    image_ = image::test::made_image(module, {.tier = GetParam(), .bounds = Bounds::Software}, why);
    EXPECT_FALSE(why) << why.message;
    return engine_.load_image(image_, {.trusted = true});
  }

  std::vector<uint8_t> image_;
  std::vector<std::byte> pool_ = std::vector<std::byte>(1 << 17);
  Engine engine_{pool_};
};

TEST_P(ImageExceptions, AreThrownAndCaught) {
  {
    const auto module = load(wasm::test::exceptions_module());
    ASSERT_TRUE(module) << module.error().message;
    const auto instance = engine_.instantiate(*module, {}, {.stack_bytes = 8192});
    ASSERT_TRUE(instance) << instance.error().message;
    EXPECT_EQ(*instance->call<int32_t>("catch", 5), 5);
    EXPECT_EQ(*instance->call<int32_t>("again", 100), 5050);
    EXPECT_EQ(*instance->call<int32_t>("global", 123), 123);
    EXPECT_EQ(*instance->call<int32_t>("table", -9), -9);
    EXPECT_EQ(instance->call<void>("throw", 77).error().trap, Trap::Exception);
    Extern tag;
    Value payload[2];
    const auto count = engine_.exception(tag, payload);
    ASSERT_TRUE(count);
    EXPECT_EQ(payload[0].i32(), 77);
    EXPECT_EQ(instance->call<void>("null", 0).error().trap, Trap::NullExceptionReference);
  }
  EXPECT_EQ(engine_.usage().used, 0u);
}

/// Throws of an imported tag and of an own one, behind it, and catches the imported one.
TEST_P(ImageExceptions, HaveImportedTags) {
  const auto guarded = [](uint8_t tag) {
    return Bytes{0, 0x02, 0x7f, 0x1f, 0x40, 1, 0, 0, 0, 0x20, 0, 0x08, tag, 0x0b, 0x00, 0x0b, 0x0b};
  };
  const Bytes bytes = ModuleBuilder()
                          .types({{0x60, 1, 0x7f, 1, 0x7f}, {0x60, 1, 0x7f, 0}})
                          .imports({join({name("env"), name("e"), {4, 0, 1}})})
                          .functions({{0}, {0}})
                          .section(13, {1, 0, 1})
                          .exports({join({name("imported"), {0, 0}}), join({name("own"), {0, 1}})})
                          .code({guarded(0), guarded(1)})
                          .bytes;
  const ValueType payload[] = {ValueType::I32}, other[] = {ValueType::I64};
  NamedExtern externs[] = {{"env", "e", *engine_.new_tag(payload)}};
  const NamedExtern wrong[] = {{"env", "e", *engine_.new_tag(other)}};
  const auto module = load(bytes);
  ASSERT_TRUE(module) << module.error().message;
  const auto instance = engine_.instantiate(*module, {.externs = externs}, {.stack_bytes = 8192});
  ASSERT_TRUE(instance) << instance.error().message;
  EXPECT_EQ(*instance->call<int32_t>("imported", 7), 7);
  EXPECT_EQ(instance->call<int32_t>("own", 7).error().trap, Trap::Exception);
  EXPECT_EQ(engine_.instantiate(*module, {.externs = wrong}).error().code, ErrorCode::Unlinkable);
}

std::vector<Tier> tiers() {
  std::vector<Tier> all;
  if (config::kInterpreter) all.push_back(Tier::Vm);
  if (config::kNative) all.push_back(Tier::Native);
  return all;
}
INSTANTIATE_TEST_SUITE_P(Tiers, ImageExceptions, testing::ValuesIn(tiers()),
                         [](const auto& tier) { return tier.param == Tier::Vm ? "Vm" : "Native"; });

}  // namespace
}  // namespace mote
