// SPDX-License-Identifier: Apache-2.0
// Instructions of x86-64 as bytes (Intel SDM volume 2, chapter 2).
#pragma once
#include <cstdint>

#include "compile/code_buffer.hpp"
#include "compile/offset_notes.hpp"

namespace mote::compile::x64 {

enum Reg : uint8_t {
  kRax,
  kRcx,
  kRdx,
  kRbx,
  kRsp,
  kRbp,
  kRsi,
  kRdi,
  kR8,
  kR9,
  kR10,
  kR11,
  kR12,
  kR13,
  kR14,
  kR15,
  kNoReg
};

/// Condition codes as in the opcodes of jcc, setcc, cmovcc.
enum class Cc : uint8_t { O, No, B, Ae, E, Ne, Be, A, S, Ns, P, Np, L, Ge, Le, G };
constexpr Cc inverse(Cc cc) {
  return static_cast<Cc>(static_cast<uint8_t>(cc) ^ 1);
}

/// [base + index << scale + displacement]
struct Mem {
  uint8_t base = kNoReg;
  uint8_t index = kNoReg;
  uint8_t scale = 0;
  int32_t displacement = 0;
};

/// A register or a place in memory: what ModRM's r/m field says.
struct Rm {
  bool is_register = false;
  uint8_t reg = 0;
  Mem mem;

  constexpr Rm(uint8_t r) : is_register(true), reg(r) {}  // NOLINT: an operand is often just a register
  constexpr Rm(const Mem& m) : mem(m) {}                  // NOLINT
};

/// An opcode: mandatory prefix (0, 0x66, 0xf2, 0xf3), map (0: one byte, 1: 0f, 2: 0f 38, 3: 0f 3a), byte.
struct Opcode {
  uint8_t prefix, map, code;
};

/// How wide: the operand-size bit, and whether `reg` or a register in r/m is one of 8 bits.
struct Width {
  bool w = false, byte_reg = false, byte_rm = false;
};
inline constexpr Width k32{}, k64{true, false, false}, kByte{false, true, true};
constexpr Width width(bool wide) {
  return {wide, false, false};
}

class Encoder {
 public:
  explicit Encoder(CodeBuffer& code) : code_(code) {}

  /// Any instruction with ModRM; `immediate` of 0, 1, 2 or 4 bytes.
  void op(Opcode opcode, Width width, uint8_t reg, const Rm& rm, uint32_t immediate_bytes = 0,
          uint64_t immediate = 0);
  /// VEX-encoded with a third operand (shlx and its like; SDM 2.3).
  void vex(Opcode opcode, bool wide, uint8_t reg, uint8_t third, const Rm& rm);
  void bytes(const uint8_t* at, uint32_t count);
  void byte(uint8_t value) { bytes(&value, 1); }

  void mov(bool wide, uint8_t to, const Rm& from) { op({0, 0, 0x8b}, width(wide), to, from); }
  void store(bool wide, const Mem& to, uint8_t from) { op({0, 0, 0x89}, width(wide), from, to); }
  void lea(bool wide, uint8_t to, const Mem& from) { op({0, 0, 0x8d}, width(wide), to, from); }
  /// The shortest way to a constant; clears upper bits of 32-bit ones. Changes no flags.
  void constant(uint8_t to, bool wide, uint64_t value);
  /// add 0, or 1, adc 2, sbb 3, and 4, sub 5, xor 6, cmp 7
  void alu(uint8_t which, bool wide, uint8_t to, const Rm& from) {
    op({0, 0, static_cast<uint8_t>(which * 8 + 3)}, width(wide), to, from);
  }
  void alu_immediate(uint8_t which, bool wide, const Rm& to, int32_t value);
  void test(bool wide, const Rm& a, uint8_t b) { op({0, 0, 0x85}, width(wide), b, a); }
  void push(uint8_t reg);
  void pop(uint8_t reg);
  void ret() { byte(0xc3); }
  void call(const Mem& target) { op({0, 0, 0xff}, k32, 2, target); }
  void jump(const Rm& target) { op({0, 0, 0xff}, k32, 4, target); }

  /// A jump or call whose 32-bit displacement comes later: the position of the displacement.
  uint32_t jump32();
  uint32_t jump32(Cc cc);
  uint32_t call32();
  /// A short jump forward, to be bound with here().
  uint32_t jump8(Cc cc);
  uint32_t jump8();
  void here8(uint32_t field);
  void patch32(uint32_t field, uint32_t target) {
    code_.patch<int32_t>(field, static_cast<int32_t>(target - (field + 4)));
  }
  uint32_t position() const { return code_.position(); }

  /// Remembers the source offset of whatever is written over the watched position.
  void at(uint32_t offset) { offset_ = offset; }
  uint32_t offset() const { return offset_; }
  void watch(uint32_t position) { watched_ = position; }
  uint32_t watched_offset() const { return watched_offset_; }
  void note_in(const Notes& notes) { notes_ = notes; }

 private:
  CodeBuffer& code_;
  uint32_t offset_ = 0;
  uint32_t watched_ = 0xffff'ffff;
  uint32_t watched_offset_ = 0xffff'ffff;
  [[no_unique_address]] Notes notes_;
};

}  // namespace mote::compile::x64
