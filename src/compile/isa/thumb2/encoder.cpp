// SPDX-License-Identifier: Apache-2.0
#include "compile/isa/thumb2/encoder.hpp"

#include <bit>

namespace mote::compile::thumb2 {

int32_t modified_immediate(uint32_t value) {
  if (value < 256) return static_cast<int32_t>(value);
  const uint32_t low = value & 0xff, second = value >> 8 & 0xff;
  if (value == low * 0x0001'0001) return static_cast<int32_t>(0x100 | low);
  if (value == second * 0x0100'0100) return static_cast<int32_t>(0x200 | second);
  if (value == low * 0x0101'0101) return static_cast<int32_t>(0x300 | low);
  const auto lead = static_cast<uint32_t>(std::countl_zero(value));
  if (lead > 23 || (value << lead & 0x00ff'ffff) != 0) return -1;
  return static_cast<int32_t>((lead + 8) << 7 | (value << lead >> 24 & 0x7f));
}

uint32_t modified_immediate_below(uint32_t value) {
  if (value < 256) return value;
  const auto shift = static_cast<uint32_t>(24 - std::countl_zero(value));
  return value >> shift << shift;
}

namespace {

constexpr uint32_t immediate_bits(uint32_t imm12) {
  return (imm12 & 0x800) << 15 | (imm12 & 0x700) << 4 | (imm12 & 0xff);
}

constexpr uint32_t shift_bits(Shift shift, uint32_t amount) {
  return (amount & 0x1c) << 10 | (amount & 3) << 6 | static_cast<uint32_t>(shift) << 4;
}

constexpr uint32_t kWideLoads[] = {0xf890, 0xf990, 0xf8b0, 0xf9b0, 0xf8d0};
constexpr uint32_t kWideStores[] = {0xf880, 0xf880, 0xf8a0, 0xf8a0, 0xf8c0};
constexpr uint32_t kNarrowIndexedLoads[] = {0x5c00, 0x5600, 0x5a00, 0x5e00, 0x5800};
constexpr uint32_t kNarrowIndexedStores[] = {0x5400, 0x5400, 0x5200, 0x5200, 0x5000};
constexpr uint32_t kScale[] = {0, 0, 1, 1, 2};

constexpr uint32_t index(Access a) {
  return static_cast<uint32_t>(a);
}

}  // namespace

MOTE_SHARED void Encoder::regs(uint32_t code, Reg rd, Reg rn, Reg rm) {
  wrote(rd);
  u32(code | static_cast<uint32_t>(rn) << 16 | static_cast<uint32_t>(rd) << 8 | rm);
}

void Encoder::mov(Reg rd, Reg rm) {
  if (rd != rm) wrote(rd);
  if (rd != rm) u16(0x4600 | (rd & 8) << 4 | rm << 3 | (rd & 7));
}

void Encoder::mov_imm(Reg rd, uint32_t value) {
  wrote(rd);
  if (is_low(rd) && value < 256) return u16(0x2000 | rd << 8 | value);
  if (const int32_t imm = modified_immediate(value); imm >= 0)
    return u32(0xf04f'0000 | immediate_bits(static_cast<uint32_t>(imm)) | rd << 8);
  if (const int32_t imm = modified_immediate(~value); imm >= 0)
    return u32(0xf06f'0000 | immediate_bits(static_cast<uint32_t>(imm)) | rd << 8);
  const auto half = [&](uint32_t base, uint32_t bits) {
    u32(base | (bits & 0xf000) << 4 | immediate_bits(bits & 0xfff) | rd << 8);
  };
  half(0xf240'0000, value & 0xffff);
  if (value > 0xffff) half(0xf2c0'0000, value >> 16);
}

bool Encoder::can_imm(Dp op, uint32_t value) const {
  if (modified_immediate(value) >= 0) return true;
  switch (op) {
    case Dp::Add:
    case Dp::Sub:
      return value < 4096 || 0 - value < 4096 || modified_immediate(0 - value) >= 0;
    case Dp::And:
    case Dp::Bic:
    case Dp::Orr:
    case Dp::Orn:
      return modified_immediate(~value) >= 0;
    default:
      return false;
  }
}

bool Encoder::dp_imm(Dp op, Reg rd, Reg rn, uint32_t value, bool flags) {
  wrote(rd);
  const bool additive = op == Dp::Add || op == Dp::Sub;
  if (additive && modified_immediate(value) < 0 && !(value < 4096 && !flags)) {
    op = op == Dp::Add ? Dp::Sub : Dp::Add;
    value = 0 - value;
  }
  if (additive && static_cast<int32_t>(value) < 0 && 0 - value < 256 && !flags) {
    op = op == Dp::Add ? Dp::Sub : Dp::Add;
    value = 0 - value;
  }
  if (additive && is_low(rd) && is_low(rn)) {
    const uint32_t sub = op == Dp::Sub ? 1 : 0;
    if (value < 8) return u16(0x1c00 | sub << 9 | value << 6 | rn << 3 | rd), true;
    if (rd == rn && value < 256) return u16(0x3000 | sub << 11 | rd << 8 | value), true;
  }
  if (op == Dp::Rsb && value == 0 && is_low(rd) && is_low(rn)) return u16(0x4240 | rn << 3 | rd), true;
  int32_t imm = modified_immediate(value);
  if (imm < 0) {
    if (additive && value < 4096 && !flags) {
      u32((op == Dp::Add ? 0xf200'0000 : 0xf2a0'0000) | static_cast<uint32_t>(rn) << 16 |
          immediate_bits(value) | rd << 8);
      return true;
    }
    imm = modified_immediate(~value);
    if (imm < 0 || op > Dp::Orn) return false;
    op = static_cast<Dp>(static_cast<uint8_t>(op) ^ 1);
  }
  u32(0xf000'0000 | static_cast<uint32_t>(op) << 21 | (flags ? 1u << 20 : 0) |
      static_cast<uint32_t>(rn) << 16 | immediate_bits(static_cast<uint32_t>(imm)) | rd << 8);
  return true;
}

void Encoder::dp(Dp op, Reg rd, Reg rn, Reg rm, Shift shift, uint32_t amount, bool flags) {
  wrote(rd);
  const bool plain = amount == 0 && shift == Shift::Lsl;
  const bool low = is_low(rd) && is_low(rn) && is_low(rm);
  if (plain && low && op == Dp::Add) return u16(0x1800 | rm << 6 | rn << 3 | rd);
  if (plain && low && op == Dp::Sub) return u16(0x1a00 | rm << 6 | rn << 3 | rd);
  if (plain && op == Dp::Add && !flags && (rd == rn || rd == rm)) {
    const Reg other = rd == rn ? rm : rn;
    return u16(0x4400 | (rd & 8) << 4 | other << 3 | (rd & 7));
  }
  constexpr uint8_t kNone = 0xff;
  constexpr uint8_t kNarrow[16] = {0,     14,    12, kNone, 1,     kNone, kNone, kNone,
                                   kNone, kNone, 5,  6,     kNone, kNone, kNone, kNone};
  const uint8_t narrow = kNarrow[static_cast<uint8_t>(op)];
  if (plain && low && narrow != kNone) {
    const bool commutes = op != Dp::Bic && op != Dp::Sbc;
    if (rd == rn) return u16(0x4000u | narrow << 6 | rm << 3 | rd);
    if (rd == rm && commutes) return u16(0x4000u | narrow << 6 | rn << 3 | rd);
  }
  regs(0xea00'0000 | static_cast<uint32_t>(op) << 21 | (flags ? 1u << 20 : 0) | shift_bits(shift, amount), rd,
       rn, rm);
}

void Encoder::shift_imm(Shift shift, Reg rd, Reg rm, uint32_t amount) {
  wrote(rd);
  if (amount == 0) return mov(rd, rm);
  if (is_low(rd) && is_low(rm) && shift != Shift::Ror)
    return u16(static_cast<uint32_t>(shift) << 11 | amount << 6 | rm << 3 | rd);
  regs(0xea4f'0000 | shift_bits(shift, amount), rd, 0, rm);
}

void Encoder::shift_reg(Shift shift, Reg rd, Reg rn, Reg rm) {
  wrote(rd);
  constexpr uint8_t kNarrow[] = {2, 3, 4, 7};
  const auto s = static_cast<uint32_t>(shift);
  if (rd == rn && is_low(rd) && is_low(rm)) return u16(0x4000u | kNarrow[s] << 6 | rm << 3 | rd);
  regs(0xfa00'f000 | s << 21, rd, rn, rm);
}

void Encoder::mvn(Reg rd, Reg rm) {
  wrote(rd);
  if (is_low(rd) && is_low(rm)) return u16(0x43c0 | rm << 3 | rd);
  regs(0xea6f'0000, rd, 0, rm);
}

void Encoder::cmp(Reg rn, Reg rm, Shift shift, uint32_t amount) {
  if (amount == 0 && shift == Shift::Lsl) {
    if (is_low(rn) && is_low(rm)) return u16(0x4280 | rm << 3 | rn);
    return u16(0x4500 | (rn & 8) << 4 | rm << 3 | (rn & 7));
  }
  u32(0xebb0'0f00 | static_cast<uint32_t>(rn) << 16 | shift_bits(shift, amount) | rm);
}

bool Encoder::can_cmp_imm(uint32_t value) const {
  return modified_immediate(value) >= 0 || modified_immediate(0 - value) >= 0;
}

bool Encoder::cmp_imm(Reg rn, uint32_t value) {
  if (is_low(rn) && value < 256) return u16(0x2800 | rn << 8 | value), true;
  int32_t imm = modified_immediate(value);
  uint32_t base = 0xf1b0'0f00;  // CMP
  if (imm < 0) {
    imm = modified_immediate(0 - value);
    base = 0xf110'0f00;  // CMN
  }
  if (imm < 0) return false;
  u32(base | static_cast<uint32_t>(rn) << 16 | immediate_bits(static_cast<uint32_t>(imm)));
  return true;
}

void Encoder::tst(Reg rn, Reg rm, Shift shift, uint32_t amount) {
  if (amount == 0 && shift == Shift::Lsl && is_low(rn) && is_low(rm)) return u16(0x4200 | rm << 3 | rn);
  u32(0xea10'0f00 | static_cast<uint32_t>(rn) << 16 | shift_bits(shift, amount) | rm);
}

bool Encoder::tst_imm(Reg rn, uint32_t value) {
  const int32_t imm = modified_immediate(value);
  if (imm < 0) return false;
  u32(0xf010'0f00 | static_cast<uint32_t>(rn) << 16 | immediate_bits(static_cast<uint32_t>(imm)));
  return true;
}

void Encoder::mul(Reg rd, Reg rn, Reg rm) {
  wrote(rd);
  if (is_low(rd) && is_low(rn) && is_low(rm)) {
    if (rd == rm) return u16(0x4340 | rn << 3 | rd);
    if (rd == rn) return u16(0x4340 | rm << 3 | rd);
  }
  regs(0xfb00'f000, rd, rn, rm);
}

void Encoder::mla(Reg rd, Reg rn, Reg rm, Reg ra) {
  regs(0xfb00'0000 | static_cast<uint32_t>(ra) << 12, rd, rn, rm);
}

void Encoder::mls(Reg rd, Reg rn, Reg rm, Reg ra) {
  regs(0xfb00'0010 | static_cast<uint32_t>(ra) << 12, rd, rn, rm);
}

void Encoder::umull(Reg lo, Reg hi, Reg rn, Reg rm) {
  wrote(lo);
  regs(0xfba0'0000 | static_cast<uint32_t>(lo) << 12, hi, rn, rm);
}

void Encoder::smull(Reg lo, Reg hi, Reg rn, Reg rm) {
  wrote(lo);
  regs(0xfb80'0000 | static_cast<uint32_t>(lo) << 12, hi, rn, rm);
}

void Encoder::umlal(Reg lo, Reg hi, Reg rn, Reg rm) {
  wrote(lo);
  regs(0xfbe0'0000 | static_cast<uint32_t>(lo) << 12, hi, rn, rm);
}

void Encoder::sdiv(Reg rd, Reg rn, Reg rm) {
  regs(0xfb90'f0f0, rd, rn, rm);
}

void Encoder::udiv(Reg rd, Reg rn, Reg rm) {
  regs(0xfbb0'f0f0, rd, rn, rm);
}

/// A bit field with or without its sign; the narrow form for whole bytes and halfwords at bit 0.
void Encoder::extract(uint32_t wide, uint32_t narrow, Reg rd, Reg rn, uint32_t lsb, uint32_t width) {
  wrote(rd);
  if (lsb == 0 && is_low(rd) && is_low(rn) && (width == 8 || width == 16))
    return u16(narrow | (width == 8 ? 0x40u : 0u) | rn << 3 | rd);
  regs(wide | shift_bits(Shift::Lsl, lsb) | (width - 1), rd, rn, 0);
}

void Encoder::ubfx(Reg rd, Reg rn, uint32_t lsb, uint32_t width) {
  extract(0xf3c0'0000, 0xb280, rd, rn, lsb, width);
}

void Encoder::bfi(Reg rd, Reg rn, uint32_t lsb, uint32_t width) {
  regs(0xf360'0000 | shift_bits(Shift::Lsl, lsb) | (lsb + width - 1), rd, rn, 0);
}

void Encoder::sbfx(Reg rd, Reg rn, uint32_t lsb, uint32_t width) {
  extract(0xf340'0000, 0xb200, rd, rn, lsb, width);
}

void Encoder::clz(Reg rd, Reg rm) {
  regs(0xfab0'f080, rd, rm, rm);
}

void Encoder::rbit(Reg rd, Reg rm) {
  regs(0xfa90'f0a0, rd, rm, rm);
}

void Encoder::load(Access a, Reg rt, Reg rn, uint32_t offset) {
  wrote(rt);
  const bool word = a == Access::Word;
  if (word && rn == sp && is_low(rt) && offset % 4 == 0 && offset < 1024)
    return u16(0x9800 | rt << 8 | offset >> 2);
  const bool is_signed = a == Access::SignedByte || a == Access::SignedHalf;
  const uint32_t scale = kScale[index(a)];
  if (!is_signed && is_low(rt) && is_low(rn) && (offset & ((1u << scale) - 1)) == 0 && offset >> scale < 32) {
    const uint32_t base = word ? 0x6800 : a == Access::Byte ? 0x7800 : 0x8800;
    return u16(base | offset >> scale << 6 | rn << 3 | rt);
  }
  u32((kWideLoads[index(a)] | rn) << 16 | static_cast<uint32_t>(rt) << 12 | offset);
}

void Encoder::store(Access a, Reg rt, Reg rn, uint32_t offset) {
  const bool word = a == Access::Word;
  if (word && rn == sp && is_low(rt) && offset % 4 == 0 && offset < 1024)
    return u16(0x9000 | rt << 8 | offset >> 2);
  const uint32_t scale = kScale[index(a)];
  if (is_low(rt) && is_low(rn) && (offset & ((1u << scale) - 1)) == 0 && offset >> scale < 32) {
    const uint32_t base = word ? 0x6000 : scale == 0 ? 0x7000 : 0x8000;
    return u16(base | offset >> scale << 6 | rn << 3 | rt);
  }
  u32((kWideStores[index(a)] | rn) << 16 | static_cast<uint32_t>(rt) << 12 | offset);
}

void Encoder::load(Access a, Reg rt, Reg rn, Reg rm, uint32_t shift) {
  wrote(rt);
  if (shift == 0 && is_low(rt) && is_low(rn) && is_low(rm))
    return u16(kNarrowIndexedLoads[index(a)] | rm << 6 | rn << 3 | rt);
  u32(((kWideLoads[index(a)] & ~0x80u) | rn) << 16 | static_cast<uint32_t>(rt) << 12 | shift << 4 | rm);
}

void Encoder::store(Access a, Reg rt, Reg rn, Reg rm, uint32_t shift) {
  if (shift == 0 && is_low(rt) && is_low(rn) && is_low(rm))
    return u16(kNarrowIndexedStores[index(a)] | rm << 6 | rn << 3 | rt);
  u32(((kWideStores[index(a)] & ~0x80u) | rn) << 16 | static_cast<uint32_t>(rt) << 12 | shift << 4 | rm);
}

void Encoder::load_unprivileged(Access a, Reg rt, Reg rn, uint32_t offset) {
  wrote(rt);
  u32(((kWideLoads[index(a)] & ~0x80u) | rn) << 16 | static_cast<uint32_t>(rt) << 12 | 0xe00 | offset);
}

void Encoder::store_unprivileged(Access a, Reg rt, Reg rn, uint32_t offset) {
  u32(((kWideStores[index(a)] & ~0x80u) | rn) << 16 | static_cast<uint32_t>(rt) << 12 | 0xe00 | offset);
}

void Encoder::load_pair(Reg rt, Reg rt2, Reg rn, uint32_t offset) {
  wrote(rt);
  wrote(rt2);
  u32(0xe9d0'0000 | static_cast<uint32_t>(rn) << 16 | static_cast<uint32_t>(rt) << 12 |
      static_cast<uint32_t>(rt2) << 8 | offset >> 2);
}

void Encoder::store_pair(Reg rt, Reg rt2, Reg rn, uint32_t offset) {
  u32(0xe9c0'0000 | static_cast<uint32_t>(rn) << 16 | static_cast<uint32_t>(rt) << 12 |
      static_cast<uint32_t>(rt2) << 8 | offset >> 2);
}

void Encoder::push(RegSet registers) {
  if (registers == 0) return;
  if ((registers & ~0x40ffu) == 0)
    return u16(0xb400u | (registers & 0xff) | (has(registers, lr) ? 0x100u : 0));
  if ((registers & (registers - 1)) == 0)
    return u32(0xf84d'0d04 | static_cast<uint32_t>(std::countr_zero(registers)) << 12);
  u32(0xe92d'0000 | registers);
}

void Encoder::pop(RegSet registers) {
  lose(registers);
  if (registers == 0) return;
  if ((registers & ~0x80ffu) == 0)
    return u16(0xbc00u | (registers & 0xff) | (has(registers, pc) ? 0x100u : 0));
  if ((registers & (registers - 1)) == 0)
    return u32(0xf85d'0b04 | static_cast<uint32_t>(std::countr_zero(registers)) << 12);
  u32(0xe8bd'0000 | registers);
}

void Encoder::add_sp(uint32_t bytes) {
  if (bytes == 0) return;
  if (bytes < 512) return u16(0xb000 | bytes >> 2);
  if (bytes < 4096) return u32(0xf20d'0d00 | immediate_bits(bytes));
  mov_imm(kScratch, bytes);
  u16(0x4485 | kScratch << 3);
}

void Encoder::add_sp_by_lr(uint32_t bytes) {
  if (bytes < 4096) return add_sp(bytes);
  mov_imm(lr, bytes);
  u16(0x4485 | lr << 3);
}

void Encoder::sub_sp(uint32_t bytes) {
  if (bytes == 0) return;
  if (bytes < 512) return u16(0xb080 | bytes >> 2);
  if (bytes < 4096) return u32(0xf2ad'0d00 | immediate_bits(bytes));
  mov_imm(lr, bytes);  // the function calls, or has no such frame: lr is saved by now
  u32(0xebad'0d0e);
}

void Encoder::address_of_slot(Reg rd, uint32_t bytes) {
  wrote(rd);
  if (is_low(rd) && bytes < 1024) return u16(0xa800 | rd << 8 | bytes >> 2);
  if (bytes < 4096) return u32(0xf20d'0000 | immediate_bits(bytes) | rd << 8);
  mov_imm(rd, bytes);
  u16(0x4468 | (rd & 8) << 4 | (rd & 7));  // ADD rd, sp, rd
}

void Encoder::bx(Reg rm) {
  u16(0x4700 | rm << 3);
}
void Encoder::blx(Reg rm) {
  u16(0x4780 | rm << 3);
}

void Encoder::it(Cond c, const char* pattern) {
  const auto first = static_cast<uint32_t>(c);
  uint32_t mask = 8;
  uint32_t bit = 8;
  mask = 0;
  for (; *pattern != 0; ++pattern, bit >>= 1) {
    const bool then = *pattern == 't';
    if (((first & 1) != 0) == then) mask |= bit;
  }
  u16(0xbf00 | first << 4 | mask | bit);
}

uint32_t Encoder::wide_branch(Cond c, int32_t displacement) {
  const auto d = static_cast<uint32_t>(displacement);
  const uint32_t s = d >> 31;
  if (c == Cond::Al) {
    const uint32_t j1 = ~((d >> 23 & 1) ^ s) & 1, j2 = ~((d >> 22 & 1) ^ s) & 1;
    return 0xf000'9000 | s << 26 | (d >> 12 & 0x3ff) << 16 | j1 << 13 | j2 << 11 | (d >> 1 & 0x7ff);
  }
  return 0xf000'8000 | s << 26 | static_cast<uint32_t>(c) << 22 | (d >> 12 & 0x3f) << 16 |
         (d >> 18 & 1) << 13 | (d >> 19 & 1) << 11 | (d >> 1 & 0x7ff);
}

uint32_t Encoder::branch_link(int32_t displacement) {
  return wide_branch(Cond::Al, displacement) | 0x4000;
}

void Encoder::bl(uint32_t target) {
  u32(branch_link(static_cast<int32_t>(target - position() - 4)));
}

void Encoder::b(uint32_t target) {
  const auto d = static_cast<int32_t>(target - position() - 4);
  if (d >= -2048 && d < 2048) return u16(0xe000 | (static_cast<uint32_t>(d) >> 1 & 0x7ff));
  b_wide(target);
}

void Encoder::b(Cond c, uint32_t target) {
  const auto d = static_cast<int32_t>(target - position() - 4);
  if (d >= -256 && d < 256)
    return u16(0xd000 | static_cast<uint32_t>(c) << 8 | (static_cast<uint32_t>(d) >> 1 & 0xff));
  b_wide(c, target);
}

void Encoder::b_wide(uint32_t target) {
  u32(wide_branch(Cond::Al, static_cast<int32_t>(target - position() - 4)));
}
void Encoder::b_wide(Cond c, uint32_t target) {
  u32(wide_branch(c, static_cast<int32_t>(target - position() - 4)));
}

}  // namespace mote::compile::thumb2
