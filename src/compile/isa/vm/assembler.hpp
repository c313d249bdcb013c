// SPDX-License-Identifier: Apache-2.0
// The ISA of the interpreter: register code with one register, the accumulator. See vm/instruction.hpp for
// its encoding.
//
// The last instruction is held back. What becomes of its result decides its form: used by the next
// instruction it stays in the accumulator; moved to a local or to its home it gets that slot as destination;
// a comparison that a branch consumes never becomes a value. The one before it is held back too, encoded:
// pairs that have a token of their own are joined.
#pragma once
#include <algorithm>
#include <span>

#include "compile/code_buffer.hpp"
#include "compile/isa.hpp"
#include "runtime/instance.hpp"
#include "vm/encoding.hpp"

namespace mote::compile {

class VmAssembler {
 public:
  static constexpr bool kKeepsValues = false;

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
  void ret();
  void ret(const Value& value);
  void trap(Trap kind);
  void helper(wasm::Op op, uint16_t slot, uint32_t a, uint32_t b);

  /// Remembers from which offset of the module the instruction at `position` came: see compile::locate().
  void watch(uint32_t position) { watched_ = position; }
  /// The function is compiled by itself, away from the module's code: no call may refer to where it is.
  void detach() { detached_ = true; }
  uint32_t watched_offset() const { return watched_offset_; }

 private:
  using Operation = vm::Operation;
  using Place = vm::Place;
  static constexpr uint32_t kNoSlot = 0xffff'ffff;
  static constexpr uint32_t kScratchSlots = 8;

  /// One encoded operand.
  struct Field {
    vm::Kind kind;
    uint32_t value;
  };
  /// An instruction whose token is chosen.
  struct Encoded {
    vm::Token token = vm::kNoToken;
    uint8_t count = 0;
    uint32_t offset = 0;  ///< of the Wasm instruction
    Label* label = nullptr;
    Field fields[vm::kMaxOperands];  ///< the first `count` are set, and copied: they are few of many

    Encoded() {}
    Encoded(const Encoded& other) { *this = other; }
    Encoded& operator=(const Encoded& other) {
      token = other.token;
      count = other.count;
      offset = other.offset;
      label = other.label;
      for (uint32_t i = 0; i < count; ++i) fields[i] = other.fields[i];
      return *this;
    }
    void add(vm::Kind kind, uint32_t value) { fields[count++] = {kind, value}; }
  };
  /// The instruction that is held back: its token waits for the place of its result.
  struct Pending {
    bool valid = false;
    bool result = false;  ///< it has one
    bool stored = false;  ///< in `slot`
    bool wide = false;    ///< the result has two slots
    Operation op = Operation::Raise;
    uint8_t sources = 0;       ///< form bits of the sources and the offset
    uint16_t slot = 0;         ///< of the result: where it is stored, or its home in case it must be
    uint8_t count_before = 0;  ///< fields before the destination
    Encoded code;
  };
  /// A comparison that waits for the instruction that consumes it.
  struct Comparison {
    bool valid = false;
    Operation op = Operation::Raise;  ///< one of the canonical comparisons
    Value x, y, result;
  };
  /// An operand's place in the chosen form.
  struct Choice {
    const vm::FormRow* row = nullptr;
    Place x = Place::N, y = Place::N;
    vm::Offset offset = vm::Offset::None;
  };

  // Choosing forms.
  bool in_accumulator(const Value& value) const;
  /// What it takes to bring a value to each place.
  struct Costs {
    int at[4];
    int operator[](Place place) const { return at[static_cast<int>(place)]; }
    int least() const { return std::min(std::min(at[0], at[1]), std::min(at[2], at[3])); }
  };
  Costs costs(const Value* value, Operation op) const;
  Choice choose(Operation op, const Value* x, const Value* y, vm::Offset least, bool branch, bool back) const;
  void settle();
  void store_result(uint16_t slot);

  // Building instructions.
  Pending begin(Operation op, const Value* result);
  void source(Pending& p, const Value& value, Place place, unsigned scratch);
  void conform(const Value* x, Place px, const Value* y, Place py);
  void emit(Pending& p);
  void emit_simple(Operation op, uint8_t form, std::initializer_list<Field> fields);
  void numeric(Operation op, const Value& result, const Value* x, const Value* y);
  void compare(Operation op, const Value& result, Value x, Value y);
  void branch_on(Operation op, const Value* x, const Value* y, Label& label);
  void far_branch(Operation op, const Choice& choice, const Value* x, const Value* y, Label& label);
  uint32_t near_slot(uint32_t slot, uint32_t slots, unsigned scratch);
  uint16_t to_frame(const Value& value, unsigned scratch);
  void wide_move(uint32_t from, uint32_t to, uint32_t slots);
  void call_defined(uint32_t function, uint16_t frame);
  void call_common(Operation near_op, uint32_t callee, uint16_t frame);

  // Writing them.
  void flush_pending();
  void append(const Encoded& code);
  void flush();
  void write(const Encoded& code);
  void write_displacement(uint32_t position, Label& label);
  void link(Label& label, uint32_t position, bool wide_field);
  void forget() { accumulator_ = kNoSlot; }

  const wasm::Module& module_;
  CodeBuffer& code_;
  const uint32_t* entries_;
  uint32_t function_ = 0;
  uint32_t offset_ = 0;
  uint32_t start_ = 0;  ///< position of the function's first byte
  FunctionShape shape_;
  Label entry_;
  Pending pending_;
  Encoded previous_;
  Comparison comparison_;
  uint32_t accumulator_ = kNoSlot;  ///< slot whose 32-bit value the accumulator also holds
  uint16_t scratch_ = 0;
  bool wide_ = false;  ///< slots beyond a byte's reach go through scratch slots
  bool far_ = false;   ///< branches have 32-bit displacements
  bool needs_wide_ = false, needs_far_ = false;
  bool detached_ = false;
  uint32_t watched_ = kNoSlot;
  uint32_t watched_offset_ = kNoSlot;
};

}  // namespace mote::compile
