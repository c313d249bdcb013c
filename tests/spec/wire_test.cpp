// SPDX-License-Identifier: Apache-2.0
#include "agent/wire.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mote::spec {
namespace {

std::string decoded_name(std::string_view word) {
  char name[64];
  size_t size = 0;
  EXPECT_TRUE(decode_name(word, name, size)) << word;
  return {name, size};
}

TEST(Wire, ChecksumsAreTheStandardOnes) {
  EXPECT_EQ(crc16("123456789"), 0x29b1);  // catalogue value of CRC-16/CCITT-FALSE
  const std::string digits = "123456789";
  const std::vector<uint8_t> bytes(digits.begin(), digits.end());
  EXPECT_EQ(crc32(bytes), 0xcbf4'3926u);  // catalogue value of CRC-32
  EXPECT_EQ(crc32(std::span(bytes).subspan(4), crc32(std::span(bytes).first(4))), 0xcbf4'3926u);
}

TEST(Wire, LineRoundTrip) {
  char buffer[kLineBytes];
  LineWriter writer(buffer);
  writer.begin(0xa7);
  writer.word("invoke")
      .decimal(12)
      .name(std::string_view("a b\0%\xff", 6))
      .name("")
      .word("i32:")
      .append_hex(0x2a, 8);
  const std::string line = std::string(writer.end()) + "\r\n";
  uint8_t sequence = 0;
  std::string_view body;
  ASSERT_TRUE(open_line(line, sequence, body));
  EXPECT_EQ(sequence, 0xa7);
  LineReader words(body);
  uint32_t id = 0;
  EXPECT_EQ(words.word(), "invoke");
  EXPECT_TRUE(words.decimal(id));
  EXPECT_EQ(id, 12u);
  EXPECT_EQ(decoded_name(words.word()), std::string("a b\0%\xff", 6));
  EXPECT_EQ(decoded_name(words.word()), "");
  EXPECT_EQ(words.rest(), "i32:0000002a");
}

TEST(Wire, EveryFlippedBitIsNoticed) {
  char buffer[64];
  LineWriter writer(buffer);
  writer.begin(1);
  const std::string line(writer.word("hello").end());
  for (size_t i = 0; i < line.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = line;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      uint8_t sequence = 0;
      std::string_view body;
      EXPECT_FALSE(open_line(damaged, sequence, body)) << i << ' ' << bit;
    }
  }
}

TEST(Wire, EveryTruncationIsNoticed) {
  char buffer[64];
  LineWriter writer(buffer);
  writer.begin(1);
  const std::string line(writer.word("hello").end());
  for (size_t size = 0; size < line.size(); ++size) {
    uint8_t sequence = 0;
    std::string_view body;
    EXPECT_FALSE(open_line(line.substr(0, size), sequence, body)) << size;
  }
}

TEST(Wire, WhatDoesNotFitGivesNoLine) {
  for (size_t size = 0; size < 14; ++size) {
    std::vector<char> buffer(size + 1, '#');
    LineWriter writer({buffer.data(), size});
    writer.begin(1);
    EXPECT_TRUE(writer.word("hello").end().empty()) << size;
    EXPECT_EQ(buffer[size], '#') << size;
  }
}

TEST(Wire, Base64OfRfc4648) {
  const struct {
    const char* plain;
    const char* coded;
  } rows[] = {{"f", "Zg=="},        {"fo", "Zm8="},        {"foo", "Zm9v"},
              {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& row : rows) {
    const std::string plain = row.plain;
    const std::vector<uint8_t> bytes(plain.begin(), plain.end());
    char buffer[64];
    LineWriter writer(buffer);
    writer.begin(0);
    const std::string line(writer.base64(bytes).end());
    EXPECT_EQ(line.substr(4, line.size() - 10), row.coded);
    uint8_t back[16];
    size_t size = 0;
    ASSERT_TRUE(decode_base64(row.coded, back, size));
    EXPECT_EQ(std::string(back, back + size), plain);
  }
}

TEST(Wire, BadBase64IsRefused) {
  uint8_t to[4];
  size_t size = 0;
  for (const char* bad : {"Zg=", "Z===", "Zg==Zg==", "Zm9!", "=AAA", "Z=9v"})
    EXPECT_FALSE(decode_base64(bad, to, size)) << bad;
  EXPECT_FALSE(decode_base64("Zm9vYmFy", to, size));  // six bytes into four
}

TEST(Wire, AFullChunkFitsIntoALine) {
  const std::vector<uint8_t> bytes(kChunkBytes, 0xff);
  char buffer[kLineBytes];
  LineWriter writer(buffer);
  writer.begin(0);
  EXPECT_FALSE(writer.word("data").base64(bytes).end().empty());
}

TEST(Wire, Numbers) {
  uint64_t number = 0;
  EXPECT_TRUE(parse_decimal("18446744073709551615", number));
  EXPECT_EQ(number, ~uint64_t{0});
  for (const char* bad : {"", "18446744073709551616", "-1", "1x"})
    EXPECT_FALSE(parse_decimal(bad, number)) << bad;
  EXPECT_TRUE(parse_hex("ffffffffffffffff", number));
  for (const char* bad : {"", "10000000000000000", "FF", "g"}) EXPECT_FALSE(parse_hex(bad, number)) << bad;
  char name[4];
  size_t size = 0;
  for (const char* bad : {"", "%4", "%zz", "a%", "abcde"}) EXPECT_FALSE(decode_name(bad, name, size)) << bad;
}

}  // namespace
}  // namespace mote::spec
