// SPDX-License-Identifier: Apache-2.0
// Thumb-2 instructions as bytes (Armv7-M Architecture Reference Manual, A7.7). The narrowest encoding is
// taken; narrow ones may set the flags, so nothing is put between a comparison and its consumer.
#pragma once
#include "compile/code_buffer.hpp"
#include "compile/isa/thumb2/registers.hpp"
#include "compile/value.hpp"

namespace mote::compile::thumb2 {

/// Operations with the same shape of encodings (A5.3.1, A5.3.11): their number there.
enum class Dp : uint8_t {
  And = 0,
  Bic = 1,
  Orr = 2,
  Orn = 3,
  Eor = 4,
  Add = 8,
  Adc = 10,
  Sbc = 11,
  Sub = 13,
  Rsb = 14
};

/// Widths and signs of accesses.
enum class Access : uint8_t { Byte, SignedByte, Half, SignedHalf, Word };

/// The 12 bits of a modified immediate constant (A5.3.2), or -1.
int32_t modified_immediate(uint32_t value);
/// The largest value that is a modified immediate and not above `value`.
uint32_t modified_immediate_below(uint32_t value);

class Encoder {
 public:
  explicit Encoder(CodeBuffer& code) : code_(code) {}

  uint32_t position() const { return code_.position(); }

  /// Registers that have not been written since keep() named them.
  RegSet kept() const { return kept_; }
  void keep(Reg r) { kept_ = static_cast<RegSet>(kept_ | set_of(r)); }
  void lose(RegSet registers) { kept_ = static_cast<RegSet>(kept_ & ~registers); }

  // Data processing.
  void mov(Reg rd, Reg rm);
  void mov_imm(Reg rd, uint32_t value);
  void dp(Dp op, Reg rd, Reg rn, Reg rm, Shift shift = Shift::Lsl, uint32_t amount = 0, bool flags = false);
  /// False when the value is not an operand of the operation in any form.
  bool dp_imm(Dp op, Reg rd, Reg rn, uint32_t value, bool flags = false);
  bool can_imm(Dp op, uint32_t value) const;
  void shift_imm(Shift shift, Reg rd, Reg rm, uint32_t amount);
  void shift_reg(Shift shift, Reg rd, Reg rn, Reg rm);
  void mvn(Reg rd, Reg rm);
  void cmp(Reg rn, Reg rm, Shift shift = Shift::Lsl, uint32_t amount = 0);
  bool cmp_imm(Reg rn, uint32_t value);
  bool can_cmp_imm(uint32_t value) const;
  void tst(Reg rn, Reg rm, Shift shift = Shift::Lsl, uint32_t amount = 0);
  bool tst_imm(Reg rn, uint32_t value);
  void mul(Reg rd, Reg rn, Reg rm);
  void mla(Reg rd, Reg rn, Reg rm, Reg ra);
  void mls(Reg rd, Reg rn, Reg rm, Reg ra);
  void umull(Reg lo, Reg hi, Reg rn, Reg rm);
  void smull(Reg lo, Reg hi, Reg rn, Reg rm);
  void umlal(Reg lo, Reg hi, Reg rn, Reg rm);
  void sdiv(Reg rd, Reg rn, Reg rm);
  void udiv(Reg rd, Reg rn, Reg rm);
  void ubfx(Reg rd, Reg rn, uint32_t lsb, uint32_t width);
  void bfi(Reg rd, Reg rn, uint32_t lsb, uint32_t width);
  void sbfx(Reg rd, Reg rn, uint32_t lsb, uint32_t width);
  void clz(Reg rd, Reg rm);
  void rbit(Reg rd, Reg rm);

  // Memory.
  void load(Access a, Reg rt, Reg rn, uint32_t offset);  ///< offset at most 4095
  void load(Access a, Reg rt, Reg rn, Reg rm, uint32_t shift);
  void store(Access a, Reg rt, Reg rn, uint32_t offset);
  void store(Access a, Reg rt, Reg rn, Reg rm, uint32_t shift);
  // As an unprivileged program would (LDRT, STRT and so on); offset at most 255.
  void load_unprivileged(Access a, Reg rt, Reg rn, uint32_t offset);
  void store_unprivileged(Access a, Reg rt, Reg rn, uint32_t offset);
  void load_pair(Reg rt, Reg rt2, Reg rn, uint32_t offset);  ///< a multiple of 4, at most 1020
  void store_pair(Reg rt, Reg rt2, Reg rn, uint32_t offset);
  void push(RegSet registers);
  void pop(RegSet registers);
  void add_sp(uint32_t bytes);
  void add_sp_by_lr(uint32_t bytes);  ///< leaves r12 alone
  void sub_sp(uint32_t bytes);
  void address_of_slot(Reg rd, uint32_t bytes);  ///< rd = sp + bytes

