// SPDX-License-Identifier: Apache-2.0
#include "wasm/reader.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace mote::wasm {
namespace {

using Bytes = std::vector<uint8_t>;

/// What one read of `bytes` gave.
template <class T>
struct Outcome {
  T value;
  size_t left;
  Error error;
};

template <class Read>
auto read(const Bytes& bytes, Read read) {
  Error error;
  Reader reader(bytes.data(), bytes.data() + bytes.size(), bytes.data(), error);
  const auto value = read(reader);
  return Outcome<decltype(value)>{value, reader.remaining(), error};
}

constexpr auto kU32 = [](Reader& r) { return r.u32(); };
constexpr auto kS32 = [](Reader& r) { return r.s32(); };
constexpr auto kS33 = [](Reader& r) { return r.s33(); };
constexpr auto kU64 = [](Reader& r) { return r.u64(); };
constexpr auto kS64 = [](Reader& r) { return r.s64(); };

template <class Read, class T>
void expect_value(const Bytes& bytes, Read how, T value) {
  const auto outcome = read(bytes, how);
  EXPECT_EQ(outcome.value, value);
  EXPECT_EQ(outcome.left, 0u);
  EXPECT_FALSE(outcome.error) << outcome.error.message;
}

template <class Read>
void expect_error(const Bytes& bytes, Read how, const std::string& message, uint32_t offset = 0) {
  const auto outcome = read(bytes, how);
  EXPECT_EQ(outcome.value, 0u);
  EXPECT_EQ(outcome.error.code, ErrorCode::Malformed);
  EXPECT_EQ(std::string(outcome.error.message).substr(0, message.size()), message);
  EXPECT_EQ(outcome.error.offset, offset);
  EXPECT_EQ(outcome.left, 0u) << "a failed reader stands at its end";
}

/// Reference encoder, minimal or padded to `size` bytes.
Bytes encode(uint64_t value, bool is_signed, size_t size = 0) {
  Bytes bytes;
  auto rest = static_cast<int64_t>(value);
  for (;;) {
    const auto byte = static_cast<uint8_t>(rest & 0x7f);
    rest = is_signed ? rest >> 7 : static_cast<int64_t>(static_cast<uint64_t>(rest) >> 7);
    const bool done = is_signed ? (rest == 0 && !(byte & 0x40)) || (rest == -1 && (byte & 0x40)) : rest == 0;
    if (done && bytes.size() + 1 >= size) {
      bytes.push_back(byte);
      return bytes;
    }
    bytes.push_back(byte | 0x80);
  }
}

TEST(Reader, UnsignedLebAtItsEdges) {
  for (unsigned bit = 0; bit < 32; ++bit) {
    for (const int64_t near : {-1, 0, 1}) {
      const auto value = static_cast<uint32_t>((int64_t{1} << bit) + near);
      expect_value(encode(value, false), kU32, value);
      expect_value(encode(value, false, 5), kU32, value);
    }
  }
  for (unsigned bit = 0; bit < 64; ++bit) {
    for (const uint64_t near : {~uint64_t{0}, uint64_t{0}, uint64_t{1}}) {
      const uint64_t value = (uint64_t{1} << bit) + near;
      expect_value(encode(value, false), kU64, value);
      expect_value(encode(value, false, 10), kU64, value);
    }
  }
  expect_value(encode(0xffff'ffff, false), kU32, 0xffff'ffffu);
}

TEST(Reader, SignedLebAtItsEdges) {
  for (unsigned bit = 0; bit < 64; ++bit) {
    for (const int64_t near : {-1, 0, 1}) {
      for (const int sign : {-1, 1}) {
        const auto raw = static_cast<int64_t>((uint64_t{1} << bit) + static_cast<uint64_t>(near));
        const int64_t value = sign < 0 ? static_cast<int64_t>(0 - static_cast<uint64_t>(raw)) : raw;
        expect_value(encode(static_cast<uint64_t>(value), true), kS64, value);
        expect_value(encode(static_cast<uint64_t>(value), true, 10), kS64, value);
        if (value >= -(int64_t{1} << 32) && value < (int64_t{1} << 32)) {
          expect_value(encode(static_cast<uint64_t>(value), true, 5), kS33, value);
        }
        if (value >= std::numeric_limits<int32_t>::min() && value <= std::numeric_limits<int32_t>::max()) {
          expect_value(encode(static_cast<uint64_t>(value), true), kS32, static_cast<int32_t>(value));
          expect_value(encode(static_cast<uint64_t>(value), true, 5), kS32, static_cast<int32_t>(value));
        }
      }
    }
  }
}

TEST(Reader, EveryLastByteOfAnUnsignedLeb) {
  for (unsigned last = 0; last < 256; ++last) {
    const auto byte = static_cast<uint8_t>(last);
    const Bytes bytes = {0x80, 0x80, 0x80, 0x80, byte};
    if (last >= 0x80) {
      expect_error(bytes, kU32, "integer representation too long");
    } else if (last >= 0x10) {
      expect_error(bytes, kU32, "integer too large");
    } else {
      expect_value(bytes, kU32, static_cast<uint32_t>(last) << 28);
    }
    const Bytes wide = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, byte};
    if (last >= 0x80) {
      expect_error(wide, kU64, "integer representation too long");
    } else if (last >= 2) {
      expect_error(wide, kU64, "integer too large");
    } else {
      expect_value(wide, kU64, uint64_t{last} << 63);
    }
  }
}

TEST(Reader, EveryLastByteOfASignedLeb) {
  for (unsigned last = 0; last < 256; ++last) {
    const auto byte = static_cast<uint8_t>(last);
    const Bytes bytes = {0x80, 0x80, 0x80, 0x80, byte};
    if (last >= 0x80) {
      expect_error(bytes, kS32, "integer representation too long");
      expect_error(bytes, kS33, "integer representation too long");
    } else {
      if (last < 8 || last >= 0x78) {
        expect_value(bytes, kS32, static_cast<int32_t>(static_cast<uint32_t>(last) << 28));
      } else {
        expect_error(bytes, kS32, "integer too large");
      }
      if (last < 16 || last >= 0x70) {
        const uint64_t value = (uint64_t{last} << 28) | (last & 0x40 ? ~uint64_t{0} << 35 : 0);
        expect_value(bytes, kS33, static_cast<int64_t>(value));
      } else {
        expect_error(bytes, kS33, "integer too large");
      }
    }
    const Bytes wide = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, byte};
    if (last >= 0x80) {
      expect_error(wide, kS64, "integer representation too long");
    } else if (last == 0 || last == 0x7f) {
      expect_value(wide, kS64, static_cast<int64_t>(uint64_t{last} << 63));
    } else {
      expect_error(wide, kS64, "integer too large");
    }
  }
}

