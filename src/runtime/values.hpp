// SPDX-License-Identifier: Apache-2.0
// Between the runtime's slots and types and those of the API.
#pragma once
#include <mote/mote.hpp>

#include "runtime/engine.hpp"

namespace mote::runtime {

using detail::read_value;
using detail::write_value;

inline Value read_global(const Global& global) {
  return read_value(public_type(global.type.type), global.slots);
}

/// Refused when the global is immutable or of another type.
Error write_global(const Global& global, const Value& value);

inline ExternLimits limits_of(const wasm::Limits& limits, uint8_t page_log2) {
  const uint64_t max = limits.max == wasm::Limits::kNoMax ? ~uint64_t{0} : limits.max;
  return {limits.min, max, page_log2, limits.address_type() == wasm::kI64, limits.is_shared()};
}

}  // namespace mote::runtime
