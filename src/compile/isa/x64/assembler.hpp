// SPDX-License-Identifier: Apache-2.0
// The ISA of hosts: x86-64.
//
// Values that the pass calls registers are entries of a table here (`Held`): each is in a register, in its
// home, or the result of the one operation that is held back (`Pending`). What becomes of that result decides
// how the operation is written: into the register of a local that receives it, as a comparison that a branch
// consumes, as a memory operand, as part of an address. Anything else that emits code lets it go first.
//
// The hottest locals are pinned to registers for the whole function, by rank (compile/rank.hpp). Those in
// registers that calls do not preserve are saved around calls. Everything else is in the frame:
//
//     rsp -> outgoing area | slots: locals, homes of operands | saved registers | return address
#pragma once
#include <span>

#include "compile/code_buffer.hpp"
#include "compile/growing.hpp"
#include "compile/isa.hpp"
#include "compile/isa/x64/encoder.hpp"
#include "compile/isa/x64/features.hpp"
#include "compile/rank.hpp"
#include "runtime/instance.hpp"

namespace mote::compile {

class X64Assembler {
 public:
  static constexpr bool kKeepsValues = true;
  static constexpr bool kLeaves = false;  ///< calls are patched when their callee is compiled
  static uint32_t reserved_bytes(uint32_t) { return 0; }
  static void write_reserved(const uint32_t*, uint32_t, uint8_t*, uint32_t) {}
  static uint32_t frame_bytes(const uint8_t* entry) {
    uint32_t bytes = 0;
    std::memcpy(&bytes, entry - 4, 4);
    return bytes + 8;
  }

  /// `entries` receives each defined function's entry; until then, a chain of the calls that wait for it.
  X64Assembler(const wasm::Module& module, CodeBuffer& code, uint32_t* entries,
               const runtime::CodeOptions& options);

  void select_function(uint32_t function) { function_ = function; }
  uint32_t scratch_slots() const { return 0; }
  void begin_function(const FunctionShape& shape);
  uint32_t end_function(const FunctionFrame& frame);
  bool again() { return false; }
  void at(uint32_t offset) {
    offset_ = offset;
    e_.at(offset);
  }

  void operate(wasm::Op op, Value& result, std::span<const Value> operands);
  void narrow(Value& result, const Value& value, Trap kind);
  void load(wasm::Op op, Value& result, const Value& address, const MemArg& arg);
  void store(wasm::Op op, const Value& address, const Value& value, const MemArg& arg);
  void select(Value& result, const Value& first, const Value& second, const Value& condition);
  void move(uint16_t slot, const Value& value);
  void move_slots(uint16_t from, uint16_t to, uint32_t count);
  void global_get(Value& result, const wasm::Global& global, uint32_t index);
  void global_set(const Value& value, const wasm::Global& global, uint32_t index);
  void drop(const Value& value);
  void hold(Value& value);
  void before_detour(std::span<const Value> values);

