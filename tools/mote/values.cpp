// SPDX-License-Identifier: Apache-2.0
#include "values.hpp"

#include <algorithm>
#include <bit>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <type_traits>

namespace mote::tool {

namespace {

/// Underscores between digits are for the reader, as in the text format.
std::string without_underscores(const std::string& text) {
  std::string digits;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool between = i > 0 && i + 1 < text.size() &&
                         std::isxdigit(static_cast<unsigned char>(text[i - 1])) &&
                         std::isxdigit(static_cast<unsigned char>(text[i + 1]));
    if (text[i] != '_' || !between) digits += text[i];
  }
  return digits;
}

/// An integer that fits into `bits` as signed or as unsigned.
std::optional<uint64_t> parse_integer(std::string text, int bits) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.erase(0, 1);
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  if (hexadecimal) text.erase(0, 2);
  text = without_underscores(text);
  uint64_t magnitude = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), magnitude, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  const uint64_t most = bits == 64 ? ~uint64_t{0} : 0xffff'ffff;
  if (magnitude > (negative ? most / 2 + 1 : most)) return std::nullopt;
  return (negative ? 0 - magnitude : magnitude) & most;
}

template <class T>
using BitsOf = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
template <class T>
constexpr int kFraction = sizeof(T) == 4 ? 23 : 52;
template <class T>
constexpr BitsOf<T> kQuiet = BitsOf<T>{1} << (kFraction<T> - 1);
template <class T>
constexpr BitsOf<T> kInfinity = (sizeof(T) == 4 ? BitsOf<T>{0xff} : BitsOf<T>{0x7ff}) << kFraction<T>;

/// The bits of "inf", "nan" and "nan:0x..." (core spec, 6.3.2), without a sign.
template <class T>
std::optional<BitsOf<T>> parse_special(const std::string& text) {
  if (text == "inf" || text == "infinity") return kInfinity<T>;
  if (text == "nan" || text == "nan:canonical") return static_cast<BitsOf<T>>(kInfinity<T> | kQuiet<T>);
  if (!text.starts_with("nan:0x")) return std::nullopt;
  const auto payload = parse_integer(text.substr(4), 64);
  if (!payload || *payload == 0 || *payload >> kFraction<T> != 0) return std::nullopt;
  return static_cast<BitsOf<T>>(kInfinity<T> | static_cast<BitsOf<T>>(*payload));
}

/// A float in decimal or hexadecimal; what is too large for the type is refused, as in the text format.
template <class T>
std::optional<BitsOf<T>> parse_float(std::string text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.erase(0, 1);
  const BitsOf<T> sign = BitsOf<T>{negative} << (8 * sizeof(T) - 1);
  if (const auto special = parse_special<T>(text)) return *special | sign;
  text = without_underscores(text);
  if (text.empty() || (std::isdigit(static_cast<unsigned char>(text[0])) == 0 && text[0] != '.'))
    return std::nullopt;
  char* end = nullptr;
  T value{};
  if constexpr (sizeof(T) == 4) {
    value = std::strtof(text.c_str(), &end);
  } else {
    value = std::strtod(text.c_str(), &end);
  }
  if (*end != '\0' || std::isinf(value)) return std::nullopt;
  return std::bit_cast<BitsOf<T>>(value) | sign;
}

template <class T>
std::string shortest(T value) {
  char digits[64];
  if (std::isnan(value)) {
    const auto bits = std::bit_cast<BitsOf<T>>(value);
    const auto payload = static_cast<BitsOf<T>>(bits & ((BitsOf<T>{1} << kFraction<T>)-1));
    const std::string name = std::signbit(value) ? "-nan" : "nan";
    if (payload == kQuiet<T>) return name;
    return name + ":0x" + std::string(digits, std::to_chars(digits, digits + sizeof digits, payload, 16).ptr);
  }
  return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

/// A vector's lanes by their type, first the one at the lowest address, as in the text format.
struct Lanes {
  std::string_view name;
  unsigned count;
  ValueType type;
};
constexpr Lanes kLanes[] = {{"i8x16", 16, ValueType::I32}, {"i16x8", 8, ValueType::I32},
                            {"i32x4", 4, ValueType::I32},  {"i64x2", 2, ValueType::I64},
                            {"f32x4", 4, ValueType::F32},  {"f64x2", 2, ValueType::F64}};

/// "i32x4:1,2,3,4".
std::optional<Value> parse_vector(const std::string& text) {
  const size_t colon = text.find(':');
  const auto* lanes = std::find_if(std::begin(kLanes), std::end(kLanes),
                                   [&](const Lanes& row) { return text.substr(0, colon) == row.name; });
  if (colon == std::string::npos || lanes == std::end(kLanes)) return std::nullopt;
  V128 vector;
  const size_t bytes = vector.bytes.size() / lanes->count;
  size_t at = colon;
  for (unsigned i = 0; i < lanes->count; ++i) {
    if (at == std::string::npos) return std::nullopt;
    const size_t comma = text.find(',', at + 1);
    const auto lane = parse_value(lanes->type, text.substr(at + 1, comma - at - 1));
    if (!lane) return std::nullopt;
    const auto wide = static_cast<int64_t>(static_cast<int32_t>(lane->bits));
    const int64_t most = int64_t{1} << 8 * std::min<size_t>(bytes, 4);
    if (bytes < 4 && (wide >= most || wide < -most / 2)) return std::nullopt;
    std::memcpy(vector.bytes.data() + i * bytes, &lane->bits, bytes);
    at = comma;
  }
  return at == std::string::npos ? std::optional(Value::v128(vector)) : std::nullopt;
}

std::string print_vector(const Value& value) {
  std::string text = "i32x4:";
  for (const uint64_t half : {value.bits, value.high}) {
    for (const unsigned shift : {0u, 32u})
      text += std::to_string(static_cast<int32_t>(static_cast<uint32_t>(half >> shift))) + ',';
  }
  text.pop_back();
  return text;
}

std::string range(const ExternLimits& limits) {
  return std::to_string(limits.min) + ".." + (limits.max == ~uint64_t{0} ? "" : std::to_string(limits.max));
}

const char* addresses(const ExternLimits& limits) {
  return limits.is_64 ? "i64 " : "";
}

}  // namespace

