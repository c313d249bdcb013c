// SPDX-License-Identifier: Apache-2.0
// Values and types as people write them.
#pragma once
#include <mote/mote.hpp>
#include <optional>
#include <string>

namespace mote::tool {

/// An argument of that type; nothing when the text is none. syntax() says what is.
std::optional<Value> parse_value(ValueType type, const std::string& text);
/// How people write values of a type.
const char* syntax(ValueType type);
/// As printed for results: integers signed, floats with the digits that give the same value back, NaNs other
/// than the canonical ones with their payload, vectors as i32x4.
std::string print_value(const Value& value);
/// "(i32, i64) -> f32".
std::string signature(const ExternType& type);
/// "func (i32) -> ()", "memory 1..2 pages", "memory i64 1.. pages", "global mut i32", "table 1.. funcref".
std::string describe(const ExternType& type);

}  // namespace mote::tool
