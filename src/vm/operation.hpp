// SPDX-License-Identifier: Apache-2.0
// What a vm instruction does, apart from where its operands lie. Numeric and memory operations have their
// Wasm opcode's number (0x28..0xc4); the machine's own operations take the numbers that Wasm leaves to
// control and prefixes.
#pragma once
#include <cstdint>
#include <type_traits>

#include "wasm/opcodes.hpp"

namespace mote::vm {

enum class Operation : uint8_t {
  // Control, with a token for each form.
  Jump = 0x00,
  BranchNonZero,
  BranchZero,
  BranchEq,  ///< comparisons of 32 bits
  BranchNe,
  BranchLtS,
  BranchLtU,
  BranchGeS,
  BranchGeU,
  BranchTable,
  Call,       ///< by displacement
  CallEntry,  ///< by function index, through the table of entries
  CallImport,
  CallIndirect,
  Return,
  Return32,
  Return64,

  // 0x28..0xc4 are the Wasm opcodes: loads, stores, numeric operations.

  // Data.
  Move32 = 0xc5,
  Move64,
  Const32,
  Const64,
  Select32,
  GlobalGet32,
  GlobalSet32,
  Zero,                ///< clears a run of slots
  AnyNumeric,          ///< any numeric operation: named by a byte, operands in slots
  AnyNumericConstant,  ///< likewise, the second operand is a constant
  AnyAccess,           ///< any load or store: named by a byte, operands in slots, the offset a word

  TruncSat = 0xd0,  ///< to 0xd7: saturating truncations, in the order of their 0xfc opcodes

  Select64 = 0xd8,

  Pair = 0xd9,  ///< two instructions in one token: see Fused

  // Behind the token Extend, a token for all forms.
  Raise = 0xe0,  ///< a trap
  JumpFar,
  BranchTableFar,
  LeaveInstance,  ///< not in code: where a call into another instance returns to
  Halt,           ///< not in code: where a call from outside returns to
  MoveBlock,      ///< a run of slots, ascending; from any slot to any
  ZeroWide,       ///< slots named by 16 bits
  AnyGlobalGet,   ///< any global
  AnyGlobalSet,
  Helper,  ///< an operation that is done out of line: see helpers.hpp
  // From here on what profiles add: each has a beginning of this list.
  TailCallEntry,
  TailCallImport,
  TailCallIndirect,
  CallRef,  ///< a function by its reference
  TailCallRef,
  Narrow,      ///< 64 bits to 32, or a trap (memory64)
  HelperWide,  ///< a helper whose number takes 16 bits
};

/// Whether the build has helpers whose numbers take 16 bits.
inline constexpr bool kManyHelpers =
    mote::enabled(mote::Proposal::WideArithmetic) || mote::enabled(mote::Proposal::Simd) ||
    mote::enabled(mote::Proposal::Threads) || mote::enabled(mote::Proposal::Gc);
using HelperNumber = std::conditional_t<kManyHelpers, uint16_t, uint8_t>;

/// Bits of the byte by which AnyGlobalGet and AnyGlobalSet say what kind of global it is.
inline constexpr uint8_t kGlobalWide = 1, kGlobalImported = 2;

/// The operation of a Wasm opcode that has one of its own.
constexpr Operation operation_of(wasm::Op op) {
  if (op >= wasm::Op::I32TruncSatF32S && op <= wasm::Op::I64TruncSatF64U)
    return static_cast<Operation>(static_cast<unsigned>(Operation::TruncSat) +
                                  (static_cast<unsigned>(op) & 7));
  return static_cast<Operation>(static_cast<uint8_t>(op));
}

}  // namespace mote::vm