std::optional<Value> parse_value(ValueType type, const std::string& text) {
  if (type == ValueType::I32 || type == ValueType::I64) {
    const auto bits = parse_integer(text, type == ValueType::I32 ? 32 : 64);
    return bits ? std::optional(Value(type, *bits)) : std::nullopt;
  }
  if (type == ValueType::F32) {
    const auto bits = parse_float<float>(text);
    return bits ? std::optional(Value(type, *bits)) : std::nullopt;
  }
  if (type == ValueType::F64) {
    const auto bits = parse_float<double>(text);
    return bits ? std::optional(Value(type, *bits)) : std::nullopt;
  }
  if (type == ValueType::V128) return parse_vector(text);
  if (text == "null") return Value(type, 0);
  const auto id = parse_integer(text, 32);
  return type == ValueType::ExternRef && id ? std::optional(Value(type, *id)) : std::nullopt;
}

const char* syntax(ValueType type) {
  switch (type) {
    case ValueType::I32:
      return "-2147483648 to 4294967295, in decimal or 0x hexadecimal";
    case ValueType::I64:
      return "-9223372036854775808 to 18446744073709551615, in decimal or 0x hexadecimal";
    case ValueType::F32:
      return "a number like 1.5, 1e-3 or 0x1p-3 up to 3.4e38, inf, nan or nan:0x200000";
    case ValueType::F64:
      return "a number like 1.5, 1e-3 or 0x1p-3 up to 1.8e308, inf, nan or nan:0x4000000000000";
    case ValueType::V128:
      return "lanes like i32x4:1,2,3,4 or f64x2:1.5,inf (also i8x16, i16x8, i64x2, f32x4)";
    case ValueType::ExternRef:
      return "null, or the host's number for it, 1 to 4294967295";
    default:
      return "null";
  }
}

std::string print_value(const Value& value) {
  switch (value.type) {
    case ValueType::I32:
      return std::to_string(value.i32());
    case ValueType::I64:
      return std::to_string(value.i64());
    case ValueType::F32:
      return shortest(value.f32());
    case ValueType::F64:
      return shortest(value.f64());
    case ValueType::V128:
      return print_vector(value);
    default:
      return value.ref() == 0 ? "null" : "ref " + std::to_string(value.ref());
  }
}

std::string signature(const ExternType& type) {
  std::string text = "(";
  for (uint32_t i = 0; i < type.param_count(); ++i)
    text += (i > 0 ? ", " : "") + std::string(to_string(type.param(i)));
  text += ") -> ";
  if (type.result_count() != 1) text += '(';
  for (uint32_t i = 0; i < type.result_count(); ++i)
    text += (i > 0 ? ", " : "") + std::string(to_string(type.result(i)));
  if (type.result_count() != 1) text += ')';
  return text;
}

std::string describe(const ExternType& type) {
  switch (type.kind) {
    case ExternKind::Function:
      return "func " + signature(type);
    case ExternKind::Memory:
      return std::string("memory ") + addresses(type.limits) + range(type.limits) +
             (type.limits.page_log2 == 16 ? " pages of 64 KiB" : " bytes") +
             (type.limits.shared ? " shared" : "");
    case ExternKind::Table:
      return std::string("table ") + addresses(type.limits) + range(type.limits) + " " +
             to_string(type.value);
    case ExternKind::Global:
      return std::string("global ") + (type.mutable_ ? "mut " : "") + to_string(type.value);
    default:
      return "tag";
  }
}

}  // namespace mote::tool
