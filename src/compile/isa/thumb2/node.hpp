// SPDX-License-Identifier: Apache-2.0
// Values that generated code holds, and what is known of those whose instruction is still to be chosen.
#pragma once
#include "compile/isa/thumb2/encoder.hpp"

namespace mote::compile::thumb2 {

/// 32 bits of a value, wherever they are.
struct Word {
  enum class Kind : uint8_t { None, Register, Constant, Frame, Single, Base, Sum };

  Kind kind = Kind::None;
  Reg reg = kNoReg;  ///< Register: a temporary or a pinned local; Single: likewise, s0 to s31; Base, Sum: the
                     ///< local, or none
  uint16_t slot = 0;  ///< Frame: the slot
  uint32_t constant = 0;

  static Word in(Reg reg) { return {Kind::Register, reg, 0, 0}; }
  static Word of(uint32_t constant) { return {Kind::Constant, kNoReg, 0, constant}; }
  static Word at(uint16_t slot) { return {Kind::Frame, kNoReg, slot, 0}; }
  static Word single(Reg reg) { return {Kind::Single, reg, 0, 0}; }
  /// An address of the machine: memory + local + constant. Only registers' contents are such.
  static Word base(Reg local, uint32_t constant) { return {Kind::Base, local, 0, constant}; }
  /// local + constant, likewise.
  static Word sum(Reg local, uint32_t constant) { return {Kind::Sum, local, 0, constant}; }
  bool is_register() const { return kind == Kind::Register; }
  bool is_single() const { return kind == Kind::Single; }
  bool is_constant() const { return kind == Kind::Constant; }
  bool is(uint32_t value) const { return is_constant() && constant == value; }
};

/// What an unemitted 32-bit node computes from its words.
enum class Alu : uint8_t {
  Add,  ///< w0 op (w1 shifted), as far as Eor; w0 may be constant if w1 is a register
  Sub,
  Rsb,
  And,
  Bic,
  Orr,
  Orn,
  Eor,
  Mul,   ///< w0 * w1
  Mla,   ///< w2 + w0 * w1
  Mls,   ///< w2 - w0 * w1
  Sdiv,  ///< w0 / w1, which is known to be neither 0 nor an overflow
  Udiv,
  ShiftBy,  ///< w0 shifted by the constant `amount`
  ShiftIn,  ///< w0 shifted by w1; `amount` 1: w1 is known to be below 32
  Rotl,     ///< w0 rotated left by w1
  Ubfx,     ///< `width` bits of w0 from `amount`
  Sbfx,
  Clz,
  Ctz,
};

/// Likewise for 64 bits: w0 and w1 are the low and high word of the first operand, w2 and w3 of the second;
/// shifts are by `amount`, Extend is of the sign of w0.
enum class Wide : uint8_t { Add, Sub, And, Orr, Eor, Shl, ShrU, ShrS, Extend };

/// A value under a number: where it is, or how it is computed.
struct Node {
  enum class Kind : uint8_t {
    Free,
    Plain,          ///< in w0, and w1 if it is a pair
    Alu,            ///< not computed yet
    Compare,        ///< `cond` after comparing w0 with w1, shifted; `test`: after w0 & w1
    CompareSingle,  ///< `cond` after comparing w0 with w1, which are in s-registers or 0
    CompareDouble,  ///< likewise the d-registers w0:w1 and w2:w3
    CompareWide,    ///< `cond` of w0:w1 and w2:w3; the operands are in the order that the condition needs
    Wide,           ///< not computed yet
    Select,         ///< w0 if `cond` holds of w2 and w3 as in Compare, else w1
  };

  Kind kind = Kind::Free;
  Alu alu = Alu::Add;
  Wide wide = Wide::Add;
  Cond cond = Cond::Eq;
  Shift shift = Shift::Lsl;
  uint8_t amount = 0;
  uint8_t width = 0;
  bool pair = false;
  bool test = false;
  uint16_t home = 0;
  uint32_t most = ~0u;  ///< the largest that a 32-bit value can be
  Word w[4];

  // Code for it stands once, and not wherever a node is made.
  [[gnu::noinline]] explicit Node(Kind which = Kind::Free, Alu operation = Alu::Add)
      : kind(which), alu(operation) {}

  bool lazy() const { return kind != Kind::Plain; }
  bool is_comparison() const { return kind >= Kind::Compare && kind <= Kind::CompareWide; }
  bool shifted_only() const { return kind == Kind::Alu && alu == Alu::ShiftBy; }
};

}  // namespace mote::compile::thumb2
