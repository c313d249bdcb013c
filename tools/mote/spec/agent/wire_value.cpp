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
};

}  // namespace

void write_value(LineWriter& line, const mote::Value& value) {
  for (const TypeRow& row : kTypes) {
    if (row.type != value.type) continue;
    line.word(row.prefix);
    if (row.digits != 0) {
      line.append_hex(value.bits, row.digits);
    } else if (value.bits == 0) {
      line.append("null");
    } else if (row.type == ValueType::FuncRef) {
      line.append("ref");
    } else {
      line.append_decimal(value.bits - 1);  // the host's 0 is a reference too, the engine's is null
    }
    return;
  }
  line.word("?:?");  // a type that this agent does not know: the host says so
}

bool parse_value(std::string_view word, mote::Value& value) {
  for (const TypeRow& row : kTypes) {
    if (!word.starts_with(row.prefix)) continue;
    std::string_view text = word;
    text.remove_prefix(row.prefix.size());
    value = {row.type, 0};
    if (row.digits != 0) return text.size() == row.digits && parse_hex(text, value.bits);
    if (text == "null") return true;
    if (row.type == ValueType::FuncRef || !parse_decimal(text, value.bits) || value.bits >= 0xffff'ffff)
      return false;
    ++value.bits;
    return true;
  }
  return false;
}

}  // namespace mote::spec
