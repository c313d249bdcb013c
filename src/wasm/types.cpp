// SPDX-License-Identifier: Apache-2.0
#include "wasm/types.hpp"

#include "wasm/opcodes.hpp"

namespace mote::wasm {

namespace {

/// False for a byte that begins no vector or reference type (core spec, 5.3.2 to 5.3.5); otherwise what it
/// came with.
bool find_proposal(uint8_t code, Proposal& proposal) {
  switch (code) {
    case 0x7b:
      proposal = Proposal::Simd;
      return true;
    case 0x70:  // func
    case 0x6f:  // extern
      proposal = Proposal::ReferenceTypes;
      return true;
    case 0x64:  // (ref ...)
    case 0x63:  // (ref null ...)
      proposal = Proposal::TypedFunctionReferences;
      return true;
    case 0x74:  // noexn
    case 0x69:  // exn
      proposal = Proposal::ExceptionHandling;
      return true;
    case 0x75:  // nocont
    case 0x68:  // cont
      proposal = Proposal::StackSwitching;
      return true;
    default:
      proposal = Proposal::Gc;  // nofunc, noextern, none, any, eq, i31, struct, array
      return code >= 0x6a && code <= 0x73;
  }
}

ValType checked(Reader& reader, uint8_t code, const char* malformed) {
  if (ValType{code}.is_number()) return ValType{code};
  const uint32_t offset = reader.offset() - 1;
  Proposal proposal{};
  if (find_proposal(code, proposal)) return require(reader, proposal, offset) ? ValType{code} : kBottom;
  reader.fail_at(ErrorCode::Malformed, malformed, offset, code);
  return kBottom;
}

constexpr bool is_reference(uint8_t code) {
  return code <= 0x75 && code >= 0x63;
}

}  // namespace

ValType value_type(Reader& reader, uint8_t code) {
  return checked(reader, code, "malformed value type");
}

ValType reference_type(Reader& reader) {
  const uint8_t code = reader.u8();
  if (ValType{code} == kFuncRef) return kFuncRef;
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

ValType next_type(const uint8_t*& at) {
  return ValType{*at++};
}

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
    case 0x7f:
      return "i32";
    case 0x7e:
      return "i64";
    case 0x7d:
      return "f32";
    case 0x7c:
      return "f64";
    case 0x7b:
      return "v128";
    case 0x70:
      return "funcref";
    case 0x6f:
      return "externref";
    case 0:
      return "any";
    default:
      return "ref";
  }
}

}  // namespace mote::wasm
