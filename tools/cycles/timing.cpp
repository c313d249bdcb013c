// SPDX-License-Identifier: Apache-2.0
// Encodings: ARMv7-M Architecture Reference Manual (DDI 0403), A5.2 (16 bits), A5.3 (32 bits), A6.4 and A6.5
// (floating point).
#include "timing.hpp"

#include <bit>

namespace mote::cycles {

namespace {

using Kind = Timing::Kind;
constexpr uint8_t kRefill = 2, kRefillFromMemory = 3, kDivide = 7, kFloatDivide = 14, kMultiplyAccumulate = 3;
constexpr unsigned kSp = 13, kPc = 15;

uint8_t u8(unsigned value) {
  return static_cast<uint8_t>(value);
}

/// The bits of `word` from `low` on, `count` of them.
unsigned field(unsigned word, unsigned low, unsigned count) {
  return word >> low & ((1u << count) - 1);
}

uint16_t bit(unsigned reg) {
  return static_cast<uint16_t>(1u << reg);
}

Timing data(unsigned target, uint8_t cycles = 1) {
  return {.kind = Kind::Data, .cycles = cycles, .target = target == kPc ? Timing::kNone : u8(target)};
}

Timing load(unsigned target, unsigned address_registers) {
  return {.kind = Kind::Load,
          .cycles = 2,
          .target = u8(target),
          .address_registers = static_cast<uint16_t>(address_registers)};
}

Timing store(bool indexed, unsigned address_registers) {
  return {.kind = indexed ? Kind::StoreIndexed : Kind::Store,
          .cycles = u8(indexed ? 2 : 1),
          .address_registers = static_cast<uint16_t>(address_registers)};
}

/// LDM, STM, PUSH, POP, VLDM, VSTM.
Timing multiple(unsigned registers, unsigned base, bool loads_pc) {
  return {.cycles = u8(1 + registers),
          .refill = loads_pc ? kRefillFromMemory : kRefill,
          .address_registers = bit(base)};
}

// --- 16 bits.

/// 0x4400 to 0x47ff: special data instructions and branches (A5.2.3).
Timing special(unsigned h) {
  const unsigned target = field(h, 0, 3) | field(h, 7, 1) << 3;
  const bool writes = (h & 0xff00) == 0x4400 || (h & 0xff00) == 0x4600;  // ADD, MOV; not CMP, BX, BLX
  return writes && target != kPc ? data(target) : Timing{};
}

/// 0x5000 to 0x9fff: single loads and stores (A5.2.4).
Timing single(unsigned h) {
  if (h < 0x6000) {
    const unsigned registers = bit(field(h, 3, 3)) | bit(field(h, 6, 3));
    return field(h, 9, 3) >= 3 ? load(field(h, 0, 3), registers) : store(true, registers);
  }
  const bool on_stack = h >= 0x9000;
  const unsigned base = on_stack ? kSp : field(h, 3, 3);
  return field(h, 11, 1) != 0 ? load(field(h, on_stack ? 8 : 0, 3), bit(base)) : store(false, bit(base));
}

/// 0xb000 to 0xbfff: miscellaneous (A5.2.5).
Timing miscellaneous(unsigned h) {
  switch (field(h, 8, 4)) {
    case 0x0:
      return data(kSp);
    case 0x2:
    case 0xa:
      return data(field(h, 0, 3));
    case 0x4:
    case 0x5:
      return multiple(unsigned(std::popcount(h & 0x1ff)), kSp, false);
    case 0xc:
    case 0xd:
      return multiple(unsigned(std::popcount(h & 0x1ff)), kSp, field(h, 8, 1) != 0);
    default:
      return {};
  }
}

Timing narrow(unsigned h) {
  if (h < 0x2000) return data(field(h, 0, 3));
  if (h < 0x4000) return field(h, 11, 2) == 1 ? Timing{} : data(field(h, 8, 3));  // not CMP
  if (h < 0x4400) {
    const unsigned operation = field(h, 6, 4);
    const bool compares = operation == 8 || operation == 10 || operation == 11;  // TST, CMP, CMN
    return compares ? Timing{} : data(field(h, 0, 3));
  }
  if (h < 0x4800) return special(h);
  if (h < 0x5000) return load(field(h, 8, 3), 0);
  if (h < 0xa000) return single(h);
  if (h < 0xb000) return data(field(h, 8, 3));
  if (h < 0xc000) return miscellaneous(h);
  if (h < 0xd000) return multiple(unsigned(std::popcount(h & 0xff)), field(h, 8, 3), false);
  return {};
}

// --- 32 bits.

/// LDRD, STRD, exclusive accesses, table branches (A5.3.6).
Timing dual_or_exclusive(unsigned h1, unsigned h2) {
  const unsigned base = field(h1, 0, 4), operation = field(h1, 4, 12);
  if (operation == 0xe8d && (h2 & 0xffe0) == 0xf000) {  // TBB, TBH: load, add, refill
    return {.cycles = 3,
            .refill = kRefillFromMemory,
            .address_registers = static_cast<uint16_t>(bit(base) | bit(field(h2, 0, 4)))};
  }
  if (operation == 0xe85 || operation == 0xe8d) return load(field(h2, 12, 4), bit(base));
  if (operation == 0xe84 || operation == 0xe8c)
    return load(field(h2, 8, 4), bit(base));  // STREX is timed as LDREX
  return {.cycles = 3, .address_registers = bit(base)};
}

/// Single loads and stores (A5.3.7 to A5.3.10).
Timing single_wide(unsigned h1, unsigned h2) {
  const unsigned base = field(h1, 0, 4), target = field(h2, 12, 4);
  const bool indexed = base != kPc && field(h1, 7, 1) == 0 && field(h2, 6, 6) == 0;
  const unsigned registers = (base == kPc ? 0u : bit(base)) | (indexed ? bit(field(h2, 0, 4)) : 0u);
  if (field(h1, 4, 1) == 0) return store(indexed, registers);
  if (target != kPc) return load(target, registers);
  if (field(h1, 5, 2) != 2) return {};  // PLD, PLI
  return {.cycles = 2, .refill = kRefillFromMemory, .address_registers = static_cast<uint16_t>(registers)};
}

/// VLDR, VSTR, VLDM, VSTM, VPUSH, VPOP, and moves of two registers (A6.6, A6.7).
Timing float_transfer(unsigned h1, unsigned h2) {
  if ((h1 & 0xffe0) == 0xec40) return {.cycles = 2};
  const unsigned base = field(h1, 0, 4);
  if ((h1 & 0x0120) == 0x0100)
    return {.cycles = u8(field(h2, 8, 1) != 0 ? 3 : 2), .address_registers = bit(base)};
  return multiple(field(h2, 0, 8), base, false);
}

/// Arithmetic, and moves of one register (A6.4, A6.8).
Timing float_data(unsigned h1, unsigned h2) {
  if (field(h2, 4, 1) != 0) return {};
  switch (field(h1, 4, 4) & 0xb) {
    case 0x0:  // VMLA, VMLS
    case 0x1:  // VNMLA, VNMLS
    case 0x9:  // VFNMA, VFNMS
    case 0xa:
      return {.cycles = kMultiplyAccumulate};  // VFMA, VFMS
    case 0x8:
      return {.cycles = kFloatDivide};  // VDIV
    case 0xb:
      return {.cycles =
                  u8(field(h1, 0, 4) == 1 && field(h2, 6, 2) == 3 ? kFloatDivide : 1)};  // VSQRT; others
    default:
      return {};
  }
}

Timing wide(unsigned h1, unsigned h2) {
  if ((h1 & 0xfe40) == 0xe800) {
    return multiple(unsigned(std::popcount(h2)), field(h1, 0, 4),
                    field(h1, 4, 1) != 0 && field(h2, 15, 1) != 0);
  }
  if ((h1 & 0xfe40) == 0xe840) return dual_or_exclusive(h1, h2);
  if ((h1 & 0xfe00) == 0xf800) return single_wide(h1, h2);
  const bool is_float = (h2 & 0x0e00) == 0x0a00;
  if ((h1 & 0xfe00) == 0xec00 && is_float) return float_transfer(h1, h2);
  if ((h1 & 0xff00) == 0xee00 && is_float) return float_data(h1, h2);
  if ((h1 & 0xffd0) == 0xfb90) return data(field(h2, 8, 4), kDivide);
  const bool is_branch_or_control = (h1 & 0xf800) == 0xf000 && field(h2, 15, 1) != 0;
  const bool is_data = (h1 & 0xfe00) == 0xea00 || (h1 & 0xf800) == 0xf000 || (h1 & 0xfe00) == 0xfa00;
  return is_data && !is_branch_or_control ? data(field(h2, 8, 4)) : Timing{};
}

bool overlaps(const Timing& before, const Timing& now) {
  const bool single = now.kind == Kind::Load || now.kind == Kind::StoreIndexed;
  return before.kind == Kind::Load && single && (now.address_registers & bit(before.target)) == 0;
}

bool waits(const Timing& before, const Timing& now) {
  return before.kind == Kind::Data && before.target != Timing::kNone &&
         (now.address_registers & bit(before.target)) != 0;
}

}  // namespace

Timing timing_of(const Instruction& instruction) {
  return instruction.wide ? wide(instruction.first, instruction.second) : narrow(instruction.first);
}

unsigned Run::next(const Timing& now) {
  unsigned cycles = now.cycles;
  if (overlaps(before_, now)) --cycles;
  if (waits(before_, now)) ++cycles;
  before_ = now;
  return cycles;
}

}  // namespace mote::cycles
