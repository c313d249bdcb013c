// SPDX-License-Identifier: Apache-2.0
// The compiler: one pass over a function's body that validates (core spec, appendix "Validation Algorithm"),
// tracks where each value is, and emits through an ISA. Nothing here knows which ISA.
#pragma once
#include "compile/isa.hpp"
#include "compile/tries.hpp"
#include "config/limits.hpp"
#include "config/tuning.hpp"
#include "runtime/aggregates.hpp"
#include "wasm/opcodes.hpp"
#include "wasm/reader.hpp"
#include "wasm/recursive_types.hpp"
#include "wasm/subtype.hpp"

namespace mote::compile {

template <Isa I>
class SinglePass {
 public:
  SinglePass(const wasm::Module& module, Pool& pool, I& isa, Error& error)
      : module_(module),
        pool_(pool),
        isa_(isa),
        error_(error),
        reader_(nullptr, nullptr, module.bytes.data(), error),
        values_(pool),
        controls_(pool),
        locals_(pool),
        tries_(pool) {}

  /// Compiles one body; false when `error` is set. `entry` receives the position of its code's entry.
  bool compile(uint32_t function, const wasm::Body& body, uint32_t& entry);

  /// True once any function has read, written, measured or grown a memory.
  bool touches_memory() const { return touches_memory_; }
  /// Where exceptions are caught, in all functions so far.
  const auto& handlers() const { return tries_.handlers; }

 private:
  using Op = wasm::Op;
  using ValType = wasm::ValType;

  /// The kind of ISA (isa.hpp), as far as it is known when this is compiled.
  static constexpr bool kMayKeep = I::kKeepsValues, kMayNotKeep = kOfEitherKind<I> || !I::kKeepsValues;
  bool keeps() const {
    if constexpr (kOfEitherKind<I>) return isa_.keeps_values();
    return I::kKeepsValues;
  }
  uint32_t most_values() const;

  // single_pass.inl: the walk over a body.
  bool attempt(uint32_t function, const wasm::Body& body, uint32_t& entry);
  bool read_locals(const wasm::FuncType& type);
  bool add_local(ValType type, bool parameter);
  void instruction();
  void dispatch(Op op, const wasm::OpcodeRow& row);
  bool dispatch_reference(Op op);
  void dispatch_operand(Op op, const wasm::OpcodeRow& row);
  void access(Op op, const wasm::OpcodeRow& row);
  void numeric(Op op, const wasm::OpcodeRow& row);
  void constant(ValType type, uint64_t value);
  FunctionFrame frame() const;
  void verify() const;

  // values.inl: the operand stack.
  bool live() const { return !controls_[controls_.size() - 1].dead; }
  void fail(Message message) { reader_.fail_at(message, at_); }
  void out_of_memory();
  void push(const Value& value);
  void push_type(ValType type) { push(in_home(type)); }
  Value in_home(ValType type);
  Value register_result(ValType type);
  Value pop(ValType expected);
  const Value& take();
  void expect(const Value& value, ValType type);
  Value pop_any();
  void mismatch();
  void spill();
  void to_home(uint32_t index);
  void flush(uint32_t count);
  void flush_all();
  void keep(Value& value);
  void drop(const Value& value);
  void drop_values(uint32_t height);
  void consume_values(uint32_t height);
  void need_slots(uint32_t slots);

  // variables.inl: locals and globals.
  void local_get();
  void local_set(bool tee);
  void note_read(uint32_t index);
  void note_write(uint32_t index);
  bool is_written(const Local& local) const;
  void preserve(uint32_t index, Value& value);
  void leave_local(uint32_t index);
  void release_local(const Value& value);
  void global_get();
  void global_set();
  uint32_t read_local();

