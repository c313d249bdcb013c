// SPDX-License-Identifier: Apache-2.0
#include "values.hpp"

#include <cerrno>
#include <charconv>
#include <cstdlib>

namespace mote::tool {

namespace {

/// An integer that fits into `bits` as signed or as unsigned.
std::optional<uint64_t> parse_integer(std::string text, int bits) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.erase(0, 1);
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  if (hexadecimal) text.erase(0, 2);
  uint64_t magnitude = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), magnitude, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  const uint64_t most = bits == 64 ? ~uint64_t{0} : 0xffff'ffff;
  if (magnitude > (negative ? most / 2 + 1 : most)) return std::nullopt;
  return (negative ? 0 - magnitude : magnitude) & most;
}

template <class T>
std::optional<T> parse_float(const std::string& text) {
  char* end = nullptr;
  errno = 0;
  const T value = sizeof(T) == 4 ? static_cast<T>(std::strtof(text.c_str(), &end))
                                 : static_cast<T>(std::strtod(text.c_str(), &end));
  if (text.empty() || *end != '\0') return std::nullopt;
  return value;
}

template <class T>
std::string shortest(T value) {
  char digits[64];
  return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

std::string range(const ExternLimits& limits) {
  return std::to_string(limits.min) + ".." + (limits.max == ~uint64_t{0} ? "" : std::to_string(limits.max));
}

}  // namespace

std::optional<Value> parse_value(ValueType type, const std::string& text) {
  if (type == ValueType::I32 || type == ValueType::I64) {
    const auto bits = parse_integer(text, type == ValueType::I32 ? 32 : 64);
    return bits ? std::optional(Value(type, *bits)) : std::nullopt;
  }
  if (type == ValueType::F32) {
    const auto value = parse_float<float>(text);
    return value ? std::optional(Value::f32(*value)) : std::nullopt;
  }
  if (type == ValueType::F64) {
    const auto value = parse_float<double>(text);
    return value ? std::optional(Value::f64(*value)) : std::nullopt;
  }
  if (text == "null") return Value(type, 0);
  const auto id = parse_integer(text, 32);
  return type == ValueType::ExternRef && id ? std::optional(Value(type, *id)) : std::nullopt;
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
      return "memory " + range(type.limits) + (type.limits.page_log2 == 16 ? " pages of 64 KiB" : " bytes");
    case ExternKind::Table:
      return "table " + range(type.limits) + " " + to_string(type.value);
    case ExternKind::Global:
      return std::string("global ") + (type.mutable_ ? "mut " : "") + to_string(type.value);
    default:
      return "tag";
  }
}

}  // namespace mote::tool
