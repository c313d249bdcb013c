// SPDX-License-Identifier: Apache-2.0
// The ISA of Cortex-M: Thumb-2 code for Armv7-M and later. Values are held as nodes (node.hpp); an operation
// is emitted when it is known who consumes it, so that shifts, comparisons and additions become operands, and
// results go straight into the registers of locals.
//
//   r0-r3, lr  temporaries, arguments, results      r4-r9  pinned locals, values that outlive calls
//   r10        the instance      r11  memory 0      r12    scratch within one instruction
//
// SPEC.md, "Native code", has the convention of calls and frames.
#pragma once
#include <span>

#include "compile/code_buffer.hpp"
#include "compile/growing.hpp"
#include "compile/isa.hpp"
#include "compile/isa/thumb2/fact.hpp"
#include "compile/isa/thumb2/features.hpp"
#include "compile/isa/thumb2/node.hpp"
#include "compile/rank.hpp"
#include "compile/unmade.hpp"
#include "config/tuning.hpp"
#include "native/thumb2.hpp"
#include "runtime/instance.hpp"

namespace mote::compile {

class Thumb2Assembler {
 public:
  static constexpr bool kKeepsValues = true;
  static constexpr uint32_t kMostValues = 24;
  static constexpr bool kLeaves = true;

  /// With CodeOptions::leaves, code begins with a branch to each function: what calls of functions that are
  /// still to come go to.
  static uint32_t reserved_bytes(uint32_t functions) { return 4 * functions; }
  static void write_reserved(const uint32_t* entries, uint32_t at, uint8_t* to, uint32_t bytes);
  static uint32_t frame_bytes(const uint8_t* entry) {
    uint32_t bytes = 0;
    std::memcpy(&bytes, entry - 4, 4);
    return (bytes & ~1u) + 4;
  }

  /// `entries` receives each function's entry; until then it heads the chain of calls to it, from zero.
  Thumb2Assembler(const wasm::Module& module, CodeBuffer& code, uint32_t* entries,
                  const runtime::CodeOptions& options)
      : module_(module),
        buffer_(code),
        a_(code),
        entries_(entries),
        options_(options),
        places_(code.pool()),
        stubs_(code.pool()),
        calls_(code.pool()) {}

  void select_function(uint32_t function) { function_ = function; }
  uint32_t scratch_slots() const { return 0; }
  void begin_function(const FunctionShape& shape);
  uint32_t end_function(const FunctionFrame& frame);
  bool again() { return false; }
  void at(uint32_t offset) {
    offset_ = offset;
    mark(offset);
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
  void call(uint32_t function, uint16_t frame, std::span<const Value> arguments, Value* result);
  void call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t frame,
                     std::span<const Value> arguments, Value* result);
  void tail_call(uint32_t function, uint16_t frame, std::span<const Value> arguments);
  void tail_call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t frame,
                          std::span<const Value> arguments);
  void call_ref(const Value& callee, uint32_t type, uint16_t frame, std::span<const Value> arguments,
                Value* result);
  void tail_call_ref(const Value& callee, uint32_t type, uint16_t frame, std::span<const Value> arguments);
  uint32_t frame_place(uint16_t slot) const { return frame_offset(slot); }
  uint32_t moved() const { return moved_; }
  void ret(std::span<const Value> values);
  void trap(Trap kind);
  void helper(wasm::Op op, uint16_t slot, uint32_t a, uint32_t b);

  /// That the code so far makes use of, in the bits of features.hpp.
  uint32_t features() const { return features_; }
  /// Why the function that was ended cannot be compiled, or nullptr.
  Message why_refused() const { return refusal_; }
  void verify(std::span<const Value> values) const;

  void watch(uint32_t position) { watched_ = position + moved_; }
  void detach() { detached_ = true; }
  uint32_t watched_offset() const { return watched_offset_; }
  void note_in(const Notes& notes) { notes_ = notes; }

