// SPDX-License-Identifier: Apache-2.0
#include "runtime/exception.hpp"

#include <gtest/gtest.h>
#include <mote/mote.hpp>

#include <vector>

#include "config/tiers.hpp"
#include "wasm/module_builder.hpp"

namespace mote {
namespace {

using wasm::test::append;
using wasm::test::Bytes;
using wasm::test::join;
using wasm::test::ModuleBuilder;
using wasm::test::name;

struct Back {
  const Instance* instance = nullptr;
};

/// Calls the guest's "throw" and hands its exception on.
uint8_t call_back(mote_context* of, uint32_t* slots) {
  Context& context = Context::of(of);
  const auto thrown = context.data_as<Back>().instance->call<void>("throw", static_cast<int32_t>(slots[0]));
  if (!thrown && thrown.error().trap == Trap::Exception) return static_cast<uint8_t>(context.rethrow());
  slots[0] = 0;
  return static_cast<uint8_t>(HostStatus::Done);
}

/// Imports a tag with an i32 and env.back; throw(x); catch(x): x, through its own handler; through(x):
/// likewise by way of the host; other(x): the same of a tag of its own, which does not catch.
Bytes throwing_module() {
  const auto guarded = [](uint8_t tag, uint8_t callee, bool drops) {
    Bytes body = {0, 0x02, 0x7f, 0x1f, 0x40, 1, 0, tag, 0, 0x20, 0, 0x10, callee};
    if (drops) body.push_back(0x1a);
    append(body, {0x0b, 0x41, 0x7f, 0x0b, 0x0b});
    return body;
  };
  return ModuleBuilder()
      .types({{0x60, 1, 0x7f, 0}, {0x60, 1, 0x7f, 1, 0x7f}})
      .imports({join({name("env"), name("e"), {4, 0, 0}}), join({name("env"), name("back"), {0, 1}})})
      .functions({{0}, {1}, {1}, {1}})
      .section(13, {1, 0, 0})
      .exports({join({name("throw"), {0, 1}}), join({name("catch"), {0, 2}}), join({name("through"), {0, 3}}),
                join({name("other"), {0, 4}}), join({name("own"), {4, 1}})})
      .code({{0, 0x20, 0, 0x08, 0, 0x0b}, guarded(0, 1, false), guarded(0, 0, true), guarded(1, 1, false)})
      .bytes;
}

std::vector<LoadOptions> tiers() {
  std::vector<LoadOptions> all = {{.tier = Tier::Vm}};
  if (config::kNative) all.push_back({.tier = Tier::Native, .bounds = Bounds::Software});
  return all;
}

class Exceptions : public testing::TestWithParam<LoadOptions> {
 protected:
  void SetUp() override {
    const ValueType payload[] = {ValueType::I32};
    tag_ = *engine_.new_tag(payload);
    externs_[0].item = tag_;
    auto loaded = engine_.load(bytes_, GetParam());
    ASSERT_TRUE(loaded) << loaded.error().message;
    module_ = std::move(*loaded);
    auto made =
        engine_.instantiate(module_, {.functions = functions_, .externs = externs_}, {.data = &back_});
    ASSERT_TRUE(made) << made.error().message;
    instance_ = std::move(*made);
    back_.instance = &instance_;
  }
  void TearDown() override {
    instance_ = Instance();
    module_ = Module();
    engine_.release(tag_);
    EXPECT_EQ(engine_.usage().used, 0u);
  }

  Bytes bytes_ = throwing_module();
  std::vector<std::byte> memory_ = std::vector<std::byte>(64 * 1024);
  Engine engine_{memory_};
  Extern tag_;
  Back back_;
  HostFunction functions_[1] = {{"env", "back", "i:i", call_back}};
  NamedExtern externs_[1] = {{"env", "e", {}}};
  Module module_;
  Instance instance_;
};

TEST_P(Exceptions, AreCaughtByTag) {
  EXPECT_EQ(*instance_.call<int32_t>("catch", 42), 42);
  const auto other = instance_.call<int32_t>("other", 42);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().trap, Trap::Exception);
}

TEST_P(Exceptions, PassThroughTheHost) {
  for (int32_t i = 0; i < 100; ++i) EXPECT_EQ(*instance_.call<int32_t>("through", i), i);
}

TEST_P(Exceptions, ReachTheEmbedderWithTagAndPayload) {
  const auto thrown = instance_.call<void>("throw", 7);
  ASSERT_FALSE(thrown);
  EXPECT_EQ(thrown.error().trap, Trap::Exception);
  EXPECT_STREQ(thrown.error().message, "uncaught exception");
  Extern tag;
  Value payload[2];
  const auto count = engine_.exception(tag, payload);
  ASSERT_TRUE(count);
  EXPECT_EQ(*count, 1u);
  EXPECT_EQ(tag.item, tag_.item);
  EXPECT_EQ(payload[0].i32(), 7);
  EXPECT_EQ(*instance_.call<int32_t>("catch", 1), 1) << "the instance is as usable as after a trap";
}

TEST_P(Exceptions, OfOtherInstancesAreCaught) {
  engine_.collect_always(true);
  auto made = engine_.instantiate(module_, {.functions = functions_, .externs = externs_}, {.data = &back_});
  ASSERT_TRUE(made);
  // Its host function calls the first instance, which has its own run and stack.
  EXPECT_EQ(*made->call<int32_t>("through", 5), 5);
}

INSTANTIATE_TEST_SUITE_P(Tiers, Exceptions, testing::ValuesIn(tiers()));

}  // namespace
}  // namespace mote
