// SPDX-License-Identifier: Apache-2.0
#include "wasm/module.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <string>

#include "wasm/const_expr.hpp"
#include "wasm/disassemble.hpp"
#include "wasm/module_builder.hpp"
#include "wasm/subtype.hpp"

namespace mote::wasm {
namespace {

using namespace test;

class ModuleTest : public testing::Test {
 protected:
  ModuleTest() : memory_(8u << 20), pool_(memory_) {}

  /// Decodes a copy that ends where its allocation ends, so that ASan sees every read beyond.
  bool load(const Bytes& bytes) {
    module_bytes_ = std::make_unique<uint8_t[]>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), module_bytes_.get());
    const size_t before = pool_.used();
    const bool ok = decode({module_bytes_.get(), bytes.size()}, pool_, module_, error_);
    EXPECT_TRUE(pool_.consistent());
    EXPECT_EQ(ok, error_.code == ErrorCode::None);
    if (!ok) {
      EXPECT_EQ(pool_.used(), before) << "a refused module leaves nothing in the pool";
      EXPECT_NE(std::string(error_.message), "");
      EXPECT_TRUE(error_.code == ErrorCode::OutOfMemory || error_.offset <= bytes.size()) << error_.offset;
    }
    return ok;
  }
  void unload() {
    release(module_, pool_);
    EXPECT_TRUE(pool_.empty());
  }
  void expect_refused(const Bytes& bytes, ErrorCode code, const std::string& message) {
    const bool ok = load(bytes);
    EXPECT_FALSE(ok) << message;
    if (ok) return unload();
    EXPECT_EQ(error_.code, code) << message << " but: " << error_.message;
    EXPECT_EQ(std::string(error_.message).substr(0, message.size()), message);
  }
  void expect_invalid(const ModuleBuilder& builder, const std::string& message) {
    expect_refused(builder.bytes, ErrorCode::Invalid, message);
  }
  void expect_malformed(const ModuleBuilder& builder, const std::string& message) {
    expect_refused(builder.bytes, ErrorCode::Malformed, message);
  }
  void expect_needs(const ModuleBuilder& builder, const std::string& proposal) {
    expect_refused(builder.bytes, ErrorCode::Unsupported, "needs the " + proposal + " proposal");
  }
  void expect_accepted(const ModuleBuilder& builder) {
    const bool ok = load(builder.bytes);
    EXPECT_TRUE(ok) << error_.message << " at " << error_.offset;
    if (ok) unload();
  }

  std::vector<std::byte> memory_;
  Pool pool_;
  std::unique_ptr<uint8_t[]> module_bytes_;
  Module module_;
  Error error_;
};

const Bytes kNone = {0x60, 0, 0};
const Bytes kBody = {0, 0x0b};

TEST_F(ModuleTest, EmptyModuleNeedsNoMemory) {
  Pool empty({});
  const Bytes bytes = ModuleBuilder().bytes;
  EXPECT_TRUE(decode(bytes, empty, module_, error_));
  EXPECT_EQ(module_.functions.count, 0u);
}

