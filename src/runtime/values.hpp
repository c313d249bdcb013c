// SPDX-License-Identifier: Apache-2.0
// Between the runtime's slots and types and those of the API.
#pragma once
#include <mote/mote.hpp>

#include "runtime/engine.hpp"

namespace mote::runtime {

inline void write_value(uint32_t* slots, const Value& value) {
  detail::write_slots(slots, slots_of(value.type), value.bits);
}

inline Value read_global(const Global& global) {
  const ValueType type = public_type(global.type.type);
  return {type, detail::read_slots(global.slots, slots_of(type))};
}

/// Refused when the global is immutable or of another type.
Error write_global(const Global& global, const Value& value);

inline ExternLimits limits_of(const wasm::Limits& limits, uint8_t page_log2) {
  return {limits.min, limits.max, page_log2};
}

}  // namespace mote::runtime