 private:
  using Reg = thumb2::Reg;
  using RegSet = thumb2::RegSet;
  using Word = thumb2::Word;
  using Node = thumb2::Node;
  using Alu = thumb2::Alu;
  using Wide = thumb2::Wide;
  using Cond = thumb2::Cond;
  using Shift = thumb2::Shift;
  using Dp = thumb2::Dp;
  using Access = thumb2::Access;
  using Fact = thumb2::Fact;
  using Group = thumb2::Group;
  static constexpr uint32_t kNodes = 32;
  static constexpr uint8_t kFree = 0xff, kInFlight = 0xfe;
  static constexpr uint32_t kNowhere = 0xffff'ffff;

  struct Pair {
    Word lo, hi;
  };
  /// Code out of line: the exact check of an access that its short check did not let pass; what to do without
  /// fuel; a way back to a loop that must be charged; a trap.
  struct Stub {
    enum class Kind : uint8_t { Check, Member, Fuel, Back, Trap };
    uint32_t branch;  ///< position of the conditional branch to it
    uint32_t back;    ///< where it returns
    uint32_t reach;   ///< offset and width of the access; Trap: which one
    uint32_t offset;  ///< of the Wasm instruction
    Reg address;
    Kind kind = Kind::Check;
    uint8_t shift = 0;  ///< Check: of (address << shift) + constant; Trap: the branch's condition
    uint16_t next = 0;  ///< Check: the stub, plus 1, of the next access that the short check serves
    uint32_t constant = 0;
  };
  struct Place {
    Reg base = thumb2::kNoReg, index = thumb2::kNoReg;
    uint32_t offset = 0;
    uint8_t shift = 0;           ///< of the index
    bool fenced = false;         ///< the MPU checks it: by an unprivileged access, offset at most 255
    Reg local = thumb2::kNoReg;  ///< fenced: what the access proves, see Fact
    uint32_t constant = 0, reach = 0;
  };
  /// What an access needs of its place.
  struct Reach {
    uint32_t bytes;
    bool pair;    ///< the next word too
    bool writes;  ///< and nothing if it traps
  };
  /// An address as instructions take it apart: (reg << shift) + constant. Without a register it must be
  /// computed.
  struct Parts {
    Reg reg = thumb2::kNoReg;
    uint8_t shift = 0;
    uint32_t constant = 0;
    uint32_t most = ~0u;  ///< of the sum, which does not wrap if this is known
  };

  // values.cpp: registers, words, nodes.
  bool is_temporary(Reg r) const { return (temporaries_ >> r & 1) != 0; }
  Reg allocate();
  void evict();
  void release(Reg r);
  void release(const Word& w);
  void own(Node& n, uint8_t id);
  void make(Value& result, const Node& n);
  void make_plain(Value& result, Reg lo, Reg hi = thumb2::kNoReg);
  void make_below(Value& result, Reg r, uint32_t most);
  uint32_t most_of(const Value& value) const;
  uint32_t most_of(Alu op, const Value& x, const Value& y) const;
  Node& node(const Value& value) { return nodes_[value.reg]; }
  Node& make_room(Value& result);
  const Node& unmake(const Value& value);
  const Node* lazy(const Value& value) const;
  void materialise(uint8_t id);
  void to_home(uint8_t id);
  Word local_word(uint16_t slot) const;
  Word word(const Value& value, uint32_t half) const;
  Word take(const Value& value);
  Pair take_pair(const Value& value);
  Reg take_register(const Value& value);
  Reg in_register(const Word& w);
  Reg own_register(const Word& w);
  Word fetched(Word w);
  bool same_contents(Reg r, const Word& w) const;
  Reg find_contents(const Word& w) const;
  void note_contents(Reg r, const Word& w);
  void forget_slot(uint16_t slot);
  Reg constant_register(uint32_t constant);
  void before_write(Reg pinned, const Parts& value);
  void settle_all(RegSet registers);
  void clear_registers(RegSet registers);
  uint32_t frame_offset(uint16_t slot) const;
  void load_slot(Reg rd, uint16_t slot);
  void store_slot(Reg rs, uint16_t slot);
  void store_word(const Word& w, uint16_t slot);
  void to_reg(Reg rd, const Word& w);
  void scratch() { a_.lose(thumb2::set_of(thumb2::kScratch)); }