TEST_F(ModuleTest, DecodesEverySection) {
  ASSERT_TRUE(load(rich_module())) << error_.message << " at " << error_.offset;
  ASSERT_EQ(module_.types.count, 4u);
  EXPECT_EQ(module_.types[2].param_count, 3);
  EXPECT_EQ(module_.types[2].param_slots, 5);
  EXPECT_EQ(module_.types[2].result_count, 2);
  EXPECT_EQ(module_.types[2].result_slots, 2);
  const uint8_t* result = module_.types[2].results();
  EXPECT_EQ(next_type(result), kI32);
  EXPECT_EQ(next_type(result), kExternRef);
  EXPECT_EQ(module_.types[3].canonical, 1);
  EXPECT_EQ(module_.types[2].canonical, 2);
  EXPECT_TRUE(equal(module_.types[1], module_.types[3]));
  EXPECT_FALSE(equal(module_.types[1], module_.types[2]));

  EXPECT_EQ(module_.functions.count, 4u);
  EXPECT_EQ(module_.imported_functions, 1u);
  EXPECT_EQ(module_.type_of(0).param_count, 1);
  EXPECT_EQ(module_.tables.count, 3u);
  EXPECT_EQ(module_.tables[0].type.limits.min, 2u);
  EXPECT_EQ(module_.tables[0].type.limits.max, Limits::kNoMax);
  EXPECT_EQ(module_.tables[1].type.limits.max, 9u);
  EXPECT_EQ(module_.tables[2].type.element, kExternRef);
  EXPECT_EQ(module_.memories.count, 3u);
  EXPECT_EQ(module_.memories[1].page_log2, 16);
  EXPECT_EQ(module_.memories[2].page_log2, 0);
  EXPECT_EQ(module_.memories[2].limits.max, 8u);
  EXPECT_EQ(module_.globals.count, 9u);
  EXPECT_TRUE(module_.globals[1].type.mutable_);
  EXPECT_EQ(module_.globals[0].init.at, nullptr);
  EXPECT_EQ(module_.start, 1u);
  EXPECT_TRUE(module_.has_data_count);

  ASSERT_EQ(module_.elements.count, 8u);
  const SegmentMode modes[] = {SegmentMode::Active,      SegmentMode::Passive,    SegmentMode::Active,
                               SegmentMode::Declarative, SegmentMode::Active,     SegmentMode::Passive,
                               SegmentMode::Active,      SegmentMode::Declarative};
  for (uint32_t i = 0; i < 8; ++i) {
    EXPECT_EQ(module_.elements[i].mode, modes[i]) << i;
    EXPECT_EQ(module_.elements[i].expressions, i >= 4) << i;
  }
  EXPECT_EQ(module_.elements[2].table, 1);
  EXPECT_EQ(module_.elements[6].type, kExternRef);
  EXPECT_EQ(module_.elements[4].count, 2u);
  ASSERT_EQ(module_.data.count, 3u);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(module_.data[0].bytes), 2), "hi");
  EXPECT_EQ(module_.data[1].mode, SegmentMode::Passive);
  EXPECT_EQ(module_.data[2].memory, 2);
  for (uint32_t i = 0; i < 4; ++i) EXPECT_TRUE(module_.is_declared(i)) << i;
  unload();
}

TEST_F(ModuleTest, WalksImportsExportsBodiesAndNames) {
  ASSERT_TRUE(load(rich_module()));
  Imports imports(module_);
  std::string seen;
  for (Import import; imports.next(import);) {
    seen += std::string(import.module) + "." + std::string(import.name) + " " +
            std::to_string(static_cast<int>(import.kind)) + "[" + std::to_string(import.index) + "] ";
  }
  EXPECT_EQ(seen, "env.f 0[0] env.t 1[0] env.m 2[0] env.g 3[0] .h 3[1] ");
  Export found;
  EXPECT_TRUE(find_export(module_, "table", found));
  EXPECT_EQ(found.kind, ExternKind::Table);
  EXPECT_EQ(found.index, 1u);
  EXPECT_FALSE(find_export(module_, "tabl", found));
  Bodies bodies(module_);
  size_t count = 0, size = 0;
  for (Body body; bodies.next(body); ++count) size += static_cast<size_t>(body.end - body.begin);
  EXPECT_EQ(count, 3u);
  EXPECT_EQ(size, 2u + 6u + 6u);
  EXPECT_EQ(function_name(module_, 1), "one");
  EXPECT_EQ(function_name(module_, 2), "two");
  EXPECT_EQ(function_name(module_, 0), "f") << "from its import";
  EXPECT_EQ(function_name(module_, 3), "");
  EXPECT_EQ(function_name(module_, 99), "");
  unload();
}

