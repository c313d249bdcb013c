// SPDX-License-Identifier: Apache-2.0
// Classes of Wasm's opcodes, as the x86-64 compiler sees them (core spec, 5.4).
#pragma once
#include "compile/isa/x64/encoder.hpp"
#include "wasm/opcodes.hpp"

namespace mote::compile::x64 {

using wasm::Op;

constexpr bool is_eqz(Op op) {
  return op == Op::I32Eqz || op == Op::I64Eqz;
}
constexpr bool is_comparison(Op op) {
  return op >= Op::I32Eqz && op <= Op::F64Ge;
}
constexpr bool is_integer_comparison(Op op) {
  return op >= Op::I32Eqz && op <= Op::I64GeU;
}
constexpr bool commutes(Op op) {
  switch (op) {
    case Op::I32Add:
    case Op::I32Mul:
    case Op::I32And:
    case Op::I32Or:
    case Op::I32Xor:
    case Op::I64Add:
    case Op::I64Mul:
    case Op::I64And:
    case Op::I64Or:
    case Op::I64Xor:
      return true;
    default:
      return false;
  }
}

/// The load whose result an operation can take from memory; Nop when it cannot.
constexpr Op whole_load_of(Op op) {
  const auto code = static_cast<uint32_t>(op);
  if ((code >= 0x46 && code <= 0x4f)) return Op::I32Load;
  if ((code >= 0x51 && code <= 0x5a)) return Op::I64Load;
  if ((code >= 0x5b && code <= 0x60) || (code >= 0x92 && code <= 0x95)) return Op::F32Load;
  if ((code >= 0x61 && code <= 0x66) || (code >= 0xa0 && code <= 0xa3)) return Op::F64Load;
  if ((code >= 0x6a && code <= 0x6c) || (code >= 0x71 && code <= 0x73)) return Op::I32Load;
  if ((code >= 0x7c && code <= 0x7e) || (code >= 0x83 && code <= 0x85)) return Op::I64Load;
  return Op::Nop;
}

/// Bytes that a load or store touches.
constexpr uint32_t access_width(Op op) {
  constexpr uint8_t kWidths[] = {4, 8, 4, 8, 1, 1, 2, 2, 1, 1, 2, 2, 4, 4, 4, 8, 4, 8, 1, 2, 1, 2, 4};
  return kWidths[static_cast<uint32_t>(op) - 0x28];
}

/// eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u
inline constexpr Cc kIntegerConditions[] = {Cc::E, Cc::Ne, Cc::L,  Cc::B,  Cc::G,
                                            Cc::A, Cc::Le, Cc::Be, Cc::Ge, Cc::Ae};

/// The condition with the operands the other way round.
constexpr Cc mirrored(Cc cc) {
  switch (cc) {
    case Cc::L:
      return Cc::G;
    case Cc::G:
      return Cc::L;
    case Cc::Le:
      return Cc::Ge;
    case Cc::Ge:
      return Cc::Le;
    case Cc::B:
      return Cc::A;
    case Cc::A:
      return Cc::B;
    case Cc::Be:
      return Cc::Ae;
    case Cc::Ae:
      return Cc::Be;
    default:
      return cc;
  }
}

/// Whether a constant can be an immediate: 32 bits, sign-extended.
constexpr bool fits_immediate(uint64_t value, bool wide) {
  return !wide || static_cast<int64_t>(value) == static_cast<int32_t>(value);
}

}  // namespace mote::compile::x64
