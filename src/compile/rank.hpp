// SPDX-License-Identifier: Apache-2.0
// A look ahead at a function's bytes, for ISAs that keep locals in registers: how often each local is used,
// weighted by the depth of loops, and what the function calls. Checks nothing: the pass does.
#pragma once
#include <cstdint>

#include "wasm/module.hpp"
#include "wasm/opcodes.hpp"

namespace mote::compile {

/// `kMost`: locals that are ranked; more are counted as never used.
template <uint32_t kMost>
struct Rank {
  static constexpr uint32_t kDeepest = 6;  ///< loops deeper than this weigh no more

  uint32_t weight[kMost] = {};     ///< of each local: 8^depth for each use
  bool written_first[kMost] = {};  ///< its first use is a write that nothing can skip
  uint32_t call_weight = 0;        ///< likewise for calls and helpers
  bool catches = false;            ///< has a try_table: exceptions come back into the function
  bool calls = false;              ///< calls functions, of the module or others
  uint32_t outgoing = 0;           ///< the most that `outgoing_bytes` answered for a callee's type
};

namespace detail {

constexpr bool is_helper(wasm::Op op) {
  using wasm::Op;
  const auto code = static_cast<uint16_t>(op);
  return op == Op::MemorySize || op == Op::MemoryGrow || op == Op::TableGet || op == Op::TableSet ||
         op == Op::RefFunc || op == Op::Throw || op == Op::ThrowRef ||
         (op >= Op::ContNew && op <= Op::Switch) || (wasm::prefix_of(op) == 0xfb) ||
         (op >= Op::I64Add128 && op <= Op::I64MulWideU) ||
         (wasm::prefix_of(op) >= 0xfd && op != Op::V128Const) ||
         (code >= static_cast<uint16_t>(Op::MemoryInit) && code <= static_cast<uint16_t>(Op::TableFill));
}

}  // namespace detail

/// `outgoing_bytes(type)`: bytes on the stack for a call. `is_call(op)`: other opcodes that the ISA calls a
/// function for.
template <uint32_t kMost, class Outgoing, class IsCall>
void rank_locals(const wasm::Module& module, const uint8_t* code, const uint8_t* end, Rank<kMost>& rank,
                 Outgoing outgoing_bytes, IsCall is_call) {
  using wasm::Op;
  Error error;
  uint64_t loops = 0;  // a bit for each open block up to 64: it is a loop
  uint32_t depth = 0, loop_depth = 0;
  uint32_t weight = 1;  // of a use here
  const auto in_loops = [&](uint32_t count) {
    loop_depth = count;
    weight = uint32_t{1} << 3 * (count < Rank<kMost>::kDeepest ? count : Rank<kMost>::kDeepest);
  };
  const auto add = [](uint32_t& sum, uint32_t more) { sum = sum + more < sum ? ~0u : sum + more; };
  const auto use_type = [&](const wasm::FuncType& type) {
    const uint32_t bytes = outgoing_bytes(type);
    if (bytes > rank.outgoing) rank.outgoing = bytes;
    rank.calls = true;
    add(rank.call_weight, weight);
  };
  const auto use_local = [&](Op op, uint32_t index) {
    if (index >= kMost) return;
    if (rank.weight[index] == 0 && op != Op::LocalGet && depth == 0) rank.written_first[index] = true;
    add(rank.weight[index], weight);
  };
  const auto open = [&](Op op) {
    if (op == Op::TryTable) rank.catches = true;
    if (depth < 64 && op == Op::Loop) {
      loops |= uint64_t{1} << depth;
      in_loops(loop_depth + 1);
    }
    ++depth;
  };
  const auto close = [&] {  // false at the end of the function
    if (depth == 0) return false;
    --depth;
    if (depth < 64 && (loops >> depth & 1) != 0) {
      loops &= ~(uint64_t{1} << depth);
      in_loops(loop_depth - 1);
    }
    return true;
  };
  // Any other instruction; false at the end.
  const auto visit = [&](wasm::Reader& reader) {
    Op op;
    const wasm::OpcodeRow row = wasm::read_opcode(reader, op);
    if (!reader.ok()) return false;
    switch (op) {
      case Op::Block:
      case Op::Loop:
      case Op::If:
      case Op::TryTable:
        open(op);
        break;
      case Op::End:
        if (!close()) return false;
        break;
      case Op::LocalGet:
      case Op::LocalSet:
      case Op::LocalTee:
        use_local(op, reader.u32());
        return true;
      case Op::Call:
      case Op::ReturnCall: {
        const uint32_t function = reader.u32();
        if (function < module.functions.count) use_type(module.type_of(function));
        return true;
      }
      case Op::CallIndirect:
      case Op::ReturnCallIndirect:
      case Op::CallRef:
      case Op::ReturnCallRef: {
        const uint32_t type = reader.u32();
        if (op == Op::CallIndirect || op == Op::ReturnCallIndirect) reader.u32();
        if (type < module.types.count) use_type(module.types[type]);
        return true;
      }
      case Op::GlobalGet:
      case Op::GlobalSet: {
        const uint32_t index = reader.u32();
        if (index < module.globals.count && module.globals[index].type.type == wasm::kV128)
          add(rank.call_weight, weight);
        return true;
      }
      default:
        if (row.immediate == wasm::Immediate::MemArg && wasm::prefix_of(op) == 0) {
          if (reader.u32() & 0x40) {  // of a memory that only helpers reach
            reader.u32();
            add(rank.call_weight, weight);
          }
          reader.u64();
          if (is_call(op)) add(rank.call_weight, weight);
          return true;
        }
        if (detail::is_helper(op) || is_call(op)) add(rank.call_weight, weight);
        break;
    }
    wasm::skip_immediates(reader, row.immediate);
    return reader.ok();
  };
  for (const uint8_t* at = code; at < end;) {
    // Most instructions are one byte, or have one immediate of one byte, or one that does not matter here.
    const uint8_t byte = *at;
    const auto common = static_cast<Op>(byte);
    const auto pass_number = [&] {
      while (at < end && (*at++ & 0x80) != 0) {
      }
    };
    // For speed alone.
    if (!config::kCompactVm && common >= Op::I32Eqz && common <= Op::I64Extend32S) {
      ++at;
      if (is_call(common)) add(rank.call_weight, weight);
      continue;
    }
    if (!config::kCompactVm && end - at > 2 && (at[1] & 0xc0) == 0) {
      if (common >= Op::LocalGet && common <= Op::LocalTee) {
        use_local(common, at[1]);
        at += 2;
        continue;
      }
      if (common >= Op::I32Load && common <= Op::I64Store32) {
        at += 2;
        pass_number();
        if (is_call(common)) add(rank.call_weight, weight);
        continue;
      }
    }
    if (!config::kCompactVm && common == Op::I32Const) {
      ++at;
      pass_number();
      continue;
    }
    wasm::Reader reader(at, end, module.bytes.data(), error);
    if (!visit(reader) || !reader.ok()) return;
    at = reader.position();
  }
}

}  // namespace mote::compile
