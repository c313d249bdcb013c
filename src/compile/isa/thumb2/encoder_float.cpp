// SPDX-License-Identifier: Apache-2.0
// Instructions of the FPU (Armv7-M manual, A7.7.225 on).
#include "compile/isa/thumb2/encoder.hpp"

namespace mote::compile::thumb2 {

namespace {

constexpr uint32_t vd_bits(Reg v) {
  return (v & 1u) << 22 | static_cast<uint32_t>(v >> 1) << 12;
}
constexpr uint32_t vn_bits(Reg v) {
  return static_cast<uint32_t>(v >> 1) << 16 | (v & 1u) << 7;
}
constexpr uint32_t vm_bits(Reg v) {
  return (v & 1u) << 5 | static_cast<uint32_t>(v >> 1);
}

}  // namespace

void Encoder::vfp(Vfp op, Reg vd, Reg vn, Reg vm) {
  constexpr uint32_t kBase[] = {0xee30'0a00, 0xee30'0a40, 0xee20'0a00, 0xee80'0a00};
  u32(kBase[static_cast<uint32_t>(op)] | vd_bits(vd) | vn_bits(vn) | vm_bits(vm));
}

void Encoder::vfp(VfpUnary op, Reg vd, Reg vm) {
  constexpr uint32_t kBase[] = {0xeeb0'0a40, 0xeeb0'0ac0, 0xeeb1'0a40, 0xeeb1'0ac0,
                                0xeeb8'0ac0, 0xeeb8'0a40, 0xeebd'0ac0, 0xeebc'0ac0};
  if (op == VfpUnary::Mov && vd == vm) return;
  u32(kBase[static_cast<uint32_t>(op)] | vd_bits(vd) | vm_bits(vm));
}

void Encoder::vcmp(Reg vd, Reg vm) {
  u32(0xeeb4'0a40 | vd_bits(vd) | vm_bits(vm));
  u32(0xeef1'fa10);
}

void Encoder::vcmp_zero(Reg vd) {
  u32(0xeeb5'0a40 | vd_bits(vd));
  u32(0xeef1'fa10);
}

bool Encoder::vmov_imm(Reg vd, uint32_t bits) {
  const uint32_t exponent = bits >> 25 & 0x3f;
  if ((bits & 0x7'ffff) != 0 || (exponent != 0x1f && exponent != 0x20)) return false;
  const uint32_t imm = (bits >> 24 & 0x80) | (bits >> 23 & 0x40) | (bits >> 19 & 0x3f);
  u32(0xeeb0'0a00 | vd_bits(vd) | imm >> 4 << 16 | (imm & 15));
  return true;
}

void Encoder::vpush(Reg first, uint32_t count) {
  if (count > 0) u32(0xed2d'0a00 | vd_bits(first) | count);
}
void Encoder::vpop(Reg first, uint32_t count) {
  if (count > 0) u32(0xecbd'0a00 | vd_bits(first) | count);
}

void Encoder::vfp_double(Vfp op, Reg vd, Reg vn, Reg vm) {
  constexpr uint32_t kBase[] = {0xee30'0b00, 0xee30'0b40, 0xee20'0b00, 0xee80'0b00};
  u32(kBase[static_cast<uint32_t>(op)] | vd_bits(vd) | vn_bits(vn) | vm_bits(vm));
}

void Encoder::vfp_double(VfpDouble op, Reg vd, Reg vm) {
  constexpr uint32_t kBase[] = {0xeeb0'0b40, 0xeeb0'0bc0, 0xeeb1'0b40, 0xeeb1'0bc0, 0xeeb8'0bc0,
                                0xeeb8'0b40, 0xeebd'0bc0, 0xeebc'0bc0, 0xeeb7'0ac0, 0xeeb7'0bc0};
  if (op == VfpDouble::Mov && vd == vm) return;
  u32(kBase[static_cast<uint32_t>(op)] | vd_bits(vd) | vm_bits(vm));
}

void Encoder::vcmp_double(Reg vd, Reg vm) {
  u32(0xeeb4'0b40 | vd_bits(vd) | vm_bits(vm));
  u32(0xeef1'fa10);
}

void Encoder::vcmp_double_zero(Reg vd) {
  u32(0xeeb5'0b40 | vd_bits(vd));
  u32(0xeef1'fa10);
}

bool Encoder::vmov_imm_double(Reg vd, uint64_t bits) {
  const auto exponent = static_cast<uint32_t>(bits >> 54 & 0x1ff);
  if ((bits & 0xffff'ffff'ffff) != 0 || (exponent != 0xff && exponent != 0x100)) return false;
  const auto imm = static_cast<uint32_t>((bits >> 56 & 0x80) | (bits >> 48 & 0x7f));
  u32(0xeeb0'0b00 | vd_bits(vd) | imm >> 4 << 16 | (imm & 15));
  return true;
}

void Encoder::vmov_to_double(Reg vd, Reg lo, Reg hi) {
  u32(0xec40'0b10 | static_cast<uint32_t>(hi) << 16 | static_cast<uint32_t>(lo) << 12 | vm_bits(vd));
}
void Encoder::vmov_from_double(Reg lo, Reg hi, Reg vm) {
  wrote(lo);
  wrote(hi);
  u32(0xec50'0b10 | static_cast<uint32_t>(hi) << 16 | static_cast<uint32_t>(lo) << 12 | vm_bits(vm));
}
void Encoder::vldr_double(Reg vd, Reg rn, uint32_t offset) {
  u32(0xed90'0b00 | static_cast<uint32_t>(rn) << 16 | vd_bits(vd) | offset >> 2);
}
void Encoder::vstr_double(Reg vd, Reg rn, uint32_t offset) {
  u32(0xed80'0b00 | static_cast<uint32_t>(rn) << 16 | vd_bits(vd) | offset >> 2);
}

void Encoder::retarget(uint32_t position, Reg vd) {
  patch32(position, (read32(position) & ~vd_bits(31)) | vd_bits(vd));
}

void Encoder::vmov_to(Reg vn, Reg rt) {
  u32(0xee00'0a10 | vn_bits(vn) | static_cast<uint32_t>(rt) << 12);
}
void Encoder::vmov_from(Reg rt, Reg vn) {
  wrote(rt);
  u32(0xee10'0a10 | vn_bits(vn) | static_cast<uint32_t>(rt) << 12);
}
void Encoder::vldr(Reg vd, Reg rn, uint32_t offset) {
  u32(0xed90'0a00 | static_cast<uint32_t>(rn) << 16 | vd_bits(vd) | offset >> 2);
}
void Encoder::vstr(Reg vd, Reg rn, uint32_t offset) {
  u32(0xed80'0a00 | static_cast<uint32_t>(rn) << 16 | vd_bits(vd) | offset >> 2);
}

}  // namespace mote::compile::thumb2