  // Control.
  void bx(Reg rm);
  void blx(Reg rm);
  void it(Cond c, const char* pattern);  ///< "" one instruction, "e" then-else, "t" two, "ee"...
  void bl(uint32_t target);
  void b(uint32_t target);  ///< to a known place
  void b(Cond c, uint32_t target);
  void b_wide(uint32_t target);
  void b_wide(Cond c, uint32_t target);
  /// Writes the displacement of the wide branch at `position`.
  static uint32_t wide_branch(Cond c, int32_t displacement);
  static uint32_t branch_link(int32_t displacement);
  void u16(uint32_t half) { code_.u16(static_cast<uint16_t>(half)); }
  /// A 32-bit instruction, its first halfword in the upper half.
  void u32(uint32_t word) {
    u16(word >> 16);
    u16(word & 0xffff);
  }
  void patch32(uint32_t position, uint32_t word) {
    code_.patch(position, static_cast<uint16_t>(word >> 16));
    code_.patch(position + 2, static_cast<uint16_t>(word));
  }
  uint32_t read32(uint32_t position) const {
    return static_cast<uint32_t>(code_.read<uint16_t>(position)) << 16 | code_.read<uint16_t>(position + 2);
  }

  // Single precision floating point (A7.7.225 on); `vd` and so on number s0 to s31.
  enum class Vfp : uint8_t { Add, Sub, Mul, Div };
  void vfp(Vfp op, Reg vd, Reg vn, Reg vm);
  enum class VfpUnary : uint8_t { Mov, Abs, Neg, Sqrt, FromSigned, FromUnsigned, ToSigned, ToUnsigned };
  void vfp(VfpUnary op, Reg vd, Reg vm);
  void vcmp(Reg vd, Reg vm);  ///< and copies the flags
  void vcmp_zero(Reg vd);     ///< likewise
  /// False when the constant, given by its bits, is not an immediate of VMOV (A6.4.1).
  bool vmov_imm(Reg vd, uint32_t bits);
  void vpush(Reg first, uint32_t count);
  void vpop(Reg first, uint32_t count);
  // Double precision: a d-register goes by the number of its lower half, which is even.
  void vfp_double(Vfp op, Reg vd, Reg vn, Reg vm);
  /// Those up to Sqrt between doubles; conversions from or to single precision or 32 bits, which any
  /// s-register holds.
  enum class VfpDouble : uint8_t {
    Mov,
    Abs,
    Neg,
    Sqrt,
    FromSigned,
    FromUnsigned,
    ToSigned,
    ToUnsigned,
    FromSingle,
    ToSingle
  };
  void vfp_double(VfpDouble op, Reg vd, Reg vm);
  void vcmp_double(Reg vd, Reg vm);  ///< and copies the flags
  void vcmp_double_zero(Reg vd);
  bool vmov_imm_double(Reg vd, uint64_t bits);
  void vmov_to_double(Reg vd, Reg lo, Reg hi);
  void vmov_from_double(Reg lo, Reg hi, Reg vm);
  void vldr_double(Reg vd, Reg rn, uint32_t offset);  ///< a multiple of 4, at most 1020
  void vstr_double(Reg vd, Reg rn, uint32_t offset);
  /// The destination of the instruction at `position`, one of vfp(), becomes another.
  void retarget(uint32_t position, Reg vd);
  void vmov_to(Reg vn, Reg rt);
  void vmov_from(Reg rt, Reg vn);
  void vldr(Reg vd, Reg rn, uint32_t offset);  ///< a multiple of 4, at most 1020
  void vstr(Reg vd, Reg rn, uint32_t offset);

 private:
  void wrote(Reg r) { lose(set_of(r)); }
  /// A 32-bit instruction with its registers where most have them: bits 8, 16 and 0.
  void regs(uint32_t code, Reg rd, Reg rn, Reg rm);
  void extract(uint32_t wide, uint32_t narrow, Reg rd, Reg rn, uint32_t lsb, uint32_t width);

  CodeBuffer& code_;
  RegSet kept_ = 0;
};

}  // namespace mote::compile::thumb2
