// SPDX-License-Identifier: Apache-2.0
// The engine's values as words of the line protocol (docs/conformance.md, "Values").
#pragma once
#include <mote/value.hpp>
#include <string_view>

#include "agent/wire.hpp"

namespace mote::spec {

void write_value(LineWriter& line, const mote::Value& value);
bool parse_value(std::string_view word, mote::Value& value);

}  // namespace mote::spec
