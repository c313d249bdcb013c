// SPDX-License-Identifier: Apache-2.0
// Externs as values: exports of instances, globals among them, handed on; and what the host makes.
#include <gtest/gtest.h>
#include <mote/mote.hpp>

#include <array>
#include <optional>
#include <utility>

namespace mote {
namespace {

// (module (global (export "g") (mut i32) (i32.const 5)) (global (export "k") i64 (i64.const 9))
//   (func (export "get") (result i32) global.get 0))
constexpr auto kOwner = std::to_array<uint8_t>(
    {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f,
     0x03, 0x02, 0x01, 0x00, 0x06, 0x0b, 0x02, 0x7f, 0x01, 0x41, 0x05, 0x0b, 0x7e, 0x00, 0x42,
     0x09, 0x0b, 0x07, 0x0f, 0x03, 0x01, 0x67, 0x03, 0x00, 0x01, 0x6b, 0x03, 0x01, 0x03, 0x67,
     0x65, 0x74, 0x00, 0x00, 0x0a, 0x06, 0x01, 0x04, 0x00, 0x23, 0x00, 0x0b});

// (module (import "a" "g" (global (mut i32))) (import "a" "k" (global i64)) (export "again" (global 0))
//   (func (export "inc") global.get 0 i32.const 1 i32.add global.set 0)
//   (func (export "k") (result i64) global.get 1))
constexpr auto kUser = std::to_array<uint8_t>(
    {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x60, 0x00, 0x00, 0x60, 0x00,
     0x01, 0x7e, 0x02, 0x0f, 0x02, 0x01, 0x61, 0x01, 0x67, 0x03, 0x7f, 0x01, 0x01, 0x61, 0x01, 0x6b,
     0x03, 0x7e, 0x00, 0x03, 0x03, 0x02, 0x00, 0x01, 0x07, 0x13, 0x03, 0x05, 0x61, 0x67, 0x61, 0x69,
     0x6e, 0x03, 0x00, 0x03, 0x69, 0x6e, 0x63, 0x00, 0x00, 0x01, 0x6b, 0x00, 0x01, 0x0a, 0x10, 0x02,
     0x09, 0x00, 0x23, 0x00, 0x41, 0x01, 0x6a, 0x24, 0x00, 0x0b, 0x04, 0x00, 0x23, 0x01, 0x0b});

// (module (import "h" "t" (table 2 funcref)) (import "h" "f" (func $f (param i32) (result i32)))
//   (func (export "through") (param i32 i32) (result i32)
//     local.get 1 local.get 0 call_indirect (param i32) (result i32))
//   (export "f" (func $f)))
constexpr auto kTable = std::to_array<uint8_t>(
    {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x0c, 0x02, 0x60, 0x01, 0x7f, 0x01,
     0x7f, 0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7f, 0x02, 0x0f, 0x02, 0x01, 0x68, 0x01, 0x74, 0x01,
     0x70, 0x00, 0x02, 0x01, 0x68, 0x01, 0x66, 0x00, 0x00, 0x03, 0x02, 0x01, 0x01, 0x07, 0x0f,
     0x02, 0x07, 0x74, 0x68, 0x72, 0x6f, 0x75, 0x67, 0x68, 0x00, 0x01, 0x01, 0x66, 0x00, 0x00,
     0x0a, 0x0b, 0x01, 0x09, 0x00, 0x20, 0x01, 0x20, 0x00, 0x11, 0x00, 0x00, 0x0b});

int32_t times(Context& context, int32_t value) {
  return value * context.data_as<int32_t>();
}
float another(float value) {
  return value;
}

class Externs : public testing::Test {
 protected:
  Instance make(std::span<const uint8_t> bytes, std::span<const NamedExtern> externs = {}) {
    const auto module = engine_.load(bytes);
    EXPECT_TRUE(module) << module.error().message;
    auto instance = engine_.instantiate(*module, {.externs = externs});
    EXPECT_TRUE(instance) << instance.error().message;
    return instance ? std::move(*instance) : Instance();
  }
  void TearDown() override { EXPECT_EQ(engine_.usage().used, 0u); }