TEST(Reader, LebsThatEndTooSoon) {
  for (uint32_t size = 0; size < 4; ++size) {
    const Bytes bytes(size, 0x80);
    expect_error(bytes, kU32, "unexpected end", size);
    expect_error(bytes, kS32, "unexpected end", size);
    expect_error(bytes, kU64, "unexpected end", size);
    expect_error(bytes, kS64, "unexpected end", size);
  }
}

TEST(Reader, FixedSizes) {
  const Bytes bytes = {0, 0x78, 0x56, 0x34, 0x12, 8, 7, 6, 5, 4, 3, 2, 1};
  Error error;
  Reader reader(bytes.data(), bytes.data() + bytes.size(), bytes.data(), error);
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_EQ(reader.fixed32(), 0x12345678u);
  EXPECT_EQ(reader.fixed64(), 0x0102030405060708u);
  EXPECT_TRUE(reader.at_end());
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.fixed32(), 0u);
  EXPECT_EQ(error.offset, 13u);
}

TEST(Reader, TheFirstErrorSticks) {
  const Bytes bytes = {1, 2, 3, 4};
  Error error;
  Reader reader(bytes.data(), bytes.data() + bytes.size(), bytes.data(), error);
  reader.u8();
  reader.fail("unknown type");
  reader.fail("unexpected end");
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_EQ(reader.u32(), 0u);
  EXPECT_EQ(reader.bytes(1), nullptr);
  EXPECT_TRUE(reader.name().empty());
  EXPECT_STREQ(error.message, "unknown type");
  EXPECT_EQ(error.code, ErrorCode::Invalid);
  EXPECT_EQ(error.offset, 1u);
}