  // single.cpp: values in s-registers.
  bool singles() const {
    if constexpr (config::kOneCpu) return config::kFloat32Unit;
    return (options_.features & thumb2::kFloat32) != 0;
  }
  bool doubles() const {
    if constexpr (config::kOneCpu) return config::kFloat64Unit;
    return (options_.features & thumb2::kFloat64) != 0;
  }
  bool is_pinned_single(Reg s) const { return (pinned_singles_ >> s & 1) != 0; }
  Reg allocate_single();
  void evict_single();
  void release_single(Reg s);
  void make_single(Value& result, Reg s);
  Reg take_single(const Value& value);
  bool in_single(const Value& value) const;
  void load_single(Reg s, const Word& w);
  void store_single(Reg s, uint16_t slot);
  void move_single(uint16_t slot, const Value& value);
  void before_write_single(Reg pinned);
  void clear_singles();
  void wrote_single(Reg s);
  Reg result_single(Reg x, Reg y);
  void select_single(Value& result, const Value& first, const Value& second, const Value& condition);

  // double.cpp
  bool operate_double(wasm::Op op, Value& result, std::span<const Value> operands);
  bool convert_double(wasm::Op op, Value& result, const Value& operand);
  void double_compare(wasm::Op op, Value& result, std::span<const Value> operands);
  void double_unary(thumb2::Encoder::VfpDouble op, Value& result, const Value& operand);
  void select_double(Value& result, const Value& first, const Value& second, const Value& condition);
  Reg allocate_double();
  bool is_free_double(Reg d) const;
  void own_double(Reg d, uint8_t owner);
  void wrote_double(Reg d);
  void release_double(Reg d);
  void make_double(Value& result, Reg d, bool made);
  bool load_double(Reg d, const Word& lo, const Word& hi);
  Reg take_double(const Value& value);
  void store_double(Reg d, uint16_t slot);
  void move_double(uint16_t slot, const Value& value);
  void save_double(uint8_t id);
  void double_to_home(Node& n);
  void hold_double(Value& value, Reg pinned);
  Reg result_double(Reg x, Reg y);
  Pair from_double(Reg d);

  // emit.cpp: nodes to instructions.
  void emit(const Node& n, Reg rd);
  void emit_shift_in(const Node& n, Reg rd);
  void emit_wide(const Node& n, Reg lo, Reg hi);
  void emit_wide_shift(const Node& n, Reg lo, Reg hi);
  bool emit_dp(Dp op, Reg rd, const Word& x, const Word& y, Shift shift, uint8_t amount, bool flags);
  Reg operand(const Word& w);
  Cond emit_compare(const Node& n);
  Cond emit_compare_wide(const Node& n);
  void emit_flag(const Node& n, Reg rd);

