// SPDX-License-Identifier: Apache-2.0
// The ISA of the interpreter: register code with one register, the accumulator. See vm/instruction.hpp for
// its encoding.
//
// The last instruction is held back. What becomes of its result decides its form: used by the next
// instruction it stays in the accumulator; moved to a local or to its home it gets that slot as destination;
// a comparison that a branch consumes never becomes a value. One before it is held back too if a pair begins
// with it, so that pairs that have a token of their own are joined.
#pragma once
#include <span>

#include "compile/code_buffer.hpp"
#include "compile/isa.hpp"
#include "config/tuning.hpp"
#include "runtime/instance.hpp"
#include "vm/encoding.hpp"

namespace mote::compile {

class VmAssembler {
 public:
  static constexpr bool kKeepsValues = false;
  static constexpr bool kLeaves = true;
  static uint32_t reserved_bytes(uint32_t) { return 0; }
  static void write_reserved(const uint32_t*, uint32_t, uint8_t*, uint32_t) {}
  static uint32_t frame_bytes(const uint8_t* entry) { return 4u * (entry[-2] | uint32_t{entry[-1]} << 8); }

  /// `entries` receives each defined function's entry as it is compiled; earlier ones are called directly.
  VmAssembler(const wasm::Module& module, CodeBuffer& code, const uint32_t* entries,
              const runtime::CodeOptions&)
      : module_(module), code_(code), entries_(entries) {}

  void select_function(uint32_t function) {
    function_ = function;
    wide_ = far_ = false;
  }
  uint32_t scratch_slots() const { return wide_ ? kScratchSlots : 0; }
  void begin_function(const FunctionShape& shape);
  uint32_t end_function(const FunctionFrame& frame);
  bool again();
  void at(uint32_t offset) { offset_ = offset; }

  void operate(wasm::Op op, const Value& result, std::span<const Value> operands);
  void narrow(const Value& result, const Value& value, Trap kind);
  void load(wasm::Op op, const Value& result, const Value& address, const MemArg& arg);
  void store(wasm::Op op, const Value& address, const Value& value, const MemArg& arg);
  void select(const Value& result, const Value& first, const Value& second, const Value& condition);
  void move(uint16_t slot, const Value& value);
  void move_slots(uint16_t from, uint16_t to, uint32_t count);
  void global_get(const Value& result, const wasm::Global& global, uint32_t index);
  void global_set(const Value& value, const wasm::Global& global, uint32_t index);

