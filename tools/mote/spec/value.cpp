// SPDX-License-Identifier: Apache-2.0
#include "value.hpp"

#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "agent/wire.hpp"

namespace mote::spec {

namespace {

/// A NaN whose payload is the quiet bit alone (core spec, 2.2.4 "Floating-point"), of either sign.
bool is_canonical_nan(uint64_t bits, unsigned size) {
  return size == 4 ? (bits & 0x7fff'ffff) == 0x7fc0'0000
                   : (bits & 0x7fff'ffff'ffff'ffff) == 0x7ff8'0000'0000'0000;
}

/// A NaN whose quiet bit is set, whatever else its payload holds.
bool is_arithmetic_nan(uint64_t bits, unsigned size) {
  return size == 4 ? (bits & 0x7fc0'0000) == 0x7fc0'0000
                   : (bits & 0x7ff8'0000'0000'0000) == 0x7ff8'0000'0000'0000;
}

bool lane_matches(const LanePattern& pattern, uint64_t bits, unsigned size) {
  switch (pattern.kind) {
    case LanePattern::Kind::Bits:
      return pattern.bits == bits;
    case LanePattern::Kind::CanonicalNan:
      return is_canonical_nan(bits, size);
    case LanePattern::Kind::ArithmeticNan:
      return is_arithmetic_nan(bits, size);
  }
  return false;
}

/// The hierarchy of reference types that a type belongs to; empty for references to defined types, which say
/// nothing.
std::string_view hierarchy(std::string_view type) {
  if (type == "ref") return {};
  if (type == "funcref" || type == "nullfuncref") return "func";
  if (type == "externref" || type == "nullexternref") return "extern";
  return type == "exnref" || type == "nullexnref" ? "exn" : "any";
}

bool may_be_same(std::string_view a, std::string_view b) {
  return a.empty() || b.empty() || a == b;
}

bool reference_matches(const Expected& expected, const Value& value) {
  if (value.reference == Value::Reference::No) return false;
  const bool any_null = expected.type == "refnull" || expected.type.starts_with("null");
  if (any_null) return value.reference == Value::Reference::Null;
  if (expected.reference == Value::Reference::Null)
    return value.reference == Value::Reference::Null &&
           may_be_same(hierarchy(expected.type), hierarchy(value.type));
  // Values have the type of what they refer to, which may be below the one that is expected.
  const bool equal_type = expected.type == value.type;
  const bool aggregate = value.type == "i31ref" || value.type == "structref" || value.type == "arrayref";
  const bool below = aggregate && (expected.type == "eqref" || expected.type == "anyref");
  if (value.reference == Value::Reference::Null || (!equal_type && !below)) return false;
  if (expected.reference == Value::Reference::Opaque) return true;
  if (expected.reference != value.reference) return false;
  return expected.reference != Value::Reference::Host || expected.host == value.host;
}

std::string describe_lane(uint64_t bits, unsigned size, bool floating) {
  char text[64];
  const unsigned digits = size * 2;
  const auto hex = static_cast<unsigned long long>(bits);
  if (!floating) {
    std::snprintf(text, sizeof text, "%llu (0x%0*llx)", hex, static_cast<int>(digits), hex);
  } else {
    const double number =
        size == 4 ? double{std::bit_cast<float>(static_cast<uint32_t>(bits))} : std::bit_cast<double>(bits);
    if (std::isnan(number)) {
      const bool negative = (bits >> (size * 8 - 1)) != 0;
      const uint64_t payload = size == 4 ? bits & 0x7f'ffff : bits & 0xf'ffff'ffff'ffff;
      std::snprintf(text, sizeof text, "%snan:0x%llx", negative ? "-" : "",
                    static_cast<unsigned long long>(payload));
    } else {
      std::snprintf(text, sizeof text, "%.*g (0x%0*llx)", size == 4 ? 9 : 17, number,
                    static_cast<int>(digits), hex);
    }
  }
  return text;
}

std::string describe_reference(const std::string& type, Value::Reference reference, uint64_t host) {
  switch (reference) {
    case Value::Reference::Null:
      return type + " null";
    case Value::Reference::Host:
      return type + " " + std::to_string(host);
    case Value::Reference::Opaque:
      return type + " (not null)";
    case Value::Reference::No:
      break;
  }
  return type;
}

}  // namespace

uint64_t Value::bits(unsigned at, unsigned size) const {
  uint64_t value = 0;
  for (unsigned i = 0; i < size; ++i) value |= static_cast<uint64_t>(bytes[at + i]) << (8 * i);
  return value;
}

void Value::set_bits(unsigned at, unsigned size, uint64_t value) {
  for (unsigned i = 0; i < size; ++i) bytes[at + i] = static_cast<uint8_t>(value >> (8 * i));
}

unsigned number_bytes(std::string_view type) {
  if (type == "i8") return 1;
  if (type == "i16") return 2;
  if (type == "i32" || type == "f32") return 4;
  if (type == "i64" || type == "f64") return 8;
  return type == "v128" ? 16 : 0;
}

bool matches(const Expected& expected, const Value& value) {
  if (expected.type == "either") {
    for (const Expected& one : expected.alternatives) {
      if (matches(one, value)) return true;
    }
    return false;
  }
  if (expected.lanes.empty()) return reference_matches(expected, value);
  if (expected.type != value.type) return false;
  for (size_t i = 0; i < expected.lanes.size(); ++i) {
    const auto at = static_cast<unsigned>(i * expected.lane_bytes);
    if (!lane_matches(expected.lanes[i], value.bits(at, expected.lane_bytes), expected.lane_bytes))
      return false;
  }
  return true;
}

std::string describe(const Value& value) {
  if (value.reference != Value::Reference::No)
    return describe_reference(value.type, value.reference, value.host);
  const unsigned size = number_bytes(value.type);
  if (size == 16) return value.type + " " + to_wire(value).substr(5);
  return value.type + " " + describe_lane(value.bits(0, size), size, value.type[0] == 'f');
}

std::string describe(const Expected& expected) {
  if (expected.type == "either") {
    std::string text = "either";
    for (const Expected& one : expected.alternatives)
      text += (text == "either" ? " " : " or ") + describe(one);
    return text;
  }
  if (expected.lanes.empty()) return describe_reference(expected.type, expected.reference, expected.host);
  std::string text = expected.type;
  for (const LanePattern& lane : expected.lanes) {
    text += ' ';
    switch (lane.kind) {
      case LanePattern::Kind::CanonicalNan:
        text += "nan:canonical";
        break;
      case LanePattern::Kind::ArithmeticNan:
        text += "nan:arithmetic";
        break;
      case LanePattern::Kind::Bits:
        text += describe_lane(lane.bits, expected.lane_bytes, expected.floating);
        break;
    }
  }
  return text;
}

std::string to_wire(const Value& value) {
  switch (value.reference) {
    case Value::Reference::Null:
      return value.type + ":null";
    case Value::Reference::Host:
      return value.type + ":" + std::to_string(value.host);
    case Value::Reference::Opaque:
      return value.type + ":ref";
    case Value::Reference::No:
      break;
  }
  const unsigned size = number_bytes(value.type);
  std::string word = value.type + ":";
  char digits[3];
  for (unsigned i = 0; i < size; ++i) {
    std::snprintf(digits, sizeof digits, "%02x", value.bytes[size == 16 ? i : size - 1 - i]);
    word += digits;
  }
  return word;
}

bool from_wire(std::string_view word, Value& value) {
  const size_t colon = word.find(':');
  if (colon == std::string_view::npos) return false;
  value = Value{};
  value.type = word.substr(0, colon);
  const std::string_view text = word.substr(colon + 1);
  const unsigned size = number_bytes(value.type);
  if (size == 0) {
    value.reference = text == "null"  ? Value::Reference::Null
                      : text == "ref" ? Value::Reference::Opaque
                                      : Value::Reference::Host;
    return value.reference != Value::Reference::Host || parse_decimal(text, value.host);
  }
  if (text.size() != size * 2) return false;
  for (unsigned i = 0; i < size; ++i) {
    uint64_t byte = 0;
    if (!parse_hex(text.substr(i * 2, 2), byte)) return false;
    value.bytes[size == 16 ? i : size - 1 - i] = static_cast<uint8_t>(byte);
  }
  return true;
}

}  // namespace mote::spec
