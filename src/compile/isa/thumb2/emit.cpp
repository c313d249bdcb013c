// SPDX-License-Identifier: Apache-2.0
// From nodes to instructions. Nothing here takes a register but the scratch one, which operands that are
// neither in a register nor encodable pass through.
#include "compile/isa/thumb2/assembler.hpp"

namespace mote::compile {

using thumb2::kScratch;

/// An operand in a register, for reading: the scratch one if need be.
Thumb2Assembler::Reg Thumb2Assembler::operand(const Word& w) {
  if (w.is_register()) return w.reg;
  if (w.is_constant()) return constant_register(w.constant);
  const Reg found = find_contents(w);
  if (found != thumb2::kNoReg) return found;
  scratch();
  to_reg(kScratch, w);
  return kScratch;
}

/// rd = x op y. True when the flags tell of rd; they always do when `flags` asks for it.
bool Thumb2Assembler::emit_dp(Dp op, Reg rd, const Word& x, const Word& y, Shift shift, uint8_t amount,
                              bool flags) {
  const Reg rn = operand(x);
  if (y.is_constant()) {
    if (a_.dp_imm(op, rd, rn, y.constant, true)) return true;
    if (!flags && a_.dp_imm(op, rd, rn, y.constant, false)) return false;
  }
  const Reg rm = operand(y);
  a_.dp(op, rd, rn, rm, shift, amount, true);
  return true;
}

void Thumb2Assembler::emit(const Node& n, Reg rd) {
  if (rd == kScratch) scratch();
  if (n.kind == Node::Kind::Select) return emit_select(n, rd);
  if (n.kind != Node::Kind::Alu) return emit_flag(n, rd);
  const Word &x = n.w[0], &y = n.w[1];
  constexpr Dp kDp[] = {Dp::Add, Dp::Sub, Dp::Rsb, Dp::And, Dp::Bic, Dp::Orr, Dp::Orn, Dp::Eor};
  switch (n.alu) {
    case Alu::Mul:
      return a_.mul(rd, x.reg, operand(y));
    case Alu::Mla:
      return a_.mla(rd, x.reg, y.reg, operand(n.w[2]));
    case Alu::Mls:
      return a_.mls(rd, x.reg, y.reg, operand(n.w[2]));
    case Alu::Sdiv:
      return a_.sdiv(rd, x.reg, operand(y));
    case Alu::Udiv:
      return a_.udiv(rd, x.reg, operand(y));
    case Alu::ShiftBy:
      return a_.shift_imm(n.shift, rd, x.reg, n.amount);
    case Alu::ShiftIn:
    case Alu::Rotl:
      return emit_shift_in(n, rd);
    case Alu::Ubfx:
      return a_.ubfx(rd, x.reg, n.amount, n.width);
    case Alu::Sbfx:
      return a_.sbfx(rd, x.reg, n.amount, n.width);
    case Alu::Clz:
      return a_.clz(rd, x.reg);
    case Alu::Ctz:
      a_.rbit(rd, x.reg);
      return a_.clz(rd, rd);
    default:
      break;
  }
  if (!emit_dp(kDp[static_cast<uint32_t>(n.alu)], rd, x, y, n.shift, n.amount, false)) return;
  flags_at_ = a_.position();
  flags_of_ = rd;
}

/// Wasm counts modulo 32, Arm's registers by their low byte.
void Thumb2Assembler::emit_shift_in(const Node& n, Reg rd) {
  Reg by = n.w[1].reg;
  if (n.alu == Alu::Rotl) {
    scratch();
    a_.dp_imm(Dp::Rsb, kScratch, by, 0);
    return a_.shift_reg(Shift::Ror, rd, n.w[0].reg, kScratch);
  }
  if (n.amount == 0 && n.shift != Shift::Ror) {
    scratch();
    a_.dp_imm(Dp::And, kScratch, by, 31);
    by = kScratch;
  }
  a_.shift_reg(n.shift, rd, n.w[0].reg, by);
}

/// The flags for a comparison, and the condition that then holds.
Thumb2Assembler::Cond Thumb2Assembler::emit_compare(const Node& n) {
  if (n.kind == Node::Kind::CompareWide) return emit_compare_wide(n);
  if (n.kind == Node::Kind::CompareSingle) {
    n.w[1].is_single() ? a_.vcmp(n.w[0].reg, n.w[1].reg) : a_.vcmp_zero(n.w[0].reg);
    return n.cond;
  }
  if (doubles() && n.kind == Node::Kind::CompareDouble) {
    n.w[2].is_single() ? a_.vcmp_double(n.w[0].reg, n.w[2].reg) : a_.vcmp_double_zero(n.w[0].reg);
    return n.cond;
  }
  const Word &x = n.w[0], &y = n.w[1];
  if (n.test) {
    if (!(y.is_constant() && a_.tst_imm(x.reg, y.constant))) a_.tst(x.reg, operand(y), n.shift, n.amount);
    return n.cond;
  }
  const bool equality = n.cond == Cond::Eq || n.cond == Cond::Ne;
  if (equality && y.is(0) && flags_of_ == x.reg && flags_at_ == a_.position()) return n.cond;
  if (!(y.is_constant() && a_.cmp_imm(x.reg, y.constant))) a_.cmp(x.reg, operand(y), n.shift, n.amount);
  return n.cond;
}

Thumb2Assembler::Cond Thumb2Assembler::emit_compare_wide(const Node& n) {
  const Word &lo = n.w[0], &hi = n.w[1], &y_lo = n.w[2], &y_hi = n.w[3];
  const bool equality = n.cond == Cond::Eq || n.cond == Cond::Ne;
  if (equality && y_lo.is(0) && y_hi.is(0)) {
    scratch();
    if (hi.is_register()) {
      a_.dp(Dp::Orr, kScratch, lo.reg, hi.reg, Shift::Lsl, 0, true);
    } else {
      a_.dp_imm(Dp::Orr, kScratch, lo.reg, hi.constant, true);
    }
    return n.cond;
  }
  if (!(y_lo.is_constant() && a_.cmp_imm(lo.reg, y_lo.constant))) a_.cmp(lo.reg, operand(y_lo));
  if (equality) {
    a_.it(Cond::Eq, "");
    if (!(y_hi.is_constant() && a_.cmp_imm(hi.reg, y_hi.constant))) a_.cmp(hi.reg, y_hi.reg);
    return n.cond;
  }
  scratch();
  if (y_hi.is_constant() && a_.dp_imm(Dp::Sbc, kScratch, hi.reg, y_hi.constant, true)) return n.cond;
  a_.dp(Dp::Sbc, kScratch, hi.reg, operand(y_hi), Shift::Lsl, 0, true);
  return n.cond;
}

/// The register may be that of either value, or of an operand of the comparison.
void Thumb2Assembler::emit_select(const Node& n, Reg rd) {
  Node compared = n;
  compared.kind = Node::Kind::Compare;
  compared.w[0] = n.w[2];
  compared.w[1] = n.w[3];
  const Cond cond = emit_compare(compared);
  const bool is_yes = n.w[0].is_register() && n.w[0].reg == rd;
  const bool is_no = n.w[1].is_register() && n.w[1].reg == rd;
  if (is_yes && is_no) return;
  a_.it(is_yes ? thumb2::inverse(cond) : cond, is_yes || is_no ? "" : "e");
  if (!is_yes) to_reg(rd, n.w[0]);
  if (!is_no) to_reg(rd, n.w[1]);
}

/// A comparison as a number.
void Thumb2Assembler::emit_flag(const Node& n, Reg rd) {
  const bool zero = n.kind == Node::Kind::Compare && !n.test && n.w[1].is(0);
  const Reg x = n.w[0].reg;
  if (zero && n.cond == Cond::Eq) {
    a_.clz(rd, x);
    return a_.shift_imm(Shift::Lsr, rd, rd, 5);
  }
  if (zero && n.cond == Cond::Lt) return a_.shift_imm(Shift::Lsr, rd, x, 31);
  if (zero && n.cond == Cond::Ne) {
    scratch();
    a_.dp_imm(Dp::Sub, kScratch, x, 1, true);
    return a_.dp(Dp::Sbc, rd, x, kScratch);
  }
  const Cond cond = emit_compare(n);
  a_.it(cond, "e");
  a_.mov_imm(rd, 1);
  a_.mov_imm(rd, 0);
}

/// lo and hi may be registers that the node reads.
void Thumb2Assembler::emit_wide(const Node& n, Reg lo, Reg hi) {
  if (n.wide >= Wide::Shl) return emit_wide_shift(n, lo, hi);
  const auto reads_low = [&](const Word& w) { return w.is_register() && w.reg == lo; };
  const Reg first = reads_low(n.w[1]) || reads_low(n.w[3]) ? kScratch : lo;
  constexpr Dp kLow[] = {Dp::Add, Dp::Sub, Dp::And, Dp::Orr, Dp::Eor};
  constexpr Dp kHigh[] = {Dp::Adc, Dp::Sbc, Dp::And, Dp::Orr, Dp::Eor};
  const auto op = static_cast<uint32_t>(n.wide);
  if (first == kScratch) scratch();
  const auto half = [&](Dp dp, Reg rd, const Word& x, const Word& y) {
    const bool logic = n.wide >= Wide::And;
    if (logic && y.is_constant() && (y.constant == 0 || y.constant == ~0u)) {
      const bool zero = y.constant == 0;
      if (dp == Dp::And && zero) return a_.mov_imm(rd, 0);
      if (zero || dp == Dp::And) return a_.mov(rd, x.reg);
      if (dp == Dp::Orr) return a_.mov_imm(rd, ~0u);
      return a_.mvn(rd, x.reg);
    }
    emit_dp(dp, rd, x, y, Shift::Lsl, 0, !logic);
  };
  half(kLow[op], first, n.w[0], n.w[2]);
  half(kHigh[op], hi, n.w[1], n.w[3]);
  a_.mov(lo, first);
}

void Thumb2Assembler::emit_wide_shift(const Node& n, Reg lo, Reg hi) {
  const Reg x_lo = n.w[0].reg, x_hi = n.w[1].reg;
  const uint32_t k = n.amount;
  if (n.wide == Wide::Extend) {
    a_.mov(lo, x_lo);
    return a_.shift_imm(Shift::Asr, hi, lo, 31);
  }
  const bool left = n.wide == Wide::Shl;
  const Shift right = n.wide == Wide::ShrS ? Shift::Asr : Shift::Lsr;
  if (k >= 32) {
    if (left) {
      a_.shift_imm(Shift::Lsl, hi, x_lo, k - 32);
      return a_.mov_imm(lo, 0);
    }
    if (n.wide == Wide::ShrU) {
      k == 32 ? a_.mov(lo, x_hi) : a_.shift_imm(right, lo, x_hi, k - 32);
      return a_.mov_imm(hi, 0);
    }
    const bool low_last = hi != x_hi;
    if (low_last) a_.shift_imm(Shift::Asr, hi, x_hi, 31);
    k == 32 ? a_.mov(lo, x_hi) : a_.shift_imm(right, lo, x_hi, k - 32);
    if (!low_last) a_.shift_imm(Shift::Asr, hi, x_hi, 31);
    return;
  }
  // The half that takes bits from the other is made first, out of the way if it would overwrite that.
  const Reg to = left ? hi : lo, from = left ? x_hi : x_lo, other = left ? x_lo : x_hi, last = left ? lo : hi;
  const Reg made = to == other ? kScratch : to;
  if (made == kScratch) scratch();
  a_.shift_imm(left ? Shift::Lsl : Shift::Lsr, made, from, k);
  a_.dp(Dp::Orr, made, made, other, left ? Shift::Lsr : Shift::Lsl, 32 - k);
  a_.shift_imm(left ? Shift::Lsl : right, last, other, k);
  a_.mov(to, made);
}

}  // namespace mote::compile
