// SPDX-License-Identifier: Apache-2.0
// Calls. The first four words of arguments travel in r0 to r3; where the callee finds the rest and leaves
// several results, r12 says: at the homes of the arguments in the caller's frame.
#include <bit>
#include <cstddef>

#include "compile/isa/thumb2/assembler.hpp"
#include "native/layout_thumb2.hpp"
#include "runtime/instance.hpp"
#include "vm/helpers.hpp"

namespace mote::compile {

using thumb2::kInstance;
using thumb2::kScratch;
using thumb2::lr;

namespace {

constexpr uint32_t kArgumentRegisters = 4;

}  // namespace

/// Code outside of this function runs: what it may change is forgotten, what checks proved stays. The memory
/// may move.
void Thumb2Assembler::after_call() {
  scratch();
  a_.lose(thumb2::kCallerSaved);
  single_constants_ = 0;
  for (Reg r = thumb2::r4; r <= thumb2::r9; ++r) {
    if (contents_[r].word.kind == Word::Kind::Base) a_.lose(thumb2::set_of(r));
  }
  end_line();
  flags_at_ = last_load_.position = kNowhere;
  used_ |= thumb2::set_of(lr);
  calls_out_ = true;
}

void Thumb2Assembler::call_table(uint32_t entry) {
  scratch();
  a_.load(Access::Word, lr, kInstance, MOTE_INSTANCE_TABLE);
  a_.load(Access::Word, lr, lr, 4 * entry);
  a_.blx(lr);
  after_call();
}

void Thumb2Assembler::call_routine(native::Routine routine) {
  call_table(MOTE_TABLE_LIBRARY + static_cast<uint32_t>(routine));
}

/// Values that are not the arguments leave the registers that a call destroys.
void Thumb2Assembler::clear_for_call(std::span<const Value> arguments) {
  uint32_t hidden = 0;
  for (const Value& value : arguments) {
    if (value.in_register()) hidden |= taken_ & (1u << value.reg);
  }
  taken_ &= ~hidden;
  clear_registers(thumb2::kCallerSaved);
  taken_ |= hidden;
}

/// All arguments to their homes, for calls through the run time.
void Thumb2Assembler::pass_in_frame(std::span<const Value> arguments, uint16_t frame) {
  uint16_t slot = frame;
  for (const Value& value : arguments) {
    move(slot, value);
    if (value.in_register()) drop(value);
    slot = static_cast<uint16_t>(slot + value.slots());
  }
  clear_registers(thumb2::kCallerSaved);
}

/// What a register of arguments receives.
struct Thumb2Assembler::Passed {
  Word word;
  const Node* lazy = nullptr;  ///< or this node's result
  bool done = false;

