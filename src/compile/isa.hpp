// SPDX-License-Identifier: Apache-2.0
// What the shared pass asks of an instruction set. The pass validates, knows which value is where, and
// decides when values move; an ISA encodes, and may hold instructions back to join them with later ones.
//
// There are two kinds. An ISA with one register (`kKeepsValues` false) finds arguments and results in their
// homes, and no value in its register but those of the instruction at hand: the pass moves it home in time.
// An ISA with many (`kKeepsValues` true) holds values under numbers of its own choice and makes room itself:
// every value in the frame has a home that it may use for that. It is given arguments and results as values.
// What is popped by an instruction is consumed by it; of others it hears by drop(). With a member
// `kMostValues` it is never given more to hold.
#pragma once
#include <concepts>
#include <cstdint>
#include <span>

#include "compile/offset_notes.hpp"
#include "compile/value.hpp"
#include "wasm/module.hpp"
#include "wasm/opcodes.hpp"

namespace mote::compile {

/// An access's immediates (core spec, 2.4.7), and what is known of the memory.
struct MemArg {
  uint32_t memory = 0;
  uint64_t offset = 0;
  uint64_t minimum = 0;  ///< bytes that the memory has at least
};

/// What an ISA needs to know to begin a function.
struct FunctionShape {
  uint16_t param_slots = 0;
  uint16_t local_slots = 0;  ///< of all locals, parameters included
  uint32_t body_bytes = 0;
  const wasm::FuncType* type = nullptr;
  std::span<const Local> locals;
  const uint8_t* code = nullptr;  ///< its instructions; `body_bytes` counts from the locals before them
  const uint8_t* code_end = nullptr;
};

/// What it learns at the end.
struct FunctionFrame {
  uint32_t slots = 0;       ///< of the largest frame: locals, operands, callees' arguments and results
  uint16_t zero_first = 0;  ///< slots to clear at entry: locals that may be read before they are written
  uint16_t zero_count = 0;
};

/// Calls of an ISA that finds arguments and results in the frame.
template <class I>
concept IsaWithFrame = requires(I isa, const Value& v, uint32_t n, uint16_t slot) {
  isa.call(n, slot);                 ///< function index; arguments lie from the slot on, results too
  isa.call_indirect(v, n, n, slot);  ///< index, type, table
  isa.tail_call(n, slot, n);         ///< the last: slots of arguments
  isa.tail_call_indirect(v, n, n, slot, n);
  isa.call_ref(v, n, slot);  ///< type
  isa.tail_call_ref(v, n, slot, n);
  isa.ret();   ///< results lie from slot 0 on
  isa.ret(v);  ///< the only result
};

/// Calls of an ISA that is given arguments and results as values. `slot` is the first of the arguments'
/// homes: results, but for a single one, are left from there on.
template <class I>
concept IsaWithRegisters = requires(I isa, const Value& v, Value& value, std::span<const Value> values,
                                    uint32_t n, uint16_t slot) {
  isa.drop(v);                ///< a held value that nothing will use
  isa.hold(value);            ///< takes a value out of its local, which is about to be written
  isa.before_detour(values);  ///< code that may be jumped over will move them: they must be plain by now
  isa.call(n, slot, values, &value);  ///< the result, or nullptr unless it is single
  isa.call_indirect(v, n, n, slot, values, &value);
  isa.tail_call(n, slot, values);
  isa.tail_call_indirect(v, n, n, slot, values);
  isa.call_ref(v, n, slot, values, &value);
  isa.tail_call_ref(v, n, slot, values);
  isa.ret(values);  ///< does not consume them
};

template <class I>
concept Isa = requires(I isa, const Value& v, Value& result, Label& label, std::span<const Value> operands,
                       wasm::Op op, uint32_t n, uint16_t slot, MemArg memarg, Trap trap) {
  {
    isa.scratch_slots()
    } -> std::same_as<uint32_t>;  ///< slots behind the parameters that the ISA wants for itself
  isa.begin_function(FunctionShape{});
  { isa.end_function(FunctionFrame{}) } -> std::same_as<uint32_t>;  ///< position of the entry
  { isa.again() } -> std::same_as<bool>;  ///< asks to compile the function once more, with what it has learnt
  isa.at(n);                              ///< the next instructions come from this offset of the module
  isa.operate(op, result, operands);      ///< numeric instructions; `result` says in which register
  isa.narrow(result, v, trap);            ///< 64 bits to 32, or the trap if they do not fit (memory64)
  isa.load(op, result, v, memarg);
  isa.store(op, v, v, memarg);
  isa.select(result, v, v, v);
  isa.move(slot, v);              ///< a value to the slot, its home or a local
  isa.move_slots(slot, slot, n);  ///< a run of slots to a lower place
  isa.global_get(result, wasm::Global{}, n);
  isa.global_set(v, wasm::Global{}, n);
  isa.bind(label);
  isa.jump(label);
  isa.branch(v, true, label);  ///< if the value is not zero (true) or is zero (false)
  isa.branch_table(v, n);      ///< then n + 1 times table_entry(), the last one for the default
  isa.table_entry(label);
  isa.trap(trap);
  { isa.frame_place(slot) } -> std::same_as<uint32_t>;  ///< bytes from a frame's start to the slot
  { isa.moved() } -> std::same_as<uint32_t>;  ///< at the end: how far the function's code moved down
  isa.helper(op, slot, n, n);                 ///< an operation on operands in slots, see the ISA's run time
}
&&(I::kKeepsValues ? IsaWithRegisters<I> : IsaWithFrame<I>);

/// Whether only `keeps_values()` says of which kind an ISA is.
template <class I>
inline constexpr bool kOfEitherKind = false;

}  // namespace mote::compile