TEST_F(ModuleTest, ConstantExpressionsAreEvaluated) {
  ASSERT_TRUE(load(rich_module()));
  struct Env {
    uint64_t global(uint32_t index) const { return index == 0 ? 100 : 5; }
    uint64_t function(uint32_t index) const { return 1000 + index; }
  };
  const auto value = [&](uint32_t global) { return evaluate(module_, module_.globals[global].init, Env{}); };
  EXPECT_EQ(value(2), 5u);
  EXPECT_EQ(value(3), 1u) << "-1 + 2";
  EXPECT_EQ(value(4), 0x3f800000u);
  EXPECT_EQ(value(5), 0x3ff0000000000000u);
  EXPECT_EQ(value(6), 1002u);
  EXPECT_EQ(value(7), 0u);
  EXPECT_EQ(value(8), 315u) << "(global 0 + global 2) * 3";
  const uint8_t* at = module_.elements[4].items;
  EXPECT_EQ(evaluate(module_, at, Env{}), 0u);
  EXPECT_EQ(evaluate(module_, at, Env{}), 1001u) << "an expression's end is where the next begins";
  unload();
}

TEST_F(ModuleTest, RefusesBadFrames) {
  expect_refused({}, ErrorCode::Malformed, "unexpected end");
  expect_refused({0, 'a', 's'}, ErrorCode::Malformed, "unexpected end");
  expect_refused({'\x7f', 'E', 'L', 'F'}, ErrorCode::Malformed, "magic header not detected");
  expect_refused({0, 'a', 's', 'm', 2, 0, 0, 0}, ErrorCode::Malformed, "unknown binary version");
  expect_refused({0, 'a', 's', 'm', 0x0d, 0, 1, 0}, ErrorCode::Malformed,
                 "unknown binary version: this is a component");
  expect_malformed(ModuleBuilder().section(14, {0}), "malformed section id");
  expect_malformed(ModuleBuilder().types({}).types({}), "unexpected content after last section");
  expect_malformed(ModuleBuilder().functions({}).types({}), "unexpected content after last section");
  expect_malformed(ModuleBuilder().section(1, {0, 0}), "section size mismatch");
  expect_malformed(ModuleBuilder().section(1, {1}), "length out of bounds");
  expect_malformed(ModuleBuilder().types({kNone}).functions({{0}}),
                   "function and code section have inconsistent lengths");
  expect_malformed(ModuleBuilder().code({kBody}), "function and code section have inconsistent lengths");
  expect_malformed(ModuleBuilder().data_count(1), "data count and data section have inconsistent lengths");
  expect_malformed(ModuleBuilder().section(0, {5, 'a'}), "length out of bounds");
  expect_malformed(ModuleBuilder().section(0, {1, 0xff}), "malformed UTF-8 encoding");
  EXPECT_EQ(error_.offset, 11u);
}

TEST_F(ModuleTest, RefusesInvalidDefinitions) {
  expect_invalid(ModuleBuilder().types({kNone}).functions({{1}}).code({kBody}), "unknown type");
  expect_invalid(ModuleBuilder().imports({{0, 0, 0, 0}}), "unknown type");
  expect_invalid(ModuleBuilder().memories({{0, 0x81, 0x80, 0x04}}),
                 "memory size must be at most 65536 pages");
  expect_invalid(ModuleBuilder().memories({{1, 2, 1}}), "size minimum must not be greater than maximum");
  expect_invalid(ModuleBuilder().memories({{8, 0, 1}}), "invalid custom page size");
  expect_invalid(ModuleBuilder().tables({{0x70, 1, 2, 1}}), "size minimum must not be greater than maximum");
  expect_invalid(ModuleBuilder().start(0), "unknown function");
  expect_invalid(ModuleBuilder().types({{0x60, 1, 0x7f, 0}}).functions({{0}}).start(0).code({kBody}),
                 "start function");
  expect_malformed(ModuleBuilder().memories({{0x10, 0}}), "malformed limits flags");
  expect_malformed(ModuleBuilder().tables({{0x7f, 0, 0}}), "malformed reference type");
  expect_malformed(ModuleBuilder().types({{0x61, 0, 0}}), "malformed type form");
  expect_malformed(ModuleBuilder().imports({{0, 0, 5, 0}}), "malformed import kind");
  expect_malformed(ModuleBuilder().globals({{0x7f, 2, 0x41, 0, 0x0b}}), "malformed mutability");
  const ModuleBuilder memory = ModuleBuilder().memories({{0, 0}});
  expect_invalid(ModuleBuilder(memory).exports({{1, 'a', 2, 1}}), "unknown memory");
  expect_invalid(ModuleBuilder(memory).exports({{1, 'a', 0, 0}}), "unknown function");
  expect_invalid(ModuleBuilder(memory).exports({{1, 'a', 2, 0}, {1, 'b', 2, 0}, {1, 'a', 2, 0}}),
                 "duplicate export name");
  EXPECT_EQ(error_.name, "a");
}