  alignas(8) std::array<std::byte, 64 * 1024> pool_;
  Engine engine_{pool_};
};

TEST_F(Externs, AGlobalIsOneCellForAllWhoImportIt) {
  const Instance owner = make(kOwner);
  const Extern cell = *owner.export_("g");
  EXPECT_EQ(cell.kind, ExternKind::Global);
  EXPECT_EQ(type_of(cell).value, ValueType::I32);
  EXPECT_TRUE(type_of(cell).mutable_);
  const NamedExtern imports[] = {{"a", "g", cell}, {"a", "k", *owner.export_("k")}};
  const Instance user = make(kUser, imports);
  ASSERT_TRUE(user.call<void>("inc"));
  EXPECT_EQ(*owner.call<int32_t>("get"), 6);
  EXPECT_EQ(get_global(cell).i32(), 6);
  ASSERT_TRUE(set_global(cell, Value::i32(40)));
  ASSERT_TRUE(user.call<void>("inc"));
  EXPECT_EQ(*owner.call<int32_t>("get"), 41);
  EXPECT_EQ(*user.call<int64_t>("k"), 9);
  // An import that is exported again is the same cell.
  const Extern again = *user.export_("again");
  EXPECT_EQ(again.item, cell.item);
  ASSERT_TRUE(set_global(again, Value::i32(7)));
  EXPECT_EQ(*owner.call<int32_t>("get"), 7);
}

TEST_F(Externs, WrongAccessToAGlobalIsRefused) {
  const Instance owner = make(kOwner);
  EXPECT_EQ(set_global(*owner.export_("k"), Value::i64(1)).error().code, ErrorCode::Signature);
  EXPECT_EQ(set_global(*owner.export_("g"), Value::i64(1)).error().code, ErrorCode::Signature);
  EXPECT_EQ(owner.export_("nothing").error().code, ErrorCode::NotFound);
  const NamedExtern swapped[] = {{"a", "g", *owner.export_("k")}, {"a", "k", *owner.export_("g")}};
  const auto module = engine_.load(kUser);
  const auto refused = engine_.instantiate(*module, {.externs = swapped});
  EXPECT_EQ(refused.error().code, ErrorCode::Unlinkable);
  EXPECT_EQ(refused.error().name, "g");
}

TEST_F(Externs, AnImportedGlobalLivesAsLongAsItsImporter) {
  std::optional<Instance> owner = make(kOwner);
  const NamedExtern imports[] = {{"a", "g", *owner->export_("g")}, {"a", "k", *owner->export_("k")}};
  const Instance user = make(kUser, imports);
  owner.reset();
  make(kOwner);  // would take the place of what was freed
  ASSERT_TRUE(user.call<void>("inc"));
  EXPECT_EQ(get_global(*user.export_("again")).i32(), 6);
  EXPECT_EQ(*user.call<int64_t>("k"), 9);
}

TEST_F(Externs, HostFunctionsHaveATypeOfTheirOwn) {
  constexpr HostFunction kTimes = bind<times>("h", "f"), kAnother = bind<another>("h", "f");
  int32_t two = 2, three = 3;
  const Extern table = *engine_.new_table(ValueType::FuncRef, {.min = 2});
  const Extern twice = *engine_.new_function(kTimes, &two), thrice = *engine_.new_function(kTimes, &three);
  const Extern other = *engine_.new_function(kAnother, nullptr);
  EXPECT_EQ(type_of(twice).param_count(), 1u);
  EXPECT_EQ(type_of(other).result(0), ValueType::F32);
  {
    const NamedExtern imports[] = {{"h", "t", table}, {"h", "f", twice}};
    const Instance instance = make(kTable, imports);
    EXPECT_EQ(instance.export_("f")->item, twice.item);
    EXPECT_TRUE(table_set(table, 0, reference_to(engine_, function_of(thrice)).id));
    EXPECT_TRUE(table_set(table, 1, reference_to(engine_, function_of(other)).id));
    EXPECT_EQ(*instance.call<int32_t>("f", 21), 42);
    EXPECT_EQ(*instance.call<int32_t>("through", 0, 21), 63);
    EXPECT_EQ(instance.call<int32_t>("through", 1, 21).error().trap, Trap::IndirectCallTypeMismatch);
    EXPECT_EQ(*function_of(thrice).call<int32_t>(5), 15);
    const NamedExtern wrong[] = {{"h", "t", table}, {"h", "f", other}};
    const auto module = engine_.load(kTable);
    EXPECT_EQ(engine_.instantiate(*module, {.externs = wrong}).error().code, ErrorCode::Unlinkable);
  }
  for (const Extern& item : {table, twice, thrice, other}) engine_.release(item);
}

TEST_F(Externs, MalformedSignaturesAreRefused) {
  for (const char* signature : {"", "i", "q:", ":i:", "i:q"}) {
    HostFunction row = bind<times>("h", "f");
    row.signature = signature;
    EXPECT_EQ(engine_.new_function(row, nullptr).error().code, ErrorCode::Signature) << signature;
  }
}

// A type that a module defines says nothing without the module: made of it, a table or tag would name a type
// that nobody has.
TEST_F(Externs, TypesOfModulesAreRefused) {
  for (const ValueType type : {ValueType::Ref, ValueType::RefNull}) {
    EXPECT_EQ(engine_.new_table(type, {}).error().code, ErrorCode::Signature);
    EXPECT_EQ(engine_.new_global(Value(type, 0), false).error().code, ErrorCode::Signature);
    const ValueType payload[] = {ValueType::I32, type};
    EXPECT_EQ(engine_.new_tag(payload).error().code, ErrorCode::Signature);
  }
}

}  // namespace
}  // namespace mote
