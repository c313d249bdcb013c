// SPDX-License-Identifier: Apache-2.0
// Numbers that nobody means: sizes of sections, counts, locals, nesting. Each is refused with a sentence, or
// loads.
#include <gtest/gtest.h>

#include "modules.hpp"

namespace mote {
namespace {

using wasm::test::append;
using wasm::test::Bytes;
using wasm::test::join;
using wasm::test::leb128;
using wasm::test::ModuleBuilder;
using wasm::test::name;

constexpr uint32_t kMany = 100'000;

Bytes repeated(const Bytes& piece, uint32_t times) {
  Bytes bytes;
  bytes.reserve(piece.size() * times);
  for (uint32_t i = 0; i < times; ++i) append(bytes, piece);
  return bytes;
}

/// A section's contents of `count` equal rows.
Bytes rows(uint32_t count, const Bytes& row) {
  return join({leb128(count), repeated(row, count)});
}

ModuleBuilder one_function() {
  return ModuleBuilder().types({{0x60, 0, 0}}).functions({{0}});
}

/// A module of one function of type () -> () with this body: locals and code.
Bytes with_body(const Bytes& body) {
  return one_function().section(7, join({{1}, name("f"), {0, 0}})).code({body}).bytes;
}

void refused(const Bytes& bytes) {
  const fuzz::Outcome outcome = on_every_tier(bytes);
  EXPECT_FALSE(outcome.loaded);
  EXPECT_NE(outcome.log.find("error "), std::string::npos);
}

/// No crash and no hang; a limit may be met, and then it is said.
void survives(const Bytes& bytes) {
  const fuzz::Outcome outcome = on_every_tier(bytes, {.pool_bytes = size_t{64} << 20});
  EXPECT_TRUE(outcome.loaded || outcome.log.find("error ") == 0) << outcome.log;
}

TEST(Absurd, SizesOfSections) {
  for (uint8_t id = 0; id < 20; ++id) {
    for (const uint64_t size :
         {1ull, 2ull, 0x7full, 0xffffull, 0x7fff'ffffull, 0xffff'fff0ull, 0xffff'ffffull, 0x1'0000'0000ull}) {
      Bytes bytes = ModuleBuilder().bytes;
      bytes.push_back(id);
      append(bytes, leb128(size));
      refused(bytes);
      if (size > 0xffff) {
        append(bytes, Bytes(100));
        refused(bytes);
      }
    }
  }
}

TEST(Absurd, CountsOfRows) {
  for (uint8_t id = 1; id < 14; ++id) {
    for (const uint64_t count : {1ull, 0xffffull, 0x1'0000ull, 0x7fff'ffffull, 0xffff'ffffull}) {
      if (id == 8 || id == 12) continue;  // an index, a number
      refused(ModuleBuilder().section(id, leb128(count)).bytes);
      if (count > 0xffff) refused(ModuleBuilder().section(id, join({leb128(count), Bytes(1000, 0)})).bytes);
    }
  }
}

TEST(Absurd, NumbersTooLong) {
  for (const Bytes& number :
       {Bytes{0x80, 0x80, 0x80, 0x80, 0x80, 0}, Bytes{0xff, 0xff, 0xff, 0xff, 0x1f}, Bytes(1000, 0x80)}) {
    for (uint8_t id = 0; id < 14; ++id) refused(ModuleBuilder().section(id, number).bytes);
    refused(with_body(join({{0, 0x41}, number, number, {0x1a, 0x0b}})));
  }
}

TEST(Absurd, Locals) {
  const Bytes end = {0x0b};
  for (const uint64_t count :
       {50'000ull, 50'001ull, 0xffffull, 0x1'0000ull, 0x7fff'ffffull, 0xffff'ffffull}) {
    for (const uint8_t type : Bytes{0x7f, 0x7e, 0x7c})
      survives(with_body(join({{1}, leb128(count), {type}, end})));
  }
  refused(with_body(join({{1}, leb128(0xffff'ffff), {0x7f}, end})));
  refused(with_body(join({{2}, leb128(0xffff'ffff), {0x7f}, leb128(0xffff'ffff), {0x7f}, end})));
  // The sum wraps around: to nothing, to few.
  refused(with_body(join({{2}, leb128(0xffff'ffff), {0x7f}, leb128(1), {0x7f}, end})));
  refused(with_body(
      join({{3}, leb128(0x8000'0000), {0x7f}, leb128(0x8000'0000), {0x7f}, leb128(5), {0x7f}, end})));
  // In many groups, of one or of none.
  survives(with_body(join({leb128(kMany), repeated({1, 0x7f}, kMany), end})));
  survives(with_body(join({leb128(40'000), repeated({1, 0x7e}, 40'000), end})));
  survives(with_body(join({leb128(kMany), repeated({0, 0x7f}, kMany), end})));
  refused(with_body(join({leb128(0xffff'ffff), repeated({1, 0x7f}, 1000)})));
}

TEST(Absurd, Nesting) {
  for (const uint8_t block : Bytes{0x02, 0x03}) {
    survives(with_body(join({{0}, repeated({block, 0x40}, kMany), repeated({0x0b}, kMany), {0x0b}})));
    refused(with_body(join({{0}, repeated({block, 0x40}, kMany)})));
    survives(with_body(
        join({{0}, repeated({block, 0x40}, kMany), {0x0c}, leb128(kMany), repeated({0x0b}, kMany), {0x0b}})));
    refused(with_body(join(
        {{0}, repeated({block, 0x40}, kMany), {0x0c}, leb128(kMany + 1), repeated({0x0b}, kMany), {0x0b}})));
  }
  survives(with_body(join({{0}, repeated({0x41, 1, 0x04, 0x40}, kMany), repeated({0x0b}, kMany), {0x0b}})));
  survives(
      with_body(join({{0}, repeated({0x41, 1, 0x04, 0x40}, kMany), repeated({0x05, 0x0b}, kMany), {0x0b}})));
  refused(with_body(join({{0}, repeated({0x0b}, kMany)})));
}

TEST(Absurd, Operands) {
  survives(with_body(join({{0}, repeated({0x41, 1}, kMany), repeated({0x1a}, kMany), {0x0b}})));
  survives(with_body(join({{0}, repeated({0x42, 1}, kMany), repeated({0x1a}, kMany), {0x0b}})));
  survives(with_body(join({{0, 0x41, 1}, repeated({0x41, 1, 0x6a}, kMany), {0x1a, 0x0b}})));
  survives(
      with_body(join({{0, 0x41, 0, 0x28, 2, 0}, repeated({0x28, 2, 0}, kMany), {0x1a, 0x0b}})));  // no memory
  survives(with_body(join({{0, 0x00}, repeated({0x6a}, kMany), {0x1a, 0x0b}})));  // of unreachable code
  refused(with_body(join({{0}, repeated({0x6a}, kMany), {0x1a, 0x0b}})));
}

TEST(Absurd, BranchTables) {
  survives(with_body(join({{0, 0x41, 0, 0x0e}, rows(kMany, {0}), {0, 0x0b}})));
  survives(with_body(join({{0, 0x41, 0, 0x0e}, rows(60'000, {0}), {0, 0x0b}})));
  refused(with_body(join({{0, 0x41, 0, 0x0e}, leb128(0xffff'ffff), {0, 0x0b}})));
}

TEST(Absurd, ManyOfEverything) {
  const Bytes type = {0x60, 0, 0};
  survives(ModuleBuilder().section(1, rows(kMany, type)).bytes);
  survives(ModuleBuilder().section(1, rows(60'000, type)).bytes);
  survives(ModuleBuilder()
               .types({type})
               .section(3, rows(kMany, {0}))
               .section(10, rows(kMany, {2, 0, 0x0b}))
               .bytes);
  survives(ModuleBuilder()
               .types({type})
               .section(3, rows(60'000, {0}))
               .section(10, rows(60'000, {2, 0, 0x0b}))
               .bytes);
  survives(ModuleBuilder().types({type}).section(2, rows(kMany, join({name("a"), name("b"), {0, 0}}))).bytes);
  survives(ModuleBuilder().section(6, rows(kMany, {0x7f, 0, 0x41, 0, 0x0b})).bytes);
  survives(ModuleBuilder().section(6, rows(30'000, {0x7f, 0, 0x41, 0, 0x0b})).bytes);
  survives(ModuleBuilder().section(4, rows(kMany, {0x70, 0, 0})).bytes);
  survives(ModuleBuilder().section(5, rows(1'000, {0, 0})).bytes);
  survives(ModuleBuilder().memories({{0, 1}}).section(11, rows(kMany, {0, 0x41, 0, 0x0b, 0})).bytes);
  survives(ModuleBuilder().tables({{0x70, 0, 1}}).section(9, rows(kMany, {0, 0x41, 0, 0x0b, 0})).bytes);
  survives(ModuleBuilder().section(0, join({name("name"), repeated({1, 1, 0}, kMany)})).bytes);
}

TEST(Absurd, ManyExports) {
  Bytes different = leb128(kMany), same = leb128(kMany);
  for (uint32_t i = 0; i < kMany; ++i) {
    append(different, join({name("f" + std::to_string(i)), {0, 0}}));
    append(same, join({name("f"), {0, 0}}));
  }
  survives(one_function().section(7, different).code({{0, 0x0b}}).bytes);
  refused(one_function().section(7, same).code({{0, 0x0b}}).bytes);
}

TEST(Absurd, Signatures) {
  for (const uint32_t count : {100u, 240u, 241u, 1000u, 65'535u, 65'536u, kMany}) {
    const Bytes many = rows(count, {0x7f}), wide = rows(count, {0x7e});
    survives(ModuleBuilder()
                 .types({join({{0x60}, many, {0}}), join({{0x60, 0}, many}), join({{0x60}, wide, wide})})
                 .bytes);
    survives(ModuleBuilder()
                 .types({join({{0x60}, many, {0}})})
                 .functions({{0}})
                 .section(7, join({{1}, name("f"), {0, 0}}))
                 .code({{0, 0x0b}})
                 .bytes);
  }
  refused(ModuleBuilder().types({join({{0x60}, leb128(0xffff'ffff)})}).bytes);
}

TEST(Absurd, Memories) {
  for (const uint64_t pages : {1ull, 16ull, 17ull, 65'535ull, 65'536ull})
    survives(ModuleBuilder().memories({join({{0}, leb128(pages)})}).bytes);
  for (const uint64_t pages : {65'537ull, 0xffff'ffffull})
    refused(ModuleBuilder().memories({join({{0}, leb128(pages)})}).bytes);
  refused(ModuleBuilder().memories({{1, 2, 1}}).bytes);
  survives(ModuleBuilder().tables({join({{0x70, 0}, leb128(0xffff'ffff)})}).bytes);
  // Data and elements that lie outside.
  survives(ModuleBuilder().memories({{0, 1}}).section(11, join({{1, 0, 0x41}, {0x7f}, {0x0b, 1, 0}})).bytes);
  survives(ModuleBuilder()
               .memories({{0, 1}})
               .section(11, join({{1, 0, 0x41}, leb128(65'536), {0x0b, 1, 0}}))
               .bytes);
}

}  // namespace
}  // namespace mote
