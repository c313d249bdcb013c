// SPDX-License-Identifier: Apache-2.0
// What the table of opcodes (opcodes.inc) becomes: the enum, and a row of four bytes for each opcode that
// this build has.
#pragma once
#include <bit>
#include <cstdint>

#include "config/features.hpp"
#include "wasm/reader.hpp"
#include "wasm/types.hpp"

namespace mote::wasm {

using mote::enabled;
using mote::Proposal;

/// What follows an opcode: see immediates.inc.
enum class Immediate : uint8_t {
#define MOTE_IMMEDIATE(name, fields) name,
#include "wasm/immediates.inc"
};

/// An opcode as one number: the byte itself, or 0xN000 + code for the N-th prefix (0xfb is the first).
constexpr uint16_t opcode_number(uint8_t prefix, uint32_t code) {
  return static_cast<uint16_t>(prefix == 0 ? code : static_cast<uint32_t>(prefix - 0xfa) << 12 | code);
}

enum class Op : uint16_t {
#define MOTE_OP(name, prefix, code, text, immediate, signature, align, proposal) \
  name = opcode_number(prefix, code),
#include "wasm/opcodes.inc"
};

/// The prefix byte of an opcode, or 0.
constexpr uint8_t prefix_of(Op op) {
  const unsigned group = static_cast<unsigned>(op) >> 12;
  return static_cast<uint8_t>(group == 0 ? 0 : 0xfa + group);
}
constexpr uint32_t code_of(Op op) {
  return static_cast<uint32_t>(op) & 0xfff;
}

/// What the decoder and the validator know of an opcode.
struct OpcodeRow {
  static constexpr unsigned kMaxParams = 4, kMaxResults = 2;

  uint32_t valid : 1 = 0;    ///< 0: this build has no such opcode
  uint32_t by_hand : 1 = 0;  ///< the signature depends on more than the opcode: the rest is 0
  Immediate immediate : 6 = Immediate::None;
  uint32_t align : 3 = 0;       ///< log2 of the bytes accessed, or of a lane's
  uint32_t signature : 18 = 0;  ///< three bits for each parameter and result: kOperands

  uint32_t param_count() const { return count(0, kMaxParams); }
  uint32_t result_count() const { return count(kMaxParams, kMaxResults); }
  /// Types; kBottom where there is none. `address` is the type of the memory's or table's addresses,
  /// `element` that of the table's elements.
  ValType param(uint32_t i, ValType address = kI32, ValType element = kFuncRef) const {
    return operand(i, address, element);
  }
  ValType result(uint32_t i = 0, ValType address = kI32, ValType element = kFuncRef) const {
    return operand(kMaxParams + i, address, element);
  }

 private:
  uint32_t code(uint32_t i) const { return (signature >> (3 * i)) & 7; }
  ValType operand(uint32_t i, ValType address, ValType element) const {
    const uint32_t c = code(i);  // in the order of kOperands
    if (c == 0) return kBottom;
    if (c == 7) return element;
    return c == 6 ? address : ValType{0x80 - c};
  }
  uint32_t count(uint32_t first, uint32_t most) const {
    // None is missing between two: the highest that is there tells.
    const uint32_t bits = signature >> (3 * first) & ((uint32_t{1} << 3 * most) - 1);
    return static_cast<uint32_t>(std::bit_width(bits) + 2) / 3;
  }
};
static_assert(sizeof(OpcodeRow) == 4);

/// A signature's letters, numbered as OpcodeRow::signature has them: i32 to v128 are 0x80 minus their
/// encoding.
inline constexpr char kOperands[] = " ilfdvae";

/// Reads an opcode. One that the build lacks fails the reader: "needs the ... proposal" or "illegal opcode".
OpcodeRow read_opcode(Reader& reader, Op& op);
/// The row of an opcode; not valid when the build lacks it.
OpcodeRow row_of(Op op);

/// The fields of an opcode's immediates, a letter each (immediates.inc).
const char* fields_of(Immediate immediate);
/// Moves past an opcode's immediates, checking their encoding and nothing else.
void skip_immediates(Reader& reader, Immediate immediate);

/// Fails the reader at `offset`, naming the proposal that the module needs.
void refuse(Reader& reader, Proposal proposal, uint32_t offset);
/// True when the build has the proposal; otherwise the reader fails at `offset`, naming it.
[[gnu::always_inline]] inline bool require(Reader& reader, Proposal proposal, uint32_t offset) {
  if (enabled(proposal)) return true;
  refuse(reader, proposal, offset);
  return false;
}

/// For tools: the name in the text format and the proposal of an opcode. Not linked where nobody calls them.
const char* name_of(Op op);
Proposal proposal_of(Op op);

}  // namespace mote::wasm