TEST_F(ModuleTest, RefusesInvalidExpressions) {
  const auto global = [](const Bytes& type_and_code) { return ModuleBuilder().globals({type_and_code}); };
  expect_invalid(global({0x7f, 0, 0x42, 0, 0x0b}), "type mismatch");
  expect_invalid(global({0x7f, 0, 0x0b}), "type mismatch");
  expect_invalid(global({0x7f, 0, 0x41, 0, 0x41, 0, 0x0b}), "type mismatch");
  expect_invalid(global({0x7f, 0, 0x41, 0, 0x6a, 0x0b}), "type mismatch");
  expect_invalid(global({0x7f, 0, 0x41, 0, 0x01, 0x0b}), "constant expression required");
  expect_invalid(global({0x7f, 0, 0x23, 0, 0x0b}), "unknown global");
  expect_invalid(global({0x70, 0, 0xd2, 0, 0x0b}), "unknown function");
  expect_malformed(global({0x7f, 0, 0xff, 0x0b}), "illegal opcode");
  expect_invalid(ModuleBuilder().globals({{0x7f, 1, 0x41, 0, 0x0b}, {0x7f, 0, 0x23, 0, 0x0b}}),
                 "constant expression required");
  expect_accepted(ModuleBuilder().globals({{0x7f, 0, 0x41, 0, 0x0b}, {0x7f, 0, 0x23, 0, 0x0b}}));
  Bytes deep = {0x7f, 0};
  for (int i = 0; i < 17; ++i) append(deep, {0x41, 0});
  for (int i = 0; i < 16; ++i) append(deep, {0x6a});
  append(deep, {0x0b});
  expect_refused(global(deep).bytes, ErrorCode::Limit, "constant expression with more than 16 operands");
}

TEST_F(ModuleTest, RefusesInvalidSegments) {
  const ModuleBuilder tables = ModuleBuilder().tables({{0x70, 0, 0}, {0x6f, 0, 0}});
  expect_invalid(ModuleBuilder().elements({{0, 0x41, 0, 0x0b, 0}}), "unknown table");
  expect_invalid(ModuleBuilder(tables).elements({{0, 0x41, 0, 0x0b, 1, 0}}), "unknown function");
  expect_invalid(ModuleBuilder(tables).elements({{2, 1, 0x41, 0, 0x0b, 0, 0}}), "type mismatch");
  expect_invalid(ModuleBuilder(tables).elements({{0, 0x42, 0, 0x0b, 0}}), "type mismatch");
  expect_invalid(ModuleBuilder(tables).elements({{5, 0x70, 1, 0xd0, 0x6f, 0x0b}}), "type mismatch");
  expect_malformed(ModuleBuilder(tables).elements({{8, 0}}), "malformed element segment kind");
  expect_malformed(ModuleBuilder(tables).elements({{1, 1, 0}}), "malformed element kind");
  expect_malformed(ModuleBuilder(tables).elements({{1, 0, 100, 0}}), "unexpected end");
  expect_invalid(ModuleBuilder().data({{0, 0x41, 0, 0x0b, 0}}), "unknown memory");
  expect_malformed(ModuleBuilder().data({{3, 0}}), "malformed data segment kind");
  expect_malformed(ModuleBuilder().data({{1, 2, 0}}), "unexpected end");
}

TEST_F(ModuleTest, RefusesProposalsByName) {
  const auto type = [](const Bytes& row) { return ModuleBuilder().types({row}); };
  expect_invalid(type({0x5d, 0}), "non-function type");
  expect_needs(ModuleBuilder().imports({{0, 0, 0x20, 0}}), "custom-descriptors");
}