  void bind(Label& label);
  void jump(Label& label);
  void branch(const Value& condition, bool when, Label& label);
  void branch_table(const Value& index, uint32_t count);
  void table_entry(Label& label);
  void call(uint32_t function, uint16_t frame);
  void call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t frame);
  void tail_call(uint32_t function, uint16_t frame, uint32_t slots);
  void tail_call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t frame, uint32_t slots);
  void call_ref(const Value& callee, uint32_t type, uint16_t frame);
  void tail_call_ref(const Value& callee, uint32_t type, uint16_t frame, uint32_t slots);
  uint32_t frame_place(uint16_t slot) const { return 4u * slot; }
  uint32_t moved() const { return 0; }
  void ret();
  void ret(const Value& value);
  void trap(Trap kind);
  void helper(wasm::Op op, uint16_t slot, uint32_t a, uint32_t b);

  uint32_t features() const { return 0; }
  /// Remembers from which offset of the module the instruction at `position` came: see compile::locate().
  void watch(uint32_t position) { watched_ = position; }
  /// The function is compiled by itself, away from the module's code: no call may refer to where it is.
  void detach() { detached_ = true; }
  uint32_t watched_offset() const { return watched_offset_; }
  /// Notes what all code comes from.
  void note_in(const Notes& notes) { notes_ = notes; }

 private:
  using Operation = vm::Operation;
  using Place = vm::Place;
  static constexpr uint32_t kNoSlot = 0xffff'ffff;
  static constexpr uint32_t kScratchSlots = 8;

  /// A form for the operands at hand, with its destination in the accumulator and in a slot; an instruction
  /// without a result has only the former.
  struct Choice {
    vm::Token token = vm::kNoToken;
    vm::Token to_slot = vm::kNoToken;
    bool exact = false;  ///< the operands are where the form wants them

    bool found() const { return token != vm::kNoToken || to_slot != vm::kNoToken; }
    vm::Form form() const { return vm::form_of(token != vm::kNoToken ? token : to_slot); }
  };
  /// An instruction's token and operands, by width, each in order.
  struct Instruction {
    static constexpr uint32_t kMostBytes = 7;
    vm::Token token;  ///< directly before the bytes, as in the code
    uint8_t bytes[kMostBytes];
    uint8_t byte_count, half_count, word_count;
    vm::Token to_slot;  ///< the token that takes another byte, the slot of the result
    uint16_t halves[5];
    uint32_t words[2];
    uint32_t offset;  ///< of the Wasm instruction
    Label* label;     ///< target of the displacement: the last half or the only word

    MOTE_SHARED void byte(uint32_t value) { bytes[byte_count++] = static_cast<uint8_t>(value); }
    void half(uint64_t value) { add_half(static_cast<uint32_t>(value)); }
    void word(uint64_t value) { add_word(static_cast<uint32_t>(value)); }
    MOTE_SHARED void add_half(uint32_t value) { halves[half_count++] = static_cast<uint16_t>(value); }
    MOTE_SHARED void add_word(uint32_t value) { words[word_count++] = value; }
  };
  /// The result of the instruction that is held back.
  struct Result {
    bool exists = false;
    bool stored = false;  ///< in `slot`
    bool wide = false;    ///< has two slots
    uint16_t slot = 0;    ///< where it is stored, or its home in case it must be
  };
  /// A comparison that waits for the instruction that consumes it.
  struct Comparison {
    bool valid = false;
    Operation op = Operation::Raise;  ///< one of the canonical comparisons
    Value x, y, result;
  };

  // Choosing forms.
  bool in_accumulator(const Value& value) const;
  /// What it takes to bring a value to each place.
  struct Costs {
    int at[4];
    int operator[](Place place) const { return at[static_cast<int>(place)]; }
  };
  Costs costs(const Value* value, Operation op) const;
  Place natural_place(const Value& value, Operation op) const;
  /// Which rows choose() may take, by bit 0 of the form.
  enum class Rows : uint8_t { Any, Forward, Back };
  Choice choose(Operation op, const Value* x, const Value* y, vm::Offset least, Rows rows) const;
  Choice cheapest(Operation op, const Value* x, const Value* y, vm::Offset least, Rows rows) const;
  void settle();
  void store_result(uint16_t slot);

  // Building instructions.
  Instruction& begin(vm::Token token, vm::Token to_slot, const Value* result);
  Instruction* begin_form(Operation op, const Value* x, const Value* y, const Value* result,
                          vm::Offset least = vm::Offset::None, uint64_t offset = 0, Rows rows = Rows::Any);
  Instruction& begin_extended(Operation op, const Value* result);
  void conform(const Value* x, Place px, const Value* y = nullptr, Place py = Place::N);
  void bring(const Value* value, Place place);
  void find_near(const Value* x, Place px, const Value* y, Place py);
  void source(Instruction& to, Operation op, const Value* value, Place place, unsigned index);
  void load_constant(const Value& value, const Value& result);
  void numeric(Operation op, const Value& result, const Value* x, const Value* y);
  void any_numeric(Operation op, const Value& result, const Value& x, const Value* y);
  void compare(Operation op, const Value& result, Value x, Value y);
  void branch_on(Operation op, const Value* x, const Value* y, Label& label);
  void branch_over_jump(Operation op, const Value* x, const Value* y, Label& label);
  void any_load(Operation op, const Value& result, const Value& address, uint64_t offset);
  void any_store(Operation op, const Value& address, const Value& value, uint64_t offset);
  void any_global(Instruction& to, const Value& value, const wasm::Global& global, uint32_t index);
  uint16_t near_slot(uint32_t slot, uint32_t slots, unsigned scratch);
  uint16_t to_frame(const Value& value, unsigned scratch);
  void move_far(uint32_t from, uint32_t to, uint32_t slots);
  void call_defined(uint32_t function, uint16_t frame);
  Instruction& call_by_index(vm::Token token, uint32_t callee, uint16_t frame);

  // Writing them.
  void flush_pending();
  void join(Instruction& next);
  void flush();
  void write(const Instruction& what);
  void link(Label& label, uint32_t position, bool word);
  void forget() { accumulator_ = kNoSlot; }

  const wasm::Module& module_;
  CodeBuffer& code_;
  const uint32_t* entries_;
  uint32_t function_ = 0;
  uint32_t offset_ = 0;
  uint32_t start_ = 0;  ///< position of the function's first byte
  FunctionShape shape_;
  Label entry_;
  /// The one that is held back, and where there are pairs, the one before.
  Instruction buffers_[vm::kHasPairs ? 2 : 1];
  Instruction* current_ = &buffers_[0];
  Instruction* previous_ = &buffers_[vm::kHasPairs ? 1 : 0];
  bool pending_ = false;  ///< current_ waits for the place of its result
  bool begun_ = false;    ///< previous_ waits for the second of its pair
  Result result_;         ///< of current_
  Comparison comparison_;
  uint16_t near_[2] = {};           ///< slots that conform() left operands in
  uint32_t accumulator_ = kNoSlot;  ///< slot whose 32-bit value the accumulator also holds
  uint16_t scratch_ = 0;
  bool wide_ = false;  ///< slots beyond a byte's reach go through scratch slots
  bool far_ = false;   ///< branches have 32-bit displacements
  bool needs_wide_ = false, needs_far_ = false;
  bool detached_ = false;
  uint32_t watched_ = kNoSlot;
  uint32_t watched_offset_ = kNoSlot;
  [[no_unique_address]] Notes notes_;
};

}  // namespace mote::compile