  RegSet reads() const {
    RegSet set = 0;
    const auto add = [&](const Word& w) {
      if (w.is_register()) set = static_cast<RegSet>(set | thumb2::set_of(w.reg));
    };
    if (lazy == nullptr) {
      add(word);
    } else {
      for (const Word& w : lazy->w) add(w);
    }
    return set;
  }
};

/// Arguments to r0 to r3 and, from the fifth word on, to their homes. Consumes them.
void Thumb2Assembler::pass(std::span<const Value> arguments, uint16_t frame) {
  clear_for_call(arguments);
  Passed moves[kArgumentRegisters];
  uint32_t words = 0;
  for (const Value& value : arguments) {
    const uint32_t slots = value.slots();
    const Node* node = lazy(value);
    const bool direct = node != nullptr && slots == 1 && words < kArgumentRegisters;
    if (node != nullptr && !direct) materialise(value.reg);
    for (uint32_t half = 0; half < slots; ++half, ++words) {
      if (words >= kArgumentRegisters) {
        store_word(word(value, half), static_cast<uint16_t>(frame + words));
      } else if (direct) {
        moves[words].lazy = node;
      } else {
        moves[words].word = word(value, half);
      }
    }
  }
  move_all(moves, words < kArgumentRegisters ? words : kArgumentRegisters);
  for (const Value& value : arguments) {
    if (value.in_register()) drop(value);
  }
  // Whatever owned them: where a cycle went through lr, a node's words don't name its register any more.
  for (Reg r = 0; r < kArgumentRegisters; ++r) {
    if (is_temporary(r)) owner_[r] = kFree;
  }
}

/// Moves that happen as if at once: each register is written when nothing reads it any more. Cycles go
/// through lr, which the call destroys anyway.
void Thumb2Assembler::move_all(Passed* moves, uint32_t count) {
  for (uint32_t left = count; left > 0;) {
    bool moved = false;
    for (uint32_t i = 0; i < count; ++i) {
      if (moves[i].done) continue;
      bool read = false;
      for (uint32_t j = 0; j < count; ++j) {
        read = read || (j != i && !moves[j].done && thumb2::has(moves[j].reads(), static_cast<Reg>(i)));
      }
      if (read) continue;
      if (moves[i].lazy != nullptr) {
        emit(*moves[i].lazy, static_cast<Reg>(i));
      } else {
        to_reg(static_cast<Reg>(i), moves[i].word);
      }
      moves[i].done = moved = true;
      --left;
      // What comes after must not take it for a constant.
      if (is_temporary(static_cast<Reg>(i)) && owner_[i] == kFree) owner_[i] = kInFlight;
    }
    if (moved) continue;
    // A cycle: what is in the first register that waits moves out, for all who read it.
    for (uint32_t i = 0; i < count; ++i) {
      if (moves[i].done) continue;
      replace_reads(moves, count, static_cast<Reg>(i));
      break;
    }
  }
}

void Thumb2Assembler::replace_reads(Passed* moves, uint32_t count, Reg from) {
  a_.mov(lr, from);
  for (uint32_t j = 0; j < count; ++j) {
    if (moves[j].done) continue;
    if (moves[j].lazy == nullptr) {
      if (moves[j].word.is_register() && moves[j].word.reg == from) moves[j].word.reg = lr;
      continue;
    }
    // The node is consumed by this call: it may change.
    for (Word& w : const_cast<Node*>(moves[j].lazy)->w) {
      if (w.is_register() && w.reg == from) w.reg = lr;
    }
  }
}

void Thumb2Assembler::take_results(Value* result) {
  if (result == nullptr) return;
  owner_[0] = kInFlight;
  const bool pair = result->slots() == 2;
  if (pair) owner_[1] = kInFlight;
  make_plain(*result, 0, pair ? Reg{1} : thumb2::kNoReg);
}

/// r12 for a callee that needs more than registers.
void Thumb2Assembler::point_to(const wasm::FuncType& type, uint16_t frame) {
  if (type.param_slots > kArgumentRegisters || type.results_in_slots())
    a_.address_of_slot(kScratch, frame_offset(frame));
}

void Thumb2Assembler::call(uint32_t function, uint16_t frame, std::span<const Value> arguments,
                           Value* result) {
  const wasm::FuncType& type = module_.type_of(function);
  if (function < module_.imported_functions && type.param_slots <= kArgumentRegisters &&
      !type.results_in_slots()) {
    pass(arguments, frame);
    load_imported(kScratch, function);
    call_table(MOTE_TABLE_HOST);
  } else if (function < module_.imported_functions) {
    pass_in_frame(arguments, frame);
    load_imported(0, function);
    a_.mov_imm(1, ~0u);
    a_.address_of_slot(kScratch, frame_offset(frame));
    call_table(MOTE_TABLE_CALL);
  } else {
    pass(arguments, frame);
    point_to(type, frame);
    branch_link(function);
    after_call();
  }
  take_results(result);
}

void Thumb2Assembler::load_imported(Reg rd, uint32_t function) {
  a_.load(Access::Word, rd, kInstance, MOTE_INSTANCE_IMPORTED_FUNCTIONS);
  uint32_t offset = 4 * function;
  if (offset > 4095) {
    a_.mov_imm(lr, offset & ~0xfffu);
    a_.dp(Dp::Add, rd, rd, lr);
    offset &= 0xfff;
  }
  a_.load(Access::Word, rd, rd, offset);
}

/// Written at the end of the function, when it is known where it lies.
void Thumb2Assembler::branch_link(uint32_t function) {
  if (!calls_.push(a_.position())) buffer_.fail();
  a_.u32(function - module_.imported_functions);
}

/// Finds an element of a table: leaves the function's code in lr for one of the same instance and type, and
/// goes to `other` with the Function in r12 if it is not. Changes r3, or r0 to r3 if the arguments are in the
/// frame.
void Thumb2Assembler::look_up(const Value& index, uint32_t type_index, uint32_t table, Label& other) {
  constexpr Reg r3 = 3;
  to_reg(lr, unmake_kept(index));
  load_table(kScratch, table);
  a_.load(Access::Word, r3, kScratch, MOTE_ELEMENT_COUNT);
  a_.cmp(lr, r3);
  trap_if(Cond::Hs, Trap::UndefinedElement);
  a_.load(Access::Word, kScratch, kScratch, MOTE_ELEMENTS);
  a_.load(Access::Word, kScratch, kScratch, lr, 2);
  a_.cmp_imm(kScratch, 0);
  trap_if(Cond::Eq, Trap::UninitializedElement);
  a_.load(Access::Word, r3, kInstance, MOTE_INSTANCE_POOL_BASE);
  a_.dp(Dp::Add, kScratch, kScratch, r3);
  a_.load(Access::Word, lr, kInstance, MOTE_INSTANCE_TYPES);
  const auto offset = static_cast<uint32_t>(type_index * MOTE_FUNC_TYPE_BYTES(options_.wide_types));
  if (offset > 0 && !a_.dp_imm(Dp::Add, lr, lr, offset)) {
    a_.mov_imm(r3, offset);
    a_.dp(Dp::Add, lr, lr, r3);
  }
  a_.load(Access::Word, r3, kScratch, MOTE_FUNCTION_TYPE);
  a_.cmp(r3, lr);
  branch_to(Cond::Ne, other);
  entry_of_own(other);
}

/// The code of the Function in r12 to lr if it is one of this instance.
void Thumb2Assembler::entry_of_own(Label& other) {
  constexpr Reg r3 = 3;
  a_.load(Access::Word, r3, kScratch, MOTE_FUNCTION_INSTANCE);
  a_.cmp(r3, kInstance);
  branch_to(Cond::Ne, other);
  a_.load(Access::Word, lr, kScratch, MOTE_FUNCTION_ENTRY);
  a_.dp_imm(Dp::Add, lr, lr, 1);
}

/// Likewise of a reference.
void Thumb2Assembler::look_up_reference(const Value& callee, Label& other) {
  constexpr Reg r3 = 3;
  to_reg(kScratch, unmake_kept(callee));
  a_.cmp_imm(kScratch, 0);
  trap_if(Cond::Eq, Trap::NullFunctionReference);
  a_.load(Access::Word, r3, kInstance, MOTE_INSTANCE_POOL_BASE);
  a_.dp(Dp::Add, kScratch, kScratch, r3);
  entry_of_own(other);
}

void Thumb2Assembler::find(const Callee& callee, const Value& kept, Label& other) {
  if (callee.table == kNowhere) return look_up_reference(kept, other);
  look_up(kept, callee.type, callee.table, other);
}

/// Arguments where look_up() leaves them alone: in registers but r3, or in the frame. True for registers.
bool Thumb2Assembler::pass_around(const wasm::FuncType& type, uint16_t frame,
                                  std::span<const Value> arguments) {
  const bool in_registers = type.param_slots < kArgumentRegisters && !type.results_in_slots();
  if (in_registers) {
    pass(arguments, frame);
  } else {
    pass_in_frame(arguments, frame);
  }
  return in_registers;
}

void Thumb2Assembler::call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t frame,
                                    std::span<const Value> arguments, Value* result) {
  call_found({index, type, table}, frame, arguments, result);
}