TEST_F(ModuleTest, TypesAreEqualByGroups) {
  const Bytes empty = {0x60, 0, 0};
  const auto canonical = [&](uint32_t i) { return module_.types[i].canonical; };
  // Two groups that refer to themselves alike, one that does not, and a type that stands alone.
  const Bytes list = {0x4e, 1, 0x5f, 2, 0x63, 0, 0, 0x7f, 1},
              same_list = {0x4e, 1, 0x5f, 2, 0x63, 1, 0, 0x7f, 1};
  const Bytes to_first = {0x5f, 2, 0x63, 0, 0, 0x7f, 1};
  const Bytes pair = {0x4e, 2, 0x60, 0, 0, 0x60, 0, 0};
  ASSERT_TRUE(load(ModuleBuilder().types({list, same_list, to_first, empty, empty, pair}).bytes));
  ASSERT_EQ(module_.types.count, 7u);
  EXPECT_EQ(canonical(1), 0);
  EXPECT_EQ(canonical(2), 2) << "a type outside of its group is another type";
  EXPECT_EQ(canonical(4), 3);
  EXPECT_EQ(canonical(5), 5) << "types of a larger group differ from one alone";
  EXPECT_EQ(canonical(6), 6);
  EXPECT_EQ(module_.types[0].param_slots, 8) << "bytes of the fields";
  unload();
}

TEST_F(ModuleTest, SubtypesMatchTheirSupertypes) {
  const Bytes base = {0x50, 0, 0x5f, 1, 0x7f, 0}, wider = {0x50, 1, 0, 0x5f, 2, 0x7f, 0, 0x78, 1};
  ASSERT_TRUE(load(ModuleBuilder().types({base, wider}).bytes));
  EXPECT_TRUE(matches(module_, ValType::defined(1), ValType::defined(0)));
  EXPECT_FALSE(matches(module_, ValType::defined(0), ValType::defined(1)));
  EXPECT_TRUE(matches(module_, ValType::defined(1).non_null(), kStructRef));
  EXPECT_TRUE(matches(module_, kNullRef, ValType::defined(1)));
  EXPECT_FALSE(matches(module_, kNullRef, ValType::defined(1).non_null()));
  EXPECT_FALSE(matches(module_, kNullFuncRef, ValType::defined(1)));
  unload();
  const Bytes final_base = {0x5f, 1, 0x7f, 0}, other = {0x50, 1, 0, 0x5f, 1, 0x7e, 0};
  expect_refused(ModuleBuilder().types({final_base, wider}).bytes, ErrorCode::Invalid, "sub type");
  expect_refused(ModuleBuilder().types({base, other}).bytes, ErrorCode::Invalid, "sub type");
  expect_refused(ModuleBuilder().types({{0x50, 1, 0, 0x5f, 0}}).bytes, ErrorCode::Invalid, "unknown type");
  expect_refused(ModuleBuilder().types({{0x5f, 1, 0x63, 1, 0}}).bytes, ErrorCode::Invalid, "unknown type");
  expect_refused(ModuleBuilder().types({{0x5f, 1, 0x7f, 2}}).bytes, ErrorCode::Malformed,
                 "malformed mutability");
}

TEST_F(ModuleTest, ImportsInGroupsAreWalkedLikeOthers) {
  const Bytes each = join({name("env"), {0, 0x7f, 2}, name("f"), {0, 0}, name("g"), {3, 0x7f, 0}});
  const Bytes alike = join({name("lib"), {0, 0x7e, 3, 0x7e, 1, 2}, name("a"), name("b")});
  ASSERT_TRUE(load(ModuleBuilder().types({{0x60, 0, 0}}).imports({each, alike}).bytes));
  EXPECT_EQ(module_.imported_functions, 1u);
  EXPECT_EQ(module_.imported_globals, 3u);
  Imports imports(module_);
  Import import;
  std::string all;
  while (imports.next(import))
    all += std::string(import.module) + "." + std::string(import.name) + std::to_string(import.index) + " ";
  EXPECT_EQ(all, "env.f0 env.g0 lib.a1 lib.b2 ");
  unload();
}