TEST(Reader, SubReadersStayInside) {
  const Bytes bytes = {1, 2, 3, 4};
  Error error;
  Reader reader(bytes.data(), bytes.data() + bytes.size(), bytes.data(), error);
  Reader inner = reader.sub(2);
  EXPECT_EQ(reader.offset(), 2u);
  EXPECT_EQ(inner.u8(), 1);
  EXPECT_EQ(inner.u8(), 2);
  EXPECT_TRUE(inner.ok());
  EXPECT_EQ(inner.u8(), 0);
  EXPECT_FALSE(reader.ok()) << "both share one error";
  Error other;
  Reader again(bytes.data(), bytes.data() + bytes.size(), bytes.data(), other);
  again.sub(5);
  EXPECT_STREQ(other.message, "length out of bounds");
}

TEST(Reader, NamesAreCheckedUtf8) {
  expect_value(
      Bytes{2, 'h', 'i'}, [](Reader& r) { return std::string(r.name()); }, std::string("hi"));
  const auto error_of = [](const Bytes& bytes) {
    return read(bytes, [](Reader& r) { return r.name().size(); }).error;
  };
  EXPECT_STREQ(error_of({3, 'h', 'i'}).message, "length out of bounds");
  EXPECT_STREQ(error_of({1, 0xff}).message, "malformed UTF-8 encoding");
  EXPECT_EQ(error_of({1, 0xff}).offset, 1u);
}

/// Unicode 15, table 3-7, by brute force: the encoding of every scalar value is accepted, and nothing else of
/// up to 3 bytes.
TEST(Reader, Utf8AcceptsExactlyScalarValues) {
  size_t accepted[5] = {};
  for (uint32_t c = 0; c < 0x110000; ++c) {
    std::string text;
    if (c < 0x80) {
      text = {static_cast<char>(c)};
    } else if (c < 0x800) {
      text = {static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 63))};
    } else if (c < 0x10000) {
      text = {static_cast<char>(0xe0 | c >> 12), static_cast<char>(0x80 | ((c >> 6) & 63)),
              static_cast<char>(0x80 | (c & 63))};
    } else {
      text = {static_cast<char>(0xf0 | c >> 18), static_cast<char>(0x80 | ((c >> 12) & 63)),
              static_cast<char>(0x80 | ((c >> 6) & 63)), static_cast<char>(0x80 | (c & 63))};
    }
    const bool surrogate = c >= 0xd800 && c < 0xe000;
    ASSERT_EQ(is_utf8(text), !surrogate) << c;
    if (!surrogate) ++accepted[text.size()];
  }
  size_t found[4] = {};
  char text[3];
  for (uint32_t bits = 0; bits < 0x1000000; ++bits) {
    text[0] = static_cast<char>(bits >> 16);
    text[1] = static_cast<char>(bits >> 8);
    text[2] = static_cast<char>(bits);
    const auto lead = static_cast<uint8_t>(text[0]);
    if (bits < 0x100) found[1] += is_utf8({text + 2, 1});
    if (bits < 0x10000 && static_cast<uint8_t>(text[1]) >= 0x80) found[2] += is_utf8({text + 1, 2});
    if (lead >= 0xe0 && lead < 0xf0) found[3] += is_utf8({text, 3});
  }
  for (unsigned size = 1; size <= 3; ++size) EXPECT_EQ(found[size], accepted[size]) << size;
  EXPECT_EQ(accepted[4], 0x100000u);
  EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80"));
  EXPECT_FALSE(is_utf8("\xf0\x8f\xbf\xbf"));
  EXPECT_FALSE(is_utf8("\xf0\x90\x80"));
}

}  // namespace
}  // namespace mote::wasm