void Thumb2Assembler::call_ref(const Value& callee, uint32_t type, uint16_t frame,
                               std::span<const Value> arguments, Value* result) {
  call_found({callee, type}, frame, arguments, result);
}

/// Straight to a function of the same instance and type; through the run time to all others.
void Thumb2Assembler::call_found(const Callee& callee, uint16_t frame, std::span<const Value> arguments,
                                 Value* result) {
  const wasm::FuncType& type = module_.types[callee.type];
  const Value& value = callee.value;
  const Value kept = value.in_register() && lazy(value) == nullptr ? value : in_temporary(value);
  const bool in_registers = pass_around(type, frame, arguments);
  Label other, done;
  find(callee, kept, other);
  for (uint16_t i = 0; !in_registers && i < type.param_slots && i < kArgumentRegisters; ++i)
    load_slot(static_cast<Reg>(i), static_cast<uint16_t>(frame + i));
  point_to(type, frame);
  a_.blx(lr);
  jump(done);
  land(other);
  call_other(callee, frame, in_registers);
  land(done);
  after_call();
  take_results(result);
}

/// A call of the Function in r12, whoever's it is.
void Thumb2Assembler::call_other(const Callee& callee, uint16_t frame, bool in_registers) {
  const uint32_t words = module_.types[callee.type].param_slots;
  for (uint16_t i = 0; in_registers && i < words; ++i)
    a_.store(Access::Word, static_cast<Reg>(i), thumb2::sp, frame_offset(static_cast<uint16_t>(frame + i)));
  a_.mov(0, kScratch);
  a_.mov_imm(1, callee.table == kNowhere ? ~0u : callee.type);
  a_.address_of_slot(kScratch, frame_offset(frame));
  call_table(MOTE_TABLE_CALL);
}