TEST_F(ModuleTest, TagsHaveFunctionTypes) {
  const std::vector<Bytes> types = {{0x60, 1, 0x7f, 0}, {0x60, 0, 1, 0x7f}};
  ASSERT_TRUE(load(ModuleBuilder().types(types).section(13, {1, 0, 0}).exports({{1, 'e', 4, 0}}).bytes));
  EXPECT_EQ(module_.tags.count, 1u);
  unload();
  expect_refused(ModuleBuilder().types(types).section(13, {1, 0, 2}).bytes, ErrorCode::Invalid,
                 "unknown type");
  expect_refused(ModuleBuilder().types(types).section(13, {1, 1, 0}).bytes, ErrorCode::Malformed,
                 "malformed tag");
  expect_accepted(ModuleBuilder().types(types).section(13, {1, 0, 1}));
}

TEST_F(ModuleTest, LongAddressesAndVectors) {
  expect_accepted(ModuleBuilder().memories({join({{5, 0}, leb128(uint64_t{1} << 48)})}));
  expect_refused(ModuleBuilder().memories({join({{4}, leb128((uint64_t{1} << 48) + 1)})}).bytes,
                 ErrorCode::Invalid, "memory size must be at most");
  expect_accepted(ModuleBuilder().tables({join({{0x70, 5, 0}, leb128(~uint64_t{0} - 1)})}));
  expect_accepted(ModuleBuilder().memories({{4, 1}}).data({{0, 0x42, 0, 0x0b, 0}}));
  expect_refused(ModuleBuilder().memories({{4, 1}}).data({{0, 0x41, 0, 0x0b, 0}}).bytes, ErrorCode::Invalid,
                 "type mismatch");
  const Bytes vector = join({{0xfd, 0x0c}, Bytes(16, 7)});
  expect_accepted(ModuleBuilder().globals({join({{0x7b, 0}, vector, {0x0b}})}));
  expect_refused(ModuleBuilder().globals({join({{0x7f, 0}, vector, {0x0b}})}).bytes, ErrorCode::Invalid,
                 "type mismatch");
}

TEST_F(ModuleTest, AbsurdSizesAreRefusedBeforeMemoryIsTaken) {
  for (uint8_t id = 1; id <= 12; ++id) {
    if (id == 8) continue;  // the start section has no vector
    const Bytes bytes = ModuleBuilder().section(id, {0xff, 0xff, 0xff, 0xff, 0x0f, 0x60, 0, 0}).bytes;
    pool_.reset_peak();
    EXPECT_FALSE(load(bytes)) << int{id};
    EXPECT_EQ(pool_.peak(), 0u) << int{id};
  }
  Bytes huge = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0};
  expect_refused(huge, ErrorCode::Malformed, "length out of bounds");
  const Bytes many(70000, 0);
  expect_refused(ModuleBuilder().section(3, join({leb128(65536), many})).bytes, ErrorCode::Limit,
                 "a section of more than 65535");
  Bytes params = {0x60};
  append(params, leb128(300));
  append(params, Bytes(300, 0x7f));
  append(params, {0});
  expect_refused(ModuleBuilder().types({params}).bytes, ErrorCode::Limit, "parameters of more than 240");
}

TEST_F(ModuleTest, PoolsOfEverySize) {
  const Bytes bytes = rich_module();
  ASSERT_TRUE(load(bytes));
  const size_t needed = pool_.used();
  unload();
  for (size_t size = 0; size <= needed + 16; size += 8) {
    std::vector<std::byte> memory(size);
    Pool pool(memory);
    Module module;
    Error error;
    const bool ok = decode(bytes, pool, module, error);
    EXPECT_EQ(ok, size >= needed) << size;
    if (ok) {
      release(module, pool);
    } else {
      EXPECT_EQ(error.code, ErrorCode::OutOfMemory);
      EXPECT_GE(size + error.detail, needed - 8) << "the number of missing bytes must be enough";
    }
    EXPECT_TRUE(pool.empty());
  }
}

