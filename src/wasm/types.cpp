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
    case 0x69:  // exn
      proposal = Proposal::ExceptionHandling;
      return true;
    case 0x75:  // nocont
    case 0x68:  // cont
      proposal = Proposal::StackSwitching;
      return true;
    default:
      proposal = Proposal::Gc;  // noexn, nofunc, noextern, none, any, eq, i31, struct, array
      return code >= 0x6a && code <= 0x74;
  }
}

/// Fails for a reference to a type that is not there.
ValType defined(Reader& reader, int64_t index, uint32_t types, uint32_t offset) {
  if constexpr (!kTypedReferences) return refuse(reader, Proposal::TypedFunctionReferences, offset), kBottom;
  if (index < types) return ValType::defined(static_cast<uint32_t>(index));
  reader.fail_at("unknown type", offset, static_cast<uint32_t>(index));
  return kBottom;
}

ValType checked(Reader& reader, uint8_t code, uint32_t types, Message malformed) {
  if (ValType{code}.is_number()) return ValType{code};
  const uint32_t offset = reader.offset() - 1;
  Proposal proposal{};
  if (!find_proposal(code, proposal)) {
    reader.fail_at(malformed, offset, code);
    return kBottom;
  }
  if (!require(reader, proposal, offset)) return kBottom;
  if constexpr (kTypedReferences) {
    if (code == 0x63) return heap_type(reader, types);
    if (code == 0x64) {
      const ValType type = heap_type(reader, types);
      return reader.ok() ? type.non_null() : kBottom;
    }
  }
  return ValType{code};
}

constexpr bool is_reference(uint8_t code) {
  return code <= 0x75 && code >= 0x63;
}

}  // namespace

ValType value_type(Reader& reader, uint8_t code, uint32_t types) {
  return checked(reader, code, types, "malformed value type");
}

ValType reference_type(Reader& reader, uint32_t types) {
  const uint8_t code = reader.u8();
  if (ValType{code} == kFuncRef) return kFuncRef;
  return checked(reader, is_reference(code) ? code : 0, types, "malformed reference type");
}

ValType heap_type(Reader& reader, uint32_t types) {
  const uint32_t offset = reader.offset();
  const int64_t heap = reader.s33();
  if (!reader.ok()) return kBottom;
  if (heap >= 0) return defined(reader, heap, types, offset);
  const auto code = static_cast<uint8_t>(heap & 0x7f);
  const bool abstract = heap >= -0x40 && code >= 0x68 && code <= 0x75;
  return checked(reader, abstract ? code : 0, types, "malformed heap type");
}

ValType next_reference_type(const uint8_t*& at, uint8_t code) {
  uint32_t heap = 0;
  unsigned shift = 0;
  uint8_t byte = 0;
  do {
    byte = *at++;
    if (shift < 32) heap |= static_cast<uint32_t>(byte & 0x7f) << shift;
    shift += 7;
  } while (byte & 0x80);
  const bool abstract = (byte & 0x40) != 0;  // the sign: heap types that are not defined are negative
  const ValType type = abstract ? ValType{heap & 0x7f} : ValType::defined(heap);
  return code == 0x64 ? type.non_null() : type;
}

int compare_bytes(const void* a, const void* b, size_t size) {
  const auto* x = static_cast<const uint8_t*>(a);
  const auto* y = static_cast<const uint8_t*>(b);
  int order = 0;
  while (size-- > 0 && order == 0) order = *x++ - *y++;
  return order;
}

int compare(const FuncType& a, const FuncType& b) {
  if (a.param_count != b.param_count) return a.param_count - b.param_count;
  if (a.result_count != b.result_count) return a.result_count - b.result_count;
  const int order = compare_bytes(a.params, b.params, a.param_count);
  return order != 0 ? order : compare_bytes(a.results(), b.results(), a.result_count);
}

bool equal(const FuncType& a, const FuncType& b) {
  if constexpr (!kTypedReferences) return compare(a, b) == 0;
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