  // integer.cpp, wide.cpp, floating.cpp: numeric instructions.
  bool is_shifted(const Value& value) const;
  void binary(Alu op, Value& result, const Value& first, const Value& second);
  bool multiply_add(Alu op, Value& result, const Value& x, const Value& y);
  bool bit_field(Value& result, const Value& x, uint32_t mask);
  void shift(Shift kind, Value& result, const Value& x, const Value& y);
  bool shift_of_shift(Shift kind, Value& result, const Value& x, uint32_t amount);
  void rotate_left(Value& result, const Value& x, const Value& y);
  void compare(Cond cond, Value& result, const Value& first, const Value& second);
  void equals_zero(Value& result, const Value& x);
  void divide(wasm::Op op, Value& result, const Value& x, const Value& y);
  void unary(wasm::Op op, Value& result, const Value& x);
  void extend(Value& result, const Value& x, uint32_t width);
  void popcount(Value& result, const Value& x);
  void operate_i32(wasm::Op op, Value& result, std::span<const Value> operands);
  void operate_i64(wasm::Op op, Value& result, std::span<const Value> operands);
  void operate_float(wasm::Op op, Value& result, std::span<const Value> operands);
  void wide_binary(Wide op, Value& result, const Value& x, const Value& y);
  void wide_multiply(Value& result, const Value& x, const Value& y);
  void wide_shift(wasm::Op op, Value& result, const Value& x, const Value& y);
  void wide_shift_in(wasm::Op op, Value& result, const Value& x, const Value& y);
  void wide_compare(Cond cond, Value& result, const Value& x, const Value& y);
  void wide_count(wasm::Op op, Value& result, const Value& x);
  void wide_extend(Value& result, const Value& x, uint32_t width, bool is_signed);
  void extend_word(Value& result, const Word& w, uint32_t width, bool is_signed);
  void wrap(Value& result, const Value& x);
  void library(native::Routine routine, Value& result, std::span<const Value> operands);
  void reinterpret(Value& result, const Value& x);
  void sign(wasm::Op op, Value& result, const Value& x);
  void single_arithmetic(wasm::Op op, Value& result, std::span<const Value> operands);
  void single_unary(wasm::Op op, Value& result, const Value& operand);
  void single_from_integer(wasm::Op op, Value& result, const Value& operand);
  void single_to_integer(wasm::Op op, Value& result, const Value& operand);
  void single_compare(wasm::Op op, Value& result, std::span<const Value> operands);
  void copy_sign(Value& result, const Value& x, const Value& y);
  void numeric_helper(wasm::Op op, Value& result, std::span<const Value> operands);

  // memory.cpp
  Parts parts(const Value& value) const;
  void consume(const Value& value);
  Place placed(const Parts& p, uint32_t offset, bool pair);
  Place check_parts(const Value& value, const Parts& p, uint32_t offset, uint32_t reach, uint64_t minimum,
                    bool pair);
  Reg base_register(Reg local, uint32_t constant);
  Reg room_for_base();
  void reserve(uint32_t registers);
  uint32_t free_registers() const;
  Place address(const Value& value, const MemArg& arg, const Reach& access);
  Place constant_address(uint32_t address, bool pair);
  void add_to(Reg r, uint32_t constant);
  void release(const Place& p);
  Place based(Reg local, uint32_t offset, bool pair);
  Place global_place(const wasm::Global& global, uint32_t index);

  // memory_mpu.cpp
  bool fences() const { return options_.bounds == runtime::Bounds::Mpu; }
  Place fenced(const Value& value, const Parts& p, uint32_t offset, const Reach& access);
  Place fenced_at(Reg local, uint32_t distance, uint32_t most);
  Reg memory_plus(const Value& value, const Parts& p, uint32_t& distance, uint32_t most);
  bool begins_inside(Reg local, uint32_t constant) const;
  void prove(const Place& p);

  // checks.cpp
  /// Constants below this are offsets in what a pointer points to, and the pointer is compared; above, they
  /// are the places of arrays, which compilers also count up to from below zero: there the sum is compared.
  static constexpr uint32_t kNear = 1024, kAligned = 16;
  void check(const Parts& p, Reg u, uint32_t reach, uint64_t minimum, uint32_t ahead = 0);
  bool proven(Reg local, uint32_t constant, uint32_t reach) const;
  bool widened(Reg local, uint32_t constant, uint32_t reach);
  void learn(Reg local, uint32_t constant, uint32_t reach);
  void become(Reg local, const Parts& value);
  void forget();
  void forget_since(uint32_t position);
  void end_line() {
    groups_used_ = 0;
    line_ = a_.position();
  }
  void access_load(Access a, Reg rt, const Place& p, uint32_t more);
  void access_store(Access a, Reg rt, const Place& p, uint32_t more);
  void exact_check(uint32_t reach);
  void emit_stubs();

