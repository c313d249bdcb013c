// SPDX-License-Identifier: Apache-2.0
// What a vm instruction does, apart from where its operands lie. Numeric and memory operations have their
// Wasm opcode's number (0x28..0xc4); the machine's own operations take the numbers that Wasm leaves to
// control and prefixes.
#pragma once
#include <cstdint>

#include "wasm/opcodes.hpp"

namespace mote::vm {

enum class Operation : uint8_t {
  // Control.
  Raise = 0x00,  ///< a trap
  Jump,
  JumpFar,
  BranchNonZero,
  BranchZero,
  BranchEq32,
  BranchNe32,
  BranchLtS32,
  BranchLtU32,
  BranchGeS32,
  BranchGeU32,
  BranchEq64,
  BranchNe64,
  BranchLtS64,
  BranchLtU64,
  BranchGeS64,
  BranchGeU64,
  BranchTable,
  BranchTableFar,
  Call,       ///< by displacement
  CallEntry,  ///< by function index, through the table of entries
  CallImport,
  CallIndirect,
  CallEntryWide,  ///< likewise, the frame named by 16 bits
  CallImportWide,
  CallIndirectWide,
  TailCallEntry,
  TailCallImport,
  TailCallIndirect,
  Return,
  Return32,
  Return64,
  LeaveInstance,  ///< 0x1c: not in code: where a call into another instance returns to
  Halt,           ///< not in code: where a call from outside returns to

  // 0x28..0xc4 are the Wasm opcodes: loads, stores, numeric operations.

  // Data.
  Move32 = 0xc5,
  Move64,
  Const32,
  Const64,
  Select32,
  Select64,
  MoveWide32,  ///< between any slots
  MoveWide64,
  MoveBlock,  ///< a run of slots, ascending
  Zero,
  GlobalGet32,
  GlobalGet64,
  GlobalSet32,
  GlobalSet64,
  ImportedGlobalGet32,
  ImportedGlobalGet64,
  ImportedGlobalSet32,
  ImportedGlobalSet64,
  Helper,  ///< an operation that is done out of line: see helpers.hpp

  // 0xd8..0xdf: saturating truncations, in the order of their 0xfc opcodes.
  TruncSat = 0xd8,

  Pair = 0xf0,  ///< two instructions in one token: see Fused
  Extend = 0xff,
};

/// The operation of a Wasm opcode that has one of its own.
constexpr Operation operation_of(wasm::Op op) {
  return static_cast<Operation>(static_cast<uint8_t>(op));
}

}  // namespace mote::vm
