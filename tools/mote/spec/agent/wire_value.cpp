// SPDX-License-Identifier: Apache-2.0
#include "agent/wire_value.hpp"

namespace mote::spec {

namespace {

struct TypeRow {
  std::string_view prefix;
  ValueType type;
  unsigned digits;  ///< 0: a reference
};

constexpr TypeRow kTypes[] = {
    {"i32:", ValueType::I32, 8},         {"i64:", ValueType::I64, 16},
    {"f32:", ValueType::F32, 8},         {"f64:", ValueType::F64, 16},
    {"funcref:", ValueType::FuncRef, 0}, {"externref:", ValueType::ExternRef, 0},
    {"anyref:", ValueType::AnyRef, 0},   {"exnref:", ValueType::ExnRef, 0},
};

/// What a reference that is not null is called, by what it refers to.
std::string_view name_of(RefKind kind, bool is_external) {
  if (is_external) return "externref:";
  switch (kind) {
    case RefKind::Host:
      return "anyref:";
    case RefKind::I31:
      return "i31ref:";
    case RefKind::Struct:
      return "structref:";
    case RefKind::Array:
      return "arrayref:";
    case RefKind::Exception:
      return "exnref:";
    default:
      return "funcref:";
  }
}

void write_reference(LineWriter& line, const mote::Value& value, const Engine& engine) {
  uint32_t number = 0;
  const RefKind kind = engine.kind_of(value, &number);
  if (kind == RefKind::Null) {
    line.word(to_string(value.type)).append(":null");
    return;
  }
  line.word(name_of(kind, value.type == ValueType::ExternRef || value.type == ValueType::NullExternRef));
  if (kind == RefKind::Host) {
    line.append_decimal(number - 1);  // the host's 0 is a reference too, the engine's is null
  } else {
    line.append("ref");
  }
}

/// A vector's prefix; its digits are those of its bytes in the order of memory.
constexpr std::string_view kVector = "v128:";

bool parse_vector(std::string_view text, mote::Value& value) {
  V128 vector;
  if (text.size() != 2 * vector.bytes.size()) return false;
  for (size_t i = 0; i < vector.bytes.size(); ++i) {
    uint64_t byte = 0;
    if (!parse_hex(text.substr(2 * i, 2), byte)) return false;
    vector.bytes[i] = static_cast<uint8_t>(byte);
  }
  value = mote::Value::v128(vector);
  return true;
}

}  // namespace

void write_value(LineWriter& line, const mote::Value& value, const Engine& engine) {
  if (is_reference(value.type)) return write_reference(line, value, engine);
  if (value.type == ValueType::V128) {
    line.word(kVector);
    for (const uint8_t byte : value.v128().bytes) line.append_hex(byte, 2);
    return;
  }
  for (const TypeRow& row : kTypes) {
    if (row.type != value.type) continue;
    line.word(row.prefix).append_hex(value.bits, row.digits);
    return;
  }
  line.word("?:?");  // a type that this agent does not know: the host says so
}

bool parse_value(std::string_view word, mote::Value& value, Engine& engine) {
  if (word.starts_with(kVector)) return parse_vector(word.substr(kVector.size()), value);
  for (const TypeRow& row : kTypes) {
    if (!word.starts_with(row.prefix)) continue;
    std::string_view text = word;
    text.remove_prefix(row.prefix.size());
    value = {row.type, 0};
    if (row.digits != 0) return text.size() == row.digits && parse_hex(text, value.bits);
    if (text == "null") return true;
    const bool takes_number = row.type == ValueType::ExternRef || row.type == ValueType::AnyRef;
    if (!takes_number || !parse_decimal(text, value.bits) || value.bits >= 0x7fff'ffff) return false;
    ++value.bits;
    if (row.type == ValueType::ExternRef) return true;
    const auto any = engine.as_any({static_cast<uint32_t>(value.bits)});
    if (any) value = *any;
    return any.ok();
  }
  return false;
}

}  // namespace mote::spec