  // control.cpp, calls.cpp
  void branch_to(Cond c, Label& label);
  void trap_if(Cond c, Trap kind);
  void charge();
  void emit_check_stub(const Stub& stub, uint32_t& common);
  void emit_trap(Trap kind, uint32_t& common);
  void exact_address(const Stub& access);
  void emit_fuel_stub(const Stub& stub);
  void load_trap(Trap kind);
  void call_routine(native::Routine routine);
  void call_out(uint32_t entry, uint32_t which, uint16_t slot, uint32_t a, uint32_t b);
  void land(Label& label);
  Value in_temporary(const Value& value);
  /// Code from here on comes from `offset`.
  void mark(uint32_t offset) {
    if (watched_ != kNowhere && watched_offset_ == kNowhere && buffer_.position() > watched_)
      watched_offset_ = offset_at_;
    offset_at_ = offset;
    notes_.add(buffer_.position(), offset);
  }
  void pass(std::span<const Value> arguments, uint16_t frame);
  void pass_in_frame(std::span<const Value> arguments, uint16_t frame);
  void take_results(Value* result);
  void branch_link(uint32_t function);
  void call_table(uint32_t entry);
  void after_call();
  void clear_for_call(std::span<const Value> arguments);
  struct Passed;
  void move_all(Passed* moves, uint32_t count);
  void replace_reads(Passed* moves, uint32_t count, Reg from);
  void point_to(const wasm::FuncType& type, uint16_t frame);
  void load_imported(Reg rd, uint32_t function);
  void load_table(Reg rd, uint32_t table);
  Word unmake_kept(const Value& value);
  void look_up(const Value& index, uint32_t type_index, uint32_t table, Label& other);
  void look_up_reference(const Value& callee, Label& other);
  void entry_of_own(Label& other);
  bool pass_around(const wasm::FuncType& type, uint16_t frame, std::span<const Value> arguments);
  /// How a callee is found: in a table, or by its reference.
  struct Callee {
    const Value& value;
    uint32_t type;
    uint32_t table = kNowhere;  ///< kNowhere: `value` is a reference
  };
  void call_found(const Callee& callee, uint16_t frame, std::span<const Value> arguments, Value* result);
  void tail_call_found(const Callee& callee, uint16_t frame, std::span<const Value> arguments);
  void find(const Callee& callee, const Value& kept, Label& other);
  void call_other(const Callee& callee, uint16_t frame, bool in_registers);
  void return_results(const wasm::FuncType& type, uint16_t frame, const Value& result);
  void return_slots(uint16_t frame, uint32_t count);
  Cond flags_for(const Value& condition);
  Value comparison(const Value& condition);
  void select_word(Value& result, const Value& first, const Value& second, const Value& condition);
  void emit_select(const Node& n, Reg rd);

  // function.cpp: pins, prologue, epilogue.
  void pin_locals(const FunctionShape& shape);
  void pin_singles(uint32_t* weight, uint32_t count, bool leaf);
  bool is_in_singles(wasm::ValType type) const {
    return type == wasm::kF32 || (doubles() && type == wasm::kF64);
  }
  void keep_parameters(uint32_t* weight);
  uint32_t prologue_room() const;
  void prologue(const FunctionFrame& frame, uint32_t bytes, RegSet saved);
  bool is_double_parameter(uint16_t slot) const;
  void receive_parameters();
  void clear_locals(const FunctionFrame& frame);
  void epilogue(uint32_t bytes, RegSet saved);
  uint32_t frame_bytes(const FunctionFrame& frame) const;
  void place_returns(uint32_t bytes, RegSet saved);
  void link_calls(uint32_t entry);
  uint32_t waiting(uint32_t index) const;