Thumb2Assembler::Word Thumb2Assembler::unmake_kept(const Value& value) {
  const Word w = unmake(value).w[0];
  release(w);
  return w;
}

void Thumb2Assembler::load_table(Reg rd, uint32_t table) {
  a_.load(Access::Word, rd, kInstance, MOTE_INSTANCE_TABLES);
  uint32_t offset = 4 * table;
  if (offset > 4095) {
    a_.dp_imm(Dp::Add, rd, rd, offset & ~0xfffu);
    offset &= 0xfff;
  }
  a_.load(Access::Word, rd, rd, offset);
}

/// The frame goes before the callee comes, unless arguments or results need it: those calls return here.
void Thumb2Assembler::tail_call(uint32_t function, uint16_t frame, std::span<const Value> arguments) {
  const wasm::FuncType& type = module_.type_of(function);
  const bool in_registers = type.param_slots <= kArgumentRegisters && !type.results_in_slots();
  if (function < module_.imported_functions || !in_registers) {
    const bool single = type.result_count == 1 && !type.results_in_slots();
    Value result;
    result.home = frame;
    if (single) {
      const uint8_t* at = type.results();
      result.type = wasm::next_type(at);
    }
    call(function, frame, arguments, single ? &result : nullptr);
    return return_results(type, frame, result);
  }
  pass(arguments, frame);
  a_.load(Access::Word, kScratch, kInstance, MOTE_INSTANCE_ENTRIES);
  const uint32_t offset = 4 * (function - module_.imported_functions);
  if (offset > 4095) a_.dp_imm(Dp::Add, kScratch, kScratch, offset & ~0xfffu);
  a_.load(Access::Word, kScratch, kScratch, offset & 0xfff);
  a_.load(Access::Word, lr, kInstance, MOTE_INSTANCE_CODE);
  a_.dp(Dp::Add, kScratch, kScratch, lr);
  a_.dp_imm(Dp::Add, kScratch, kScratch, 1);
  after_call();
  branch_to(Cond::Al, tail_exit_);
}

void Thumb2Assembler::tail_call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t frame,
                                         std::span<const Value> arguments) {
  tail_call_found({index, type, table}, frame, arguments);
}

void Thumb2Assembler::tail_call_ref(const Value& callee, uint32_t type, uint16_t frame,
                                    std::span<const Value> arguments) {
  tail_call_found({callee, type}, frame, arguments);
}

