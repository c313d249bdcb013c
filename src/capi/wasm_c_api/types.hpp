// SPDX-License-Identifier: Apache-2.0
// wasm.h: what its types are, and how they are made of the engine's.
#pragma once
#include <wasm.h>
#include <mote/mote.hpp>

struct wasm_valtype_t {
  wasm_valkind_t kind;
};

/// Any of the four below, by `kind`.
struct wasm_externtype_t {
  wasm_externkind_t kind;
};
struct wasm_functype_t : wasm_externtype_t {
  wasm_valtype_vec_t params, results;
};
struct wasm_globaltype_t : wasm_externtype_t {
  wasm_valtype_t* content;
  wasm_mutability_t mutability;
};
struct wasm_tabletype_t : wasm_externtype_t {
  wasm_valtype_t* element;
  wasm_limits_t limits;
};
struct wasm_memorytype_t : wasm_externtype_t {
  wasm_limits_t limits;
};

namespace mote::wasm_c {

/// WASM_I32 and so on; types that wasm.h cannot name are externref to it.
wasm_valkind_t kind_of(ValueType type);
ValueType value_type(wasm_valkind_t kind);
/// The letter in a host function's signature.
char letter_of(wasm_valkind_t kind);

/// A new type, the caller's.
wasm_externtype_t* to_c(const ExternType& type);
wasm_functype_t* function_type(const ExternType& type);
wasm_name_t name_of(std::string_view text);
ExternLimits limits_of(const wasm_limits_t& limits, uint8_t page_log2);

}  // namespace mote::wasm_c
