// SPDX-License-Identifier: Apache-2.0
#include "value.hpp"

#include <gtest/gtest.h>

namespace mote::spec {
namespace {

Value number(const char* type, uint64_t bits) {
  Value value;
  value.type = type;
  value.set_bits(0, number_bytes(type), bits);
  return value;
}

Value reference(const char* type, Value::Reference kind, uint64_t host = 0) {
  Value value;
  value.type = type;
  value.reference = kind;
  value.host = host;
  return value;
}

Expected expect_number(const char* type, uint64_t bits, LanePattern::Kind kind = LanePattern::Kind::Bits) {
  Expected expected;
  expected.type = type;
  expected.lane_bytes = number_bytes(type);
  expected.floating = type[0] == 'f';
  expected.lanes.push_back({kind, bits});
  return expected;
}

Expected expect_reference(const char* type, Value::Reference kind, uint64_t host = 0) {
  Expected expected;
  expected.type = type;
  expected.reference = kind;
  expected.host = host;
  return expected;
}

TEST(Matching, NumbersByTypeAndBits) {
  EXPECT_TRUE(matches(expect_number("i32", 7), number("i32", 7)));
  EXPECT_FALSE(matches(expect_number("i32", 7), number("i32", 8)));
  EXPECT_FALSE(matches(expect_number("i32", 7), number("i64", 7)));
  EXPECT_FALSE(matches(expect_number("f32", 0), number("f32", 0x8000'0000)));  // -0 is not 0
  EXPECT_TRUE(matches(expect_number("f64", 0x7ff4'0000'0000'0000), number("f64", 0x7ff4'0000'0000'0000)));
}

TEST(Matching, CanonicalNan) {
  const Expected f32 = expect_number("f32", 0, LanePattern::Kind::CanonicalNan);
  EXPECT_TRUE(matches(f32, number("f32", 0x7fc0'0000)));
  EXPECT_TRUE(matches(f32, number("f32", 0xffc0'0000)));
  EXPECT_FALSE(matches(f32, number("f32", 0x7fc0'0001)));
  EXPECT_FALSE(matches(f32, number("f32", 0x7fa0'0000)));
  EXPECT_FALSE(matches(f32, number("f32", 0x7f80'0000)));
  const Expected f64 = expect_number("f64", 0, LanePattern::Kind::CanonicalNan);
  EXPECT_TRUE(matches(f64, number("f64", 0xfff8'0000'0000'0000)));
  EXPECT_FALSE(matches(f64, number("f64", 0x7ff8'0000'0000'0001)));
}

TEST(Matching, ArithmeticNan) {
  const Expected f32 = expect_number("f32", 0, LanePattern::Kind::ArithmeticNan);
  EXPECT_TRUE(matches(f32, number("f32", 0x7fc0'0000)));
  EXPECT_TRUE(matches(f32, number("f32", 0xffc1'2345)));
  EXPECT_FALSE(matches(f32, number("f32", 0x7fa0'0000)));  // signalling
  EXPECT_FALSE(matches(f32, number("f32", 0x7f80'0000)));  // infinity
  const Expected f64 = expect_number("f64", 0, LanePattern::Kind::ArithmeticNan);
  EXPECT_TRUE(matches(f64, number("f64", 0x7ff8'0000'0000'0001)));
  EXPECT_FALSE(matches(f64, number("f64", 0x7ff4'0000'0000'0000)));
}

TEST(Matching, VectorsByLane) {
  Value value;
  value.type = "v128";
  const uint32_t lanes[] = {1, 0x7fc0'0000, 3, 4};
  for (unsigned i = 0; i < 4; ++i) value.set_bits(i * 4, 4, lanes[i]);
  Expected expected;
  expected.type = "v128";
  expected.lane_bytes = 4;
  expected.lanes = {{LanePattern::Kind::Bits, 1},
                    {LanePattern::Kind::CanonicalNan, 0},
                    {LanePattern::Kind::Bits, 3},
                    {LanePattern::Kind::Bits, 4}};
  EXPECT_TRUE(matches(expected, value));
  value.set_bits(12, 4, 5);
  EXPECT_FALSE(matches(expected, value));
}

TEST(Matching, References) {
  using Kind = Value::Reference;
  EXPECT_TRUE(matches(expect_reference("externref", Kind::Host, 1), reference("externref", Kind::Host, 1)));
  EXPECT_FALSE(matches(expect_reference("externref", Kind::Host, 1), reference("externref", Kind::Host, 2)));
  EXPECT_FALSE(matches(expect_reference("externref", Kind::Host, 0), reference("externref", Kind::Null)));
  EXPECT_TRUE(matches(expect_reference("externref", Kind::Opaque), reference("externref", Kind::Host, 2)));
  EXPECT_TRUE(matches(expect_reference("funcref", Kind::Null), reference("funcref", Kind::Null)));
  EXPECT_FALSE(matches(expect_reference("funcref", Kind::Null), reference("externref", Kind::Null)));
  EXPECT_TRUE(matches(expect_reference("funcref", Kind::Opaque), reference("funcref", Kind::Opaque)));
  EXPECT_FALSE(matches(expect_reference("funcref", Kind::Opaque), reference("funcref", Kind::Null)));
  EXPECT_TRUE(matches(expect_reference("refnull", Kind::Null), reference("funcref", Kind::Null)));
  EXPECT_FALSE(matches(expect_reference("refnull", Kind::Null), reference("funcref", Kind::Opaque)));
  EXPECT_FALSE(matches(expect_reference("refnull", Kind::Null), number("i32", 0)));
  // A reference has the type of what it refers to, a null reference its static type.
  EXPECT_TRUE(matches(expect_reference("eqref", Kind::Opaque), reference("structref", Kind::Opaque)));
  EXPECT_FALSE(matches(expect_reference("structref", Kind::Opaque), reference("arrayref", Kind::Opaque)));
  EXPECT_TRUE(matches(expect_reference("anyref", Kind::Host, 1), reference("anyref", Kind::Host, 1)));
  EXPECT_FALSE(matches(expect_reference("i31ref", Kind::Opaque), reference("i31ref", Kind::Null)));
  EXPECT_TRUE(matches(expect_reference("anyref", Kind::Null), reference("ref", Kind::Null)));
  EXPECT_FALSE(matches(expect_reference("exnref", Kind::Null), reference("anyref", Kind::Null)));
}

TEST(Matching, Either) {
  Expected either;
  either.type = "either";
  either.alternatives = {expect_number("i32", 0), expect_number("i32", 42)};
  EXPECT_TRUE(matches(either, number("i32", 0)));
  EXPECT_TRUE(matches(either, number("i32", 42)));
  EXPECT_FALSE(matches(either, number("i32", 1)));
}

TEST(ValueWire, RoundTrips) {
  Value vector;
  vector.type = "v128";
  for (unsigned i = 0; i < 16; ++i) vector.bytes[i] = static_cast<uint8_t>(i);
  EXPECT_EQ(to_wire(number("i32", 0x2a)), "i32:0000002a");
  EXPECT_EQ(to_wire(vector), "v128:000102030405060708090a0b0c0d0e0f");
  using Kind = Value::Reference;
  for (const Value& value :
       {number("i32", 0x8000'0001), number("i64", 0x0123'4567'89ab'cdef), number("f32", 0x7fa0'0000),
        number("f64", 1), vector, reference("externref", Kind::Null), reference("externref", Kind::Host, 5),
        reference("funcref", Kind::Opaque)}) {
    Value back;
    ASSERT_TRUE(from_wire(to_wire(value), back)) << to_wire(value);
    EXPECT_EQ(back.type, value.type);
    EXPECT_EQ(back.bytes, value.bytes);
    EXPECT_EQ(back.reference, value.reference);
    EXPECT_EQ(back.host, value.host);
  }
}

TEST(ValueWire, BadWordsAreRefused) {
  Value value;
  for (const char* bad :
       {"", "i32", "i32:", "i32:2a", "i32:000000000", "i32:0000002g", "externref:x", "externref:"}) {
    EXPECT_FALSE(from_wire(bad, value)) << bad;
  }
}

TEST(Describing, IsReadable) {
  EXPECT_EQ(describe(number("i32", 7)), "i32 7 (0x00000007)");
  EXPECT_EQ(describe(number("f32", 0x3fc0'0000)), "f32 1.5 (0x3fc00000)");
  EXPECT_EQ(describe(number("f32", 0xffa0'0000)), "f32 -nan:0x200000");
  EXPECT_EQ(describe(reference("funcref", Value::Reference::Null)), "funcref null");
}

}  // namespace
}  // namespace mote::spec
