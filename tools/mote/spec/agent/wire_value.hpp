// SPDX-License-Identifier: Apache-2.0
// The engine's values as words of the line protocol (docs/conformance.md, "Values").
#pragma once
#include <mote/mote.hpp>
#include <string_view>

#include "agent/wire.hpp"

namespace mote::spec {

/// The engine says what references refer to, and makes those that are arguments.
void write_value(LineWriter& line, const mote::Value& value, const Engine& engine);
bool parse_value(std::string_view word, mote::Value& value, Engine& engine);

}  // namespace mote::spec
