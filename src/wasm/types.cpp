// SPDX-License-Identifier: Apache-2.0
#include "wasm/types.hpp"

#include "wasm/opcodes.hpp"

namespace mote::wasm {

namespace {

struct Named {
  uint8_t code;
  Proposal proposal;
};
// The value types of one byte, as ordered by code (core spec, 5.3.1 to 5.3.3; the last of each group by proposals).
constexpr Named kTypes[] = {
    {0x7f, Proposal::Core},           {0x7e, Proposal::Core},
    {0x7d, Proposal::Core},           {0x7c, Proposal::Core},
    {0x7b, Proposal::Simd},           {0x75, Proposal::StackSwitching},
    {0x74, Proposal::ExceptionHandling}, {0x73, Proposal::Gc},
    {0x72, Proposal::Gc},             {0x71, Proposal::Gc},
    {0x70, Proposal::ReferenceTypes}, {0x6f, Proposal::ReferenceTypes},
    {0x6e, Proposal::Gc},             {0x6d, Proposal::Gc},
    {0x6c, Proposal::Gc},             {0x6b, Proposal::Gc},
    {0x6a, Proposal::Gc},             {0x69, Proposal::ExceptionHandling},
    {0x68, Proposal::StackSwitching}, {0x64, Proposal::TypedFunctionReferences},
    {0x63, Proposal::TypedFunctionReferences},
};

ValType checked(Reader& reader, uint8_t code, const char* malformed) {
  const uint32_t offset = reader.offset() - 1;
  for (const Named& type : kTypes) {
    if (type.code != code) continue;
    return require(reader, type.proposal, offset) ? ValType{code} : kBottom;
  }
  reader.fail_at(ErrorCode::Malformed, malformed, offset, code);
  return kBottom;
}

constexpr bool is_reference(uint8_t code) { return code <= 0x75 && code >= 0x63; }

}  // namespace

ValType value_type(Reader& reader, uint8_t code) { return checked(reader, code, "malformed value type"); }

ValType reference_type(Reader& reader) {
  const uint8_t code = reader.u8();
  if (code == kFuncRef.code()) return kFuncRef;
  return checked(reader, is_reference(code) ? code : 0, "malformed reference type");
}

ValType heap_type(Reader& reader) {
  const uint32_t offset = reader.offset();
  const int64_t heap = reader.s33();
  if (heap >= 0) {
    require(reader, Proposal::TypedFunctionReferences, offset);
    return kBottom;
  }
  const auto code = static_cast<uint8_t>(heap & 0x7f);
  const bool abstract = heap >= -0x40 && code >= 0x68 && code <= 0x75;
  return checked(reader, abstract ? code : 0, "malformed heap type");
}

ValType next_type(const uint8_t*& at) { return ValType{*at++}; }

bool equal(const FuncType& a, const FuncType& b) {
  if (a.param_count != b.param_count || a.result_count != b.result_count) return false;
  const uint8_t* x = a.params;
  const uint8_t* y = b.params;
  for (uint32_t i = a.param_count; i > 0; --i) {
    if (next_type(x) != next_type(y)) return false;
  }
  x = a.results();
  y = b.results();
  for (uint32_t i = a.result_count; i > 0; --i) {
    if (next_type(x) != next_type(y)) return false;
  }
  return true;
}

const char* name_of(ValType type) {
  switch (type.code()) {
    case 0x7f: return "i32";
    case 0x7e: return "i64";
    case 0x7d: return "f32";
    case 0x7c: return "f64";
    case 0x7b: return "v128";
    case 0x70: return "funcref";
    case 0x6f: return "externref";
    case 0: return "any";
    default: return "ref";
  }
}

}  // namespace mote::wasm