  // control.inl: blocks and branches.
  bool block_type(Control& control);
  uint32_t param_count(const Control& c) const { return c.type ? c.type->param_count : 0; }
  uint32_t result_count(const Control& c) const {
    return c.type ? c.type->result_count : (c.result == wasm::kBottom ? 0 : 1);
  }
  uint32_t label_count(const Control& c) const {
    return c.kind == Control::Kind::Loop ? param_count(c) : result_count(c);
  }
  template <class Visit>
  void each_type(const Control& c, bool params, Visit visit);
  uint32_t check_types(const Control& c, bool params);
  void pop_types(const Control& c, bool params);
  void push_types(const Control& c, bool params);
  void push_control(const Control& control);
  void begin_block(Control::Kind kind);
  void begin_else();
  void end_block();
  void end_without_join();
  void end_function_block();
  bool needs_flush(uint32_t params);
  void retype(const Control& target);
  bool match_types(const uint8_t* types, const uint8_t* of, uint32_t count) const;
  bool is_function(uint32_t type) const;
  void set_unreachable();
  Control* label_target(uint32_t depth);
  void check_label(const Control& target);
  bool in_place(const Control& target);
  uint16_t result_home(const Control& target);
  void move_results(const Control& target);
  void emit_return(uint32_t count);
  void emit_return_in_frame(uint32_t count);
  void go(Control& target);
  void br();
  void br_if();
  void br_table();
  void table_stubs(const uint8_t* targets, uint32_t count);
  void return_();

  // calls.inl
  void call();
  void call_indirect();
  void return_call();
  void return_call_indirect();
  const wasm::FuncType* read_callee(uint32_t& function);
  const wasm::FuncType* read_indirect(uint32_t& type, uint32_t& table);
  struct Arguments {
    uint16_t base;                  ///< first slot of their homes
    std::span<const Value> values;  ///< for an ISA that keeps values: popped, valid until the next push
  };
  Arguments pop_arguments(const wasm::FuncType& type);
  void push_results(const wasm::FuncType& type);
  template <class Emit>
  void call_with(const wasm::FuncType& type, const Arguments& arguments, Emit emit);
  bool same_results(const wasm::FuncType& type);

  // memory.inl: memories, tables, references and the rest.
  MemArg read_memarg(const wasm::OpcodeRow& row);
  ValType memory_address(uint32_t memory) const { return module_.memories[memory].limits.address_type(); }
  ValType table_address(uint32_t table) const { return module_.tables[table].type.limits.address_type(); }
  /// A size that both kinds of addresses can say (core spec, 3.4.7).
  static ValType lesser(ValType a, ValType b) { return a == b ? a : ValType(wasm::kI32); }
  Value narrow(const Value& address, Trap outside);
  void load(Op op, const wasm::OpcodeRow& row);
  void store(Op op, const wasm::OpcodeRow& row);
  uint32_t read_memory();
  uint32_t read_table();
  uint32_t read_data();
  uint32_t read_element();
  void help(Op op, std::initializer_list<ValType> operands, ValType result, uint32_t a, uint32_t b);
  void help_by_row(Op op, const wasm::OpcodeRow& row, uint32_t a, uint32_t b, ValType address = wasm::kI32,
                   ValType element = wasm::kFuncRef);
  void atomic(Op op, const wasm::OpcodeRow& row);
  bool pop_for_help(Op op, const ValType* operands, uint32_t count, uint32_t a, uint32_t b);
  void bulk(Op op, const wasm::OpcodeRow& row);
  void copy(Op op, ValType a, ValType b, uint32_t to, uint32_t from);
  void table_op(Op op, const wasm::OpcodeRow& row);
  void select(bool typed);
  void reference(Op op);

  // references.inl: typed references.
  Value pop_reference();
  Value flushed_reference();
  const wasm::FuncType* read_call_ref(uint32_t& type);
  void call_ref();
  void return_call_ref();
  void ref_as_non_null();
  void check_null(const Value& value, Trap trap);
  void br_on_null();
  void br_on_non_null();
  void branch_on(const Value& condition, bool when, Control& target);

