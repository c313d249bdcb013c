// SPDX-License-Identifier: Apache-2.0
// The walk over a function's body.
#include "compile/single_pass.hpp"
// The parts of the class, by subject.
#include "compile/values.inl"

#include "compile/variables.inl"

#include "compile/aggregates.inl"
#include "compile/calls.inl"
#include "compile/continuations.inl"
#include "compile/control.inl"
#include "compile/exceptions.inl"
#include "compile/memory.inl"
#include "compile/references.inl"
#include "compile/vector.inl"
#include "compile/verify.inl"

namespace mote::compile {

template <Isa I>
bool SinglePass<I>::compile(uint32_t function, const wasm::Body& body, uint32_t& entry) {
  if constexpr (wasm::kExceptions) tries_.first = tries_.handlers.size();
  do {
    if (!attempt(function, body, entry)) return false;
  } while (isa_.again());
  return true;
}

template <Isa I>
bool SinglePass<I>::attempt(uint32_t function, const wasm::Body& body, uint32_t& entry) {
  reader_ = wasm::Reader(body.begin, body.end, body.base, error_);
  function_ = function;
  type_ = &module_.type_of(function);
  values_.truncate(0);
  controls_.truncate(0);
  locals_.truncate(0);
  serial_ = flushed_ = frame_slots_ = 0;
  local_slots_ = 0;
  owner_ = -1;
  if constexpr (wasm::kExceptions) {
    tries_.handlers.truncate(tries_.first);
    tries_.open = 0;
  }

  if (read_locals(*type_)) {
    top_home_ = local_slots_;
    Control body_control;
    body_control.kind = Control::Kind::Function;
    body_control.type = type_;
    push_control(body_control);
    FunctionShape shape;
    shape.param_slots = type_->param_slots;
    shape.local_slots = local_slots_;
    shape.body_bytes = static_cast<uint32_t>(body.end - body.begin);
    shape.type = type_;
    shape.locals = {locals_.data(), locals_.size()};
    shape.code = reader_.position();
    shape.code_end = body.end;
    isa_.begin_function(shape);
    while (reader_.ok() && !controls_.empty()) instruction();
    if (reader_.ok() && !reader_.at_end()) reader_.fail("END opcode expected");
  }
  if (!reader_.ok()) {
    error_.function = function;
    return false;
  }
  entry = isa_.end_function(frame());
  if constexpr (requires { isa_.why_refused(); }) {
    if (const Message why = isa_.why_refused()) {
      reader_.fail_at(why, at_);
      error_.function = function;
    }
  }
  if constexpr (wasm::kExceptions) finish_handlers();
  return reader_.ok();
}

template <Isa I>
FunctionFrame SinglePass<I>::frame() const {
  FunctionFrame frame;
  uint32_t first = ~0u, last = 0;
  for (uint32_t i = 0; i < locals_.size(); ++i) {
    const Local& local = locals_[i];
    if (!local.needs_zero) continue;
    if (local.slot < first) first = local.slot;
    last = local.slot + wasm::slots_of(local.type);
  }
  if (last > 0) {
    frame.zero_first = static_cast<uint16_t>(first);
    frame.zero_count = static_cast<uint16_t>(last - first);
  }
  frame.slots = frame_slots_ > local_slots_ ? frame_slots_ : local_slots_;
  if (type_->result_slots > frame.slots) frame.slots = type_->result_slots;
  return frame;
}

template <Isa I>
bool SinglePass<I>::add_local(ValType type, bool parameter) {
  if (local_slots_ + wasm::slots_of(type) > limits::kFrameSlots - 300) {
    reader_.fail_at("too many locals in the function", at_);
    return false;
  }
  Local local;
  local.type = type;
  local.slot = local_slots_;
  local.parameter = parameter;
  local_slots_ = static_cast<uint16_t>(local_slots_ + wasm::slots_of(type));
  if (locals_.push(local)) return true;
  out_of_memory();
  return false;
}

/// Parameters, then the body's vector of locals (core spec, 5.5.13). Counts are summed before anything is
/// allocated.
template <Isa I>
bool SinglePass<I>::read_locals(const wasm::FuncType& type) {
  at_ = reader_.offset();
  const uint8_t* at = type.params;
  for (uint32_t i = 0; i < type.param_count; ++i) {
    if (!add_local(wasm::next_type(at), true)) return false;
  }
  local_slots_ = static_cast<uint16_t>(local_slots_ + isa_.scratch_slots());
  uint64_t total = type.param_count;
  for (uint32_t groups = reader_.u32(); groups > 0 && reader_.ok(); --groups) {
    at_ = reader_.offset();
    const uint32_t count = reader_.u32();
    const ValType local = wasm::value_type(reader_, reader_.u8(), module_.types.count);
    total += count;
    if (total > 0xffff'ffff) reader_.fail_at("too many locals", at_);
    for (uint32_t i = 0; i < count && total <= limits::kLocals && reader_.ok(); ++i) {
      if (!add_local(local, false)) return false;
    }
  }
  if (reader_.ok() && total > limits::kLocals) reader_.fail_at("too many locals in the function", at_);
  return reader_.ok();
}

template <Isa I>
void SinglePass<I>::instruction() {
  at_ = reader_.offset();
  if constexpr (config::kCheckCompiler) verify();
  isa_.at(at_);
  Op op;
  const wasm::OpcodeRow row = wasm::read_opcode(reader_, op);
  if (!reader_.ok()) return;
  // The greater part first.
  if (op >= Op::I32Eqz && op <= Op::I64Extend32S) return numeric(op, row);
  if (op >= Op::I32Load && op <= Op::I64Store32) return access(op, row);
  dispatch(op, row);
}

template <Isa I>
void SinglePass<I>::dispatch(Op op, const wasm::OpcodeRow& row) {
  switch (op) {
    case Op::Unreachable:
      if (live()) isa_.trap(Trap::Unreachable);
      return set_unreachable();
    case Op::Nop:
      return;
    case Op::Block:
      return begin_block(Control::Kind::Block);
    case Op::Loop:
      return begin_block(Control::Kind::Loop);
    case Op::If:
      return begin_block(Control::Kind::If);
    case Op::Else:
      return begin_else();
    case Op::End:
      return end_block();
    case Op::Br:
      return br();
    case Op::BrIf:
      return br_if();
    case Op::BrTable:
      return br_table();
    case Op::Return:
      return return_();
    case Op::Call:
      return call();
    case Op::CallIndirect:
      return call_indirect();
    case Op::ReturnCall:
      if constexpr (enabled(Proposal::TailCall)) return_call();
      return;
    case Op::ReturnCallIndirect:
      if constexpr (enabled(Proposal::TailCall)) return_call_indirect();
      return;
    case Op::Drop:
      return drop(pop_any());
    case Op::Select:
      return select(false);
    case Op::SelectTyped:
      if constexpr (enabled(Proposal::ReferenceTypes)) select(true);
      return;
    case Op::LocalGet:
      return local_get();
    case Op::LocalSet:
      return local_set(false);
    case Op::LocalTee:
      return local_set(true);
    case Op::GlobalGet:
      return global_get();
    case Op::GlobalSet:
      return global_set();
    default:
      return dispatch_operand(op, row);
  }
}

/// Instructions that do not concern control or variables: constants, memories, tables, references, numbers.
template <Isa I>
void SinglePass<I>::dispatch_operand(Op op, const wasm::OpcodeRow& row) {
  switch (op) {
    case Op::I32Const:
      return constant(wasm::kI32, static_cast<uint32_t>(reader_.s32()));
    case Op::I64Const:
      return constant(wasm::kI64, static_cast<uint64_t>(reader_.s64()));
    case Op::F32Const:
      return constant(wasm::kF32, reader_.fixed32());
    case Op::F64Const:
      return constant(wasm::kF64, reader_.fixed64());
    case Op::RefNull:
    case Op::RefIsNull:
    case Op::RefFunc:
      if constexpr (enabled(Proposal::ReferenceTypes)) reference(op);
      return;
    case Op::MemorySize:
    case Op::MemoryGrow:
    case Op::MemoryInit:
    case Op::DataDrop:
    case Op::MemoryCopy:
    case Op::MemoryFill:
      return bulk(op, row);
    case Op::TableGet:
    case Op::TableSet:
    case Op::TableSize:
    case Op::TableGrow:
    case Op::TableFill:
    case Op::TableInit:
    case Op::TableCopy:
    case Op::ElemDrop:
      return table_op(op, row);
    default:
      break;
  }
  if constexpr (wasm::kExceptions) {
    if (op == Op::TryTable) return begin_block(Control::Kind::Try);
    if (op == Op::Throw) return throw_();
    if (op == Op::ThrowRef) return throw_ref();
  }
  if constexpr (wasm::kTypedReferences) {
    if (dispatch_reference(op)) return;
  }
  if constexpr (enabled(Proposal::Simd)) {
    if (wasm::prefix_of(op) == 0xfd) return vector(op, row);
  }
  if constexpr (enabled(Proposal::Threads)) {
    if (wasm::prefix_of(op) == 0xfe) return atomic(op, row);
  }
  if constexpr (enabled(Proposal::WideArithmetic)) {
    if (row.result_count() > 1) return help_by_row(op, row, 0, 0);
  }
  if (row.immediate == wasm::Immediate::MemArg) return access(op, row);
  numeric(op, row);
}

/// Typed references, structures and arrays. False: another instruction.
template <Isa I>
bool SinglePass<I>::dispatch_reference(Op op) {
  switch (op) {
    case Op::CallRef:
      return call_ref(), true;
    case Op::ReturnCallRef:
      return return_call_ref(), true;
    case Op::BrOnNull:
      return br_on_null(), true;
    case Op::BrOnNonNull:
      return br_on_non_null(), true;
    case Op::RefAsNonNull:
      return ref_as_non_null(), true;
    case Op::BrOnCast:
    case Op::BrOnCastFail:
      return br_on_cast(op == Op::BrOnCastFail), true;
    default:
      break;
  }
  if constexpr (enabled(Proposal::StackSwitching)) {
    if (op >= Op::ContNew && op <= Op::Switch) return continuation(op), true;
  }
  if constexpr (enabled(Proposal::Gc)) {
    if (op == Op::RefEq || wasm::prefix_of(op) == 0xfb) return aggregate(op), true;
  }
  return false;
}

template <Isa I>
void SinglePass<I>::access(Op op, const wasm::OpcodeRow& row) {
  row.result_count() == 0 ? store(op, row) : load(op, row);
}

template <Isa I>
void SinglePass<I>::constant(ValType type, uint64_t value) {
  Value constant = in_home(type);
  constant.kind = Value::Kind::Constant;
  constant.constant = value;
  push(constant);
}

/// The default: operands and result as the row's signature says.
template <Isa I>
void SinglePass<I>::numeric(Op op, const wasm::OpcodeRow& row) {
  const uint32_t count = row.param_count();
  for (uint32_t i = count; i-- > 0;) expect(take(), row.param(i));
  if (!reader_.ok()) return;
  const Value* operands = values_.end();  // where code is live, they are all there
  spill();
  Value result = register_result(row.result());
  if (live()) isa_.operate(op, result, std::span<const Value>(operands, count));
  push(result);
}

}  // namespace mote::compile