TEST_F(ModuleTest, ManyNamesAndTypesTakeNoQuadraticTime) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<Bytes> types, exports;
  for (uint32_t i = 0; i < 65535; ++i) {
    Bytes type = {0x60, 16};
    for (unsigned bit = 0; bit < 16; ++bit) type.push_back((i / 2) >> bit & 1 ? 0x7f : 0x7d);
    type.push_back(0);
    types.push_back(type);
    // A long common prefix: the worst that names can do.
    exports.push_back(join({name("common prefix of a name " + std::to_string(i * 7919u % 65536)), {2, 0}}));
  }
  ASSERT_TRUE(load(ModuleBuilder().types(types).memories({{0, 0}}).exports(exports).bytes)) << error_.message;
  for (uint32_t i = 0; i < 65535; ++i) ASSERT_EQ(module_.types[i].canonical, i / 2 * 2);
  unload();
  exports.push_back(join({name("common prefix of a name 12345"), {2, 0}}));
  expect_invalid(ModuleBuilder().memories({{0, 0}}).exports(exports), "duplicate export name");
  EXPECT_EQ(error_.name, "common prefix of a name 12345");
  const auto elapsed = std::chrono::steady_clock::now() - start;
  EXPECT_LT(elapsed, std::chrono::seconds(20)) << "quadratic time would be minutes";
}

/// Whatever the bytes: an answer, nothing left in the pool, no read outside (ASan).
void survive(const Bytes& bytes, Pool& pool) {
  const auto copy = std::make_unique<uint8_t[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), copy.get());
  Module module;
  Error error;
  if (decode({copy.get(), bytes.size()}, pool, module, error)) {
    Imports imports(module);
    for (Import import; imports.next(import);) ASSERT_LE(import.name.size(), bytes.size());
    Exports exports(module);
    for (Export item; exports.next(item);) ASSERT_LE(item.name.size(), bytes.size());
    for (uint32_t i = 0; i < module.functions.count; ++i) {
      ASSERT_LE(function_name(module, i).size(), bytes.size());
      if (i < module.imported_functions) continue;
      Error ignored;
      disassemble(module, i, {[](void*, std::string_view) {}, nullptr}, ignored);
    }
    release(module, pool);
  } else {
    ASSERT_NE(error.code, ErrorCode::None);
    ASSERT_TRUE(error.code == ErrorCode::OutOfMemory || error.offset <= bytes.size());
  }
  ASSERT_TRUE(pool.empty());
}

TEST_F(ModuleTest, SurvivesEveryPrefix) {
  const Bytes bytes = rich_module();
  for (size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_NO_FATAL_FAILURE(
        survive(Bytes(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size)), pool_));
  }
}

TEST_F(ModuleTest, SurvivesEveryBitFlipAndByteChange) {
  const Bytes bytes = rich_module();
  for (size_t i = 0; i < bytes.size(); ++i) {
    Bytes changed = bytes;
    for (unsigned value = 0; value < 256; ++value) {
      changed[i] = static_cast<uint8_t>(value);
      ASSERT_NO_FATAL_FAILURE(survive(changed, pool_)) << i << " " << value;
    }
  }
}

TEST_F(ModuleTest, SurvivesRandomDamage) {
  std::mt19937 random(1);
  const Bytes bytes = rich_module();
  for (int round = 0; round < 20000; ++round) {
    Bytes changed = bytes;
    for (auto hits = 1 + random() % 6; hits > 0; --hits) {
      const size_t at = random() % changed.size();
      switch (random() % 4) {
        case 0:
          changed[at] = static_cast<uint8_t>(random());
          break;
        case 1:
          changed.erase(changed.begin() + static_cast<ptrdiff_t>(at));
          break;
        case 2:
          changed.insert(changed.begin() + static_cast<ptrdiff_t>(at), static_cast<uint8_t>(random()));
          break;
        default:
          changed[at] ^= static_cast<uint8_t>(1u << random() % 8);
      }
    }
    ASSERT_NO_FATAL_FAILURE(survive(changed, pool_)) << round;
  }
}

}  // namespace
}  // namespace mote::wasm