  // exceptions.inl
  void begin_guard(Control& control);
  void end_try();
  bool read_catches(Control& control);
  void check_catch(uint32_t kind, uint32_t tag, uint32_t depth);
  void landing_pads(const Control& done, uint32_t end);
  void landing_pad(const Control& done, uint32_t end, uint32_t kind, uint32_t tag, uint32_t depth);
  void push_payload(uint32_t kind, uint32_t tag);
  uint32_t here();
  void finish_handlers();
  void add_handler(const runtime::Handler& handler);
  void begin_hole();
  void end_hole();
  void throw_();
  void throw_ref();

  // continuations.inl
  const wasm::FuncType* function_of(uint32_t continuation);
  const wasm::FuncType* read_continuation(uint32_t& type);
  bool read_tag(uint32_t& tag);
  void flush_operands(uint32_t count);
  bool pop_prefix(const wasm::FuncType& type, uint32_t count);
  bool continues(const wasm::FuncType& type, uint32_t bound, const wasm::FuncType& as) const;
  void new_continuation();
  void bind_continuation();
  void suspend();
  void switch_();
  bool pop_resumed(Op op, uint32_t continuation, const wasm::FuncType& type, uint32_t& tag, uint32_t& slots);
  void resume(Op op);
  uint32_t read_clauses(const wasm::FuncType& type);
  void check_clause(uint32_t tag, uint32_t depth, const wasm::FuncType& resumed);
  void check_switch_clause(uint32_t tag, const wasm::FuncType& resumed);
  void take_clauses(const uint8_t* clauses, uint32_t begin, uint16_t outcome);
  void take_clause(uint32_t number, bool only, uint32_t tag, uint32_t depth, uint16_t outcome);
  bool continuation(Op op);

  // aggregates.inl: structures, arrays, casts.
  uint32_t read_type(wasm::TypeKind kind);
  wasm::Field read_field(uint32_t type, uint32_t& offset);
  wasm::Field element_of(uint32_t array) const;
  bool check_access(const wasm::Field& field, Op op, Op plain);
  void struct_op(Op op);
  void struct_new(uint32_t type);
  void array_op(Op op);
  void array_new_fixed(uint32_t type);
  void test_immediates(ValType type, uint32_t& index, uint32_t& code);
  bool castable(ValType type);
  void cast(Op op);
  void br_on_cast(bool on_failure);
  void arithmetic_with(Op op, ValType type, uint32_t number, ValType result_type);
  void i31(Op op);
  void ref_eq();
  void convert(Op op);
  void aggregate(Op op);

  // vector.inl
  void vector(Op op, const wasm::OpcodeRow& row);
  void vector_constant(const uint8_t* bytes);
  uint32_t read_lane(uint32_t lanes);
  void vector_access(Op op, const wasm::OpcodeRow& row);
  void shuffle();
  void select_vector(Value condition);

  const wasm::Module& module_;
  Pool& pool_;
  I& isa_;
  Error& error_;
  wasm::Reader reader_;
  Growing<Value> values_;
  Value none_;  ///< what an unreachable stack yields
  Growing<Control> controls_;
  Growing<Local> locals_;
  const wasm::FuncType* type_ = nullptr;  ///< of the function
  uint32_t function_ = 0;
  uint32_t at_ = 0;       ///< offset of the instruction
  uint32_t serial_ = 0;   ///< of the last control
  uint32_t flushed_ = 0;  ///< values below are in their homes or constant
  int32_t owner_ = -1;    ///< ISA with one register: index of the value in it, or -1
  uint16_t local_slots_ = 0;
  uint16_t top_home_ = 0;     ///< the home that the next value on the stack will have
  uint32_t frame_slots_ = 0;  ///< the most that was needed
  bool touches_memory_ = false;
  [[no_unique_address]] Tries<wasm::kExceptions && sizeof(I) != 0> tries_;
};

}  // namespace mote::compile