void Thumb2Assembler::tail_call_found(const Callee& callee, uint16_t frame,
                                      std::span<const Value> arguments) {
  const wasm::FuncType& type = module_.types[callee.type];
  const bool single = type.result_count == 1 && !type.results_in_slots();
  Value result;
  result.home = frame;
  if (single) {
    const uint8_t* at = type.results();
    result.type = wasm::next_type(at);
  }
  if (type.param_slots > kArgumentRegisters || type.results_in_slots()) {
    call_found(callee, frame, arguments, single ? &result : nullptr);
    return return_results(type, frame, result);
  }
  const Value& value = callee.value;
  const Value kept = value.in_register() && lazy(value) == nullptr ? value : in_temporary(value);
  const bool in_registers = pass_around(type, frame, arguments);
  Label other;
  find(callee, kept, other);
  a_.mov(kScratch, lr);
  for (uint16_t i = 0; !in_registers && i < type.param_slots; ++i)
    a_.load(Access::Word, static_cast<Reg>(i), thumb2::sp, frame_offset(static_cast<uint16_t>(frame + i)));
  branch_to(Cond::Al, tail_exit_);
  land(other);
  call_other(callee, frame, in_registers);
  after_call();
  take_results(single ? &result : nullptr);
  return_results(type, frame, result);
}

/// Returns what a call has just left.
void Thumb2Assembler::return_results(const wasm::FuncType& type, uint16_t frame, const Value& result) {
  if (type.results_in_slots()) {
    return_slots(frame, type.result_slots);
  } else if (type.result_count == 1) {
    ret({&result, 1});
    return drop(result);
  }
  branch_to(Cond::Al, returns_);
}

void Thumb2Assembler::return_slots(uint16_t frame, uint32_t count) {
  scratch();
  a_.load(Access::Word, kScratch, thumb2::sp, 0);
  for (uint32_t i = 0; i < count; ++i) {
    load_slot(lr, static_cast<uint16_t>(frame + i));
    a_.store(Access::Word, lr, kScratch, 4 * i);
  }
  used_ |= thumb2::set_of(lr);
}

/// Results to r0 and r1, several of them to where the caller wants them. Leaves the stack's picture alone:
/// the way may be one of two.
void Thumb2Assembler::ret(std::span<const Value> values) {
  if (values.size() == 1 && values[0].slots() == 1) {
    if (const Node* n = lazy(values[0])) {
      emit(*n, 0);
    } else {
      to_reg(0, word(values[0], 0));
    }
  } else if (values.size() == 1 && values[0].slots() == 2) {
    if (const Node* n = lazy(values[0])) {
      emit_wide(*n, 0, 1);
    } else if (doubles() && word(values[0], 0).is_single()) {
      a_.vmov_from_double(0, 1, word(values[0], 0).reg);
    } else {
      Passed moves[2];
      moves[0].word = word(values[0], 0);
      moves[1].word = word(values[0], 1);
      used_ |= thumb2::set_of(lr);
      move_all(moves, 2);
      release(Reg{0});
      release(Reg{1});
    }
  } else if (!values.empty()) {  // several, or a vector
    before_detour(values);
    scratch();
    used_ |= thumb2::set_of(lr);
    a_.load(Access::Word, kScratch, thumb2::sp, 0);
    uint32_t offset = 0;
    for (const Value& value : values) {
      for (uint32_t half = 0; half < value.slots(); ++half, offset += 4) {
        const Word w = word(value, half);
        if (!w.is_register()) to_reg(lr, w);
        a_.store(Access::Word, w.is_register() ? w.reg : lr, kScratch, offset);
      }
    }
  }
  branch_to(Cond::Al, returns_);
}

/// vm::helper() on slots of the frame, on C's stack.
void Thumb2Assembler::helper(wasm::Op op, uint16_t slot, uint32_t a, uint32_t b) {
  clear_registers(thumb2::kCallerSaved);
  call_out(MOTE_TABLE_HELP, vm::helper_of(op), slot, a, b);
}

void Thumb2Assembler::call_out(uint32_t entry, uint32_t which, uint16_t slot, uint32_t a, uint32_t b) {
  a_.mov_imm(0, b);
  a_.mov_imm(1, which);
  a_.address_of_slot(2, frame_offset(slot));
  a_.mov_imm(3, a);
  call_table(entry);
}

}  // namespace mote::compile