  const wasm::Module& module_;
  CodeBuffer& buffer_;
  thumb2::Encoder a_;
  uint32_t* entries_;
  runtime::CodeOptions options_;
  uint32_t function_ = 0, offset_ = 0;
  FunctionShape shape_;
  uint32_t start_ = 0;  ///< position where the room for the prologue begins
  uint32_t body_ = 0;   ///< and ends
  uint32_t moved_ = 0;  ///< how far the body moved down when the prologue turned out shorter
  Growing<uint16_t>
      places_;  ///< of each slot of a local: kPinned + register (+ kPinnedSingle), or its index in the frame
  Growing<Stub> stubs_;
  Growing<uint32_t> calls_;  ///< positions of calls to functions of the module
  Label returns_;
  Label overflow_;   ///< where the prologue's stack check goes
  Label tail_exit_;  ///< leaves the frame and goes where r12 points
  uint32_t overflow_branch_ = kNowhere;
  uint32_t linked_ = 0;  ///< functions whose entries are known
  static constexpr uint16_t kPinned = 0x8000, kPinnedSingle = 32;
  uint16_t frame_locals_ = 0;        ///< slots of locals that are not pinned
  mutable bool uses_frame_ = false;  ///< somebody has asked where a slot is
  RegSet pinned_ = 0;
  RegSet temporaries_ = 0;  ///< registers that are not pinned
  RegSet used_ = 0;         ///< callee-saved registers that are, or lr
  bool calls_out_ = false;
  bool indirect_results_ = false;  ///< several results: they go where the caller's r12 pointed
  Unmade<Node, kNodes> nodes_;
  uint32_t taken_ = 0;  ///< nodes that are not free
  uint8_t owner_[16];
  uint8_t single_owner_[32];
  uint32_t pinned_singles_ = 0;
  uint8_t singles_saved_ = 0;      ///< from s16 on
  uint32_t single_at_ = kNowhere;  ///< here single_of_ was written by the instruction before
  Reg single_of_ = thumb2::kNoReg;
  uint16_t single_constants_ = 0;  ///< s-registers that hold constants
  struct Known {
    uint32_t value, since;
  };
  Unmade<Known, 16> single_contents_;
  static constexpr uint32_t kFacts = 10, kGroups = 4;
  Unmade<Fact, kFacts> facts_;
  uint32_t facts_held_ = 0;  ///< a bit for each that is one
  uint8_t next_fact_ = 0;
  Unmade<Group, kGroups> groups_;
  uint32_t groups_used_ = 0;
  uint32_t line_ = 0;  ///< where code began that has one way in and out, and no effect that anyone sees
  Unmade<Known, 16> ranges_;      ///< of pinned locals: the most that they can be
  RegSet ranges_held_ = 0;        ///< those of which something is known
  uint32_t flags_at_ = kNowhere;  ///< here the flags tell whether flags_of_ is zero
  Reg flags_of_ = thumb2::kNoReg;
  uint32_t table_ = 0;  ///< position of the branch table being written
  struct {
    uint32_t position = kNowhere, start = 0;
    Access access = Access::Word;
    Place place;
    uint32_t more = 0;
    Reg rt = thumb2::kNoReg;
  } last_load_;  ///< may be given another register while nothing follows it
  static constexpr uint32_t kExact = 8;
  struct Exact {
    uint32_t reach, at;
  };
  Unmade<Exact, kExact> exact_;  ///< the function's routines for exact checks
  uint8_t next_exact_ = 0;
  struct Contents {
    Word word;
    uint32_t since;
  };
  Unmade<Contents, 16>
      contents_;  ///< of a register that the encoder keeps: a constant, a local in the frame, or an address
  uint32_t features_ = 0;
  bool detached_ = false;
  Message refusal_;
  uint32_t watched_ = kNowhere, watched_offset_ = kNowhere;
  [[no_unique_address]] Notes notes_;
  uint32_t offset_at_ = 0;
};

}  // namespace mote::compile
