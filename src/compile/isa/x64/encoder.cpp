// SPDX-License-Identifier: Apache-2.0
#include "compile/isa/x64/encoder.hpp"

namespace mote::compile::x64 {

namespace {

/// Bytes of one instruction on their way.
class Instruction {
 public:
  void put(uint32_t value) { bytes_[size_++] = static_cast<uint8_t>(value); }
  void put(uint64_t value, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) put(static_cast<uint32_t>(value >> 8 * i));
  }
  const uint8_t* data() const { return bytes_; }
  uint32_t size() const { return size_; }

  /// ModRM, SIB and displacement (SDM 2.1.5).
  void modrm(uint8_t reg, const Rm& rm) {
    const uint32_t field = (reg & 7u) << 3;
    if (rm.is_register) return put(0xc0 | field | (rm.reg & 7u));
    const Mem& m = rm.mem;
    const bool sib = m.index != kNoReg || (m.base & 7) == kRsp;
    uint32_t mode = 2;
    if (m.displacement >= -128 && m.displacement <= 127) mode = 1;
    if (m.displacement == 0 && (m.base & 7) != kRbp) mode = 0;
    put(mode << 6 | field | (sib ? 4u : m.base & 7u));
    if (sib)
      put(static_cast<uint32_t>(m.scale) << 6 | (m.index == kNoReg ? 4u : m.index & 7u) << 3 | (m.base & 7u));
    if (mode == 1) put(static_cast<uint32_t>(m.displacement));
    if (mode == 2) put(static_cast<uint64_t>(static_cast<uint32_t>(m.displacement)), 4);
  }

 private:
  uint8_t bytes_[24];
  uint32_t size_ = 0;
};

uint32_t rex_bits(uint8_t reg, const Rm& rm) {
  uint32_t bits = (reg & 8u) >> 1;
  if (rm.is_register) return bits | (rm.reg & 8u) >> 3;
  if (rm.mem.index != kNoReg) bits |= (rm.mem.index & 8u) >> 2;
  return bits | (rm.mem.base & 8u) >> 3;
}

}  // namespace

void Encoder::bytes(const uint8_t* at, uint32_t count) {
  const uint32_t position = code_.position();
  if (watched_ >= position && watched_ < position + count) watched_offset_ = offset_;
  notes_.add(position, offset_);
  if (uint8_t* to = code_.append(count)) std::memcpy(to, at, count);
}

void Encoder::op(Opcode opcode, Width width, uint8_t reg, const Rm& rm, uint32_t immediate_bytes,
                 uint64_t immediate) {
  Instruction i;
  if (opcode.prefix != 0) i.put(opcode.prefix);
  uint32_t rex = rex_bits(reg, rm) | (width.w ? 8u : 0u);
  // Without REX, numbers 4 to 7 of 8-bit registers are ah to bh.
  const bool low_byte = (width.byte_reg && reg >= 4) || (width.byte_rm && rm.is_register && rm.reg >= 4);
  if (rex != 0 || low_byte) i.put(0x40 | rex);
  if (opcode.map > 0) i.put(0x0f);
  if (opcode.map == 2) i.put(0x38);
  if (opcode.map == 3) i.put(0x3a);
  i.put(opcode.code);
  i.modrm(reg, rm);
  i.put(immediate, immediate_bytes);
  bytes(i.data(), i.size());
}

void Encoder::vex(Opcode opcode, bool wide, uint8_t reg, uint8_t third, const Rm& rm) {
  Instruction i;
  const uint32_t rex = rex_bits(reg, rm);
  const uint32_t pp = opcode.prefix == 0x66 ? 1 : opcode.prefix == 0xf3 ? 2 : opcode.prefix == 0xf2 ? 3 : 0;
  i.put(0xc4);
  i.put((~rex & 7u) << 5 | opcode.map);
  i.put((wide ? 0x80u : 0u) | (~third & 15u) << 3 | pp);
  i.put(opcode.code);
  i.modrm(reg, rm);
  bytes(i.data(), i.size());
}

void Encoder::constant(uint8_t to, bool wide, uint64_t value) {
  Instruction i;
  const uint32_t high = to >= 8 ? 1 : 0;
  if (!wide || value <= 0xffff'ffff) {
    if (high) i.put(0x41);
    i.put(0xb8 + (to & 7u));
    i.put(value, 4);
  } else if (static_cast<int64_t>(value) == static_cast<int32_t>(value)) {
    i.put(0x48 | high);
    i.put(0xc7);
    i.put(0xc0 | (to & 7u));
    i.put(value, 4);
  } else {
    i.put(0x48 | high);
    i.put(0xb8 + (to & 7u));
    i.put(value, 8);
  }
  bytes(i.data(), i.size());
}

void Encoder::alu_immediate(uint8_t which, bool wide, const Rm& to, int32_t value) {
  const bool small = value >= -128 && value <= 127;
  op({0, 0, static_cast<uint8_t>(small ? 0x83 : 0x81)}, width(wide), which, to, small ? 1 : 4,
     static_cast<uint64_t>(static_cast<int64_t>(value)));
}

void Encoder::push(uint8_t reg) {
  if (reg >= 8) byte(0x41);
  byte(static_cast<uint8_t>(0x50 + (reg & 7)));
}

void Encoder::pop(uint8_t reg) {
  if (reg >= 8) byte(0x41);
  byte(static_cast<uint8_t>(0x58 + (reg & 7)));
}

uint32_t Encoder::jump32() {
  const uint8_t code[] = {0xe9, 0, 0, 0, 0};
  bytes(code, 5);
  return position() - 4;
}

uint32_t Encoder::jump32(Cc cc) {
  const uint8_t code[] = {0x0f, static_cast<uint8_t>(0x80 + static_cast<uint8_t>(cc)), 0, 0, 0, 0};
  bytes(code, 6);
  return position() - 4;
}

uint32_t Encoder::call32() {
  const uint8_t code[] = {0xe8, 0, 0, 0, 0};
  bytes(code, 5);
  return position() - 4;
}

uint32_t Encoder::jump8(Cc cc) {
  const uint8_t code[] = {static_cast<uint8_t>(0x70 + static_cast<uint8_t>(cc)), 0};
  bytes(code, 2);
  return position() - 1;
}

uint32_t Encoder::jump8() {
  const uint8_t code[] = {0xeb, 0};
  bytes(code, 2);
  return position() - 1;
}

void Encoder::here8(uint32_t field) {
  code_.patch<uint8_t>(field, static_cast<uint8_t>(position() - field - 1));
}

}  // namespace mote::compile::x64