  void bind(Label& label);
  void jump(Label& label);
  void branch(const Value& condition, bool when, Label& label);
  void branch_table(const Value& index, uint32_t count);
  void table_entry(Label& label);
  void call(uint32_t function, uint16_t slot, std::span<const Value> arguments, Value* result);
  void call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t slot,
                     std::span<const Value> arguments, Value* result);
  void tail_call(uint32_t function, uint16_t slot, std::span<const Value> arguments);
  void tail_call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t slot,
                          std::span<const Value> arguments);
  void call_ref(const Value& callee, uint32_t type, uint16_t slot, std::span<const Value> arguments,
                Value* result);
  void tail_call_ref(const Value& callee, uint32_t type, uint16_t slot, std::span<const Value> arguments);
  uint32_t frame_place(uint16_t slot) const { return outgoing_ + 4u * slot; }
  uint32_t moved() const { return 0; }
  void ret(std::span<const Value> values);
  void trap(Trap kind);
  void helper(wasm::Op op, uint16_t slot, uint32_t a, uint32_t b);

  uint32_t features() const { return options_.features; }
  void verify(std::span<const Value> values) const;
  void watch(uint32_t position) { e_.watch(position); }
  void detach() { detached_ = true; }
  uint32_t watched_offset() const { return e_.watched_offset(); }
  void note_in(const Notes& notes) { e_.note_in(notes); }

 private:
  using Op = wasm::Op;
  using Cc = x64::Cc;
  using Mem = x64::Mem;
  using Rm = x64::Rm;
  static constexpr uint8_t kNone = 0xff;
  static constexpr uint8_t kScratch = x64::kR11;  ///< never allocated
  static constexpr uint8_t kFloatScratch = 15;    ///< likewise xmm15
  static constexpr uint8_t kInstance = x64::kRbx, kMemory = x64::kR15;
  static constexpr uint32_t kHeld = 32, kRanked = 256, kPins = 24;

  /// A value that the pass calls a register.
  struct Held {
    enum class State : uint8_t { Free, Pending, Integer, Float, Home };
    State state = State::Free;
    uint8_t reg = 0;
    bool owned = false;  ///< the register is this value's alone, not a local's
    uint16_t home = 0;
    wasm::ValType type;
  };
  /// An operation and its operands, before it is written.
  struct Node {
    static constexpr uint32_t kOperands = 3;
    Op op = Op::Nop;
    bool negate = false;  ///< comparisons: the result is inverted
    uint8_t count = 0;
    MemArg arg;
    Value x, y, z;
  };
  /// The operation that is held back, and one that it has taken in as its operand.
  struct Pending {
    bool valid = false;
    uint8_t held = kNone;  ///< its result
    uint8_t child_at = 0;  ///< 0: none; 1, 2, 3: in place of x, y, z
    uint32_t offset = 0, child_offset = 0;
    Node node, child;

    /// Of what may trap: an operation that took another in does not, but a load that was taken in does.
    uint32_t trap_offset() const { return child_at != 0 ? child_offset : offset; }
  };
  /// A local in a register.
  struct Pin {
    uint16_t slot = 0;
    uint8_t reg = 0;
    bool is_float = false, wide = false, saved = false;  ///< saved: calls do not preserve it
    bool needs_zero = false;
  };
  /// A way out of line.
  struct Stub {
    enum class Kind : uint8_t { Trap, Bounds, Fuel, BackEntry, StackExhausted, Call, TailCall };
    Kind kind = Kind::Trap;
    Trap trap = Trap::None;
    uint8_t reg = 0;          ///< Bounds: the address
    uint32_t from = 0;        ///< field of the jump to it
    uint32_t back = 0;        ///< where it goes on
    uint32_t offset = 0;      ///< of the Wasm instruction
    uint64_t end = 0;         ///< Bounds: offset and width of the access
    uint32_t from_too = 0;    ///< Call: field of another jump to it
    uint32_t type = 0;        ///< Call: the callee's
    bool checks_type = true;  ///< Call: of call_indirect
  };
  struct Condition {
    Cc cc = Cc::Ne;
    enum class Parity : uint8_t {
      None,
      AndNot,
      Or
    } parity = Parity::None;  ///< floats: and ordered, or unordered
  };
  /// A move to an argument's register, or a parameter's.
  struct Transfer {
    uint8_t to = 0, from = 0;
    bool wide = false;
    bool done = false;
  };

  static bool is_float(wasm::ValType type) { return type == wasm::kF32 || type == wasm::kF64; }
  static bool is_wide(wasm::ValType type) { return type == wasm::kI64 || type == wasm::kF64; }

  // values.cpp: where values are.
  Mem slot(uint32_t index) const;
  const Pin* pin_of(const Value& value) const;
  Rm place(const Value& value);
  bool is_pending(const Value& v) const {
    return v.in_register() && pending_.valid && pending_.held == v.reg;
  }
  bool dying(const Value& value) const;
  bool reads_homes(const Node& node) const;
  uint8_t free_entry();
  void take_entry(Value& result);
  void set_result(uint8_t held, uint8_t reg, bool owned = true);
  void give_result(Value& result, uint8_t reg);
  uint8_t allocate();
  uint8_t allocate_float();
  void evict(uint8_t reg);
  void spill_held(Held& held);
  void spill_caller_saved();
  void release(const Value& value);
  void lock(uint8_t reg) { locked_ |= 1u << reg; }
  void lock_operands(const Node& node);
  uint8_t in_register(const Value& value);
  uint8_t in_float(const Value& value);
  void load_integer(uint8_t to, const Value& value);
  void load_float(uint8_t to, const Value& value);
  void load_float_constant(uint8_t to, bool wide, uint64_t bits);
  void flush();
  void emit_pending(uint8_t target);
  void forget_flags() { flags_at_ = 0xffff'ffff; }
  void store_to(const Mem& to, const Value& value);

  // integer.cpp
  void begin_pending(const Node& node, Value& result);
  bool merge(const Node& node, Value& result);
  void write_node(uint8_t target);
  uint8_t integer_target(uint8_t target, const Value& reuse);
  bool uses(const Rm& rm, uint8_t reg) const;
  Rm operand(const Value& value, unsigned at);
  void write_alu(uint8_t which, bool wide, bool commutes, uint8_t target);
  void write_multiply(bool wide, uint8_t target);
  void write_shift(uint8_t which, bool wide, uint8_t target);
  void write_divide(bool wide, bool is_signed, bool remainder, uint8_t target);
  void write_integer(uint32_t which, bool wide, uint8_t target);
  void write_conversion(Op op, uint8_t target);
  void write_unary(x64::Opcode opcode, x64::Width width, uint8_t target);
  void evict_for_division(uint8_t reg);
  void mark_flags(uint8_t reg, bool wide);
  void write_address(uint8_t target);
  Condition condition(const Node& node, bool with_child);
  Condition compare_integers(Cc cc, bool wide, const Node& node, bool with_child);
  Condition test_zero(bool wide, const Value& value);
  Condition test_bits(const Node& both);
  void write_comparison(uint8_t target);
  void write_select(uint8_t target);
  static Condition inverted(Condition c);
  Condition select_condition();
  bool condition_reads(uint8_t target, bool floats);
  void move_if(Condition c, uint8_t to, const Value& value, const Rm& source);
  void finish(uint8_t reg);

  // float.cpp
  void write_float(Op op, uint8_t target);
  void float_binary(x64::Opcode opcode, uint8_t target);
  void float_min_max(bool wide, bool max, uint8_t target);
  void float_sign(Op op, uint8_t target);
  void convert(Op op, uint8_t target);
  void by_helper(Op op, uint8_t target);
  Condition compare_floats(const Node& node);
  bool needs_helper(Op op) const;

  // memory.cpp
  Mem address(const Value& address, const MemArg& arg, uint32_t width);
  void check_bounds(uint8_t reg, uint64_t offset, uint32_t width);
  void write_load(const Node& node, uint8_t target);
  Mem global_place(uint32_t index);

  // vector.cpp
  bool inline_vector(Op op, uint16_t first, uint32_t a, uint32_t b);
  bool vector_access(Op op, uint16_t first, uint32_t memory, uint32_t offset);
  bool vector_lane(Op op, uint16_t first, uint32_t lane);
  bool vector_splat(Op op, uint16_t first);
  void vector_float_compare(Op op, uint16_t first);
  void vector_shuffle(Op op, uint16_t first);
  bool vector_other(Op op, uint16_t first);
  uint8_t vector_at(uint16_t home);
  void store_vector(uint8_t reg, uint16_t home);
  void invert_vector(uint8_t reg);

  // control.cpp
  void link(Label& label, uint32_t field);
  void jump_to(Label& label);
  void jump_to(Label& label, Cc cc);
  void branch_if(Condition condition, Label& label);
  void charge();
  void add_stub(Stub stub);
  void trap_if(Cc cc, Trap trap);

  // function.cpp
  void choose_pins(const FunctionShape& shape, const Rank<kRanked>& rank);
  void add_pin(const FunctionShape& shape, const Rank<kRanked>& rank, uint32_t local, uint8_t reg,
               bool saved);
  void prologue(const FunctionShape& shape, bool check);
  void receive_parameters(const FunctionShape& shape, const Rank<kRanked>& rank);
  void epilogue();
  void leave_frame();
  void write_stubs();
  void write_stub(const Stub& stub);
  void zero_locals(const FunctionFrame& frame);
  Mem incoming(uint32_t at) const;
  void patch_frame_later();
  void call_table(uint32_t index);

  // calls.cpp
  void place_arguments(const wasm::FuncType& type, std::span<const Value> arguments);
  void transfer(std::span<Transfer> moves, bool floats);
  void save_pins();
  void reload_pins();
  void spill_others(std::span<const Value> kept);
  void to_function(uint32_t function, bool tail);
  void take_results(const wasm::FuncType& type, uint16_t slot, Value* result);
  void look_up(const Value& index, uint32_t table);
  static constexpr uint32_t kAnyType = 0xffff'ffff;
  void look_up_reference(const Value& callee);
  Stub check_callee(uint32_t type, Stub::Kind kind, bool checks_type);
  void call_r10(uint32_t type, uint16_t slot, std::span<const Value> arguments, Value* result,
                bool checks_type);
  void tail_call_r10(uint32_t type, std::span<const Value> arguments, bool checks_type);
  void pass_on_results(const wasm::FuncType& type);
  void call_import(uint32_t function, const wasm::FuncType& type);

  const wasm::Module& module_;
  CodeBuffer& code_;
  uint32_t* entries_;
  runtime::CodeOptions options_;
  x64::Encoder e_;
  x64::Features cpu_;
  Growing<Stub> stubs_;
  Growing<uint32_t> patches_;  ///< 32-bit fields that want the frame's size added
  uint32_t function_ = 0;
  uint32_t offset_ = 0;
  FunctionShape shape_;
  Pending pending_;
  Held held_[kHeld];
  uint32_t free_ = 0, free_floats_ = 0;      ///< registers that nobody owns
  uint32_t pool_ = 0, float_pool_ = 0;       ///< registers that values may own
  uint32_t locked_ = 0, locked_floats_ = 0;  ///< needed by the instruction that is being written
  Pin pins_[kPins];
  uint32_t pin_count_ = 0;
  uint16_t pin_slots_ = 0;
  uint8_t saved_[6] = {};  ///< callee-saved registers that the function uses
  uint32_t saved_count_ = 0;
  uint32_t outgoing_ = 0;  ///< bytes
  uint32_t entry_ = 0;
  uint32_t zero_field_ = 0;          ///< of the jump to code that clears locals, or 0
  uint32_t flags_at_ = 0xffff'ffff;  ///< the flags say whether flags_reg_ is zero, at this position
  uint8_t flags_reg_ = 0;
  bool flags_wide_ = false;
  bool catches_ = false;  ///< has a try_table: no registers of callers are used, no call is out of line
  bool calls_ = false;
  bool detached_ = false;
};

}  // namespace mote::compile
