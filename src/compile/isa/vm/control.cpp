// SPDX-License-Identifier: Apache-2.0
// Branches, calls, and a function's beginning and end.
#include <utility>

#include "compile/isa/vm/assembler.hpp"
#include "vm/helpers.hpp"

namespace mote::compile {

using vm::Kind;
using vm::Offset;

namespace {

/// Slots of the area's middle that every call leaves free: for the links that it or a host function may push.
/// See vm/frame.hpp.
constexpr uint32_t kFrameMargin = 12;

/// Bytes back that a call reaches for sure by displacement.
constexpr uint32_t kCallReach = 65000;

vm::Operation inverse_branch(vm::Operation op) {
  using enum vm::Operation;
  static constexpr vm::Operation kInverse[] = {BranchZero, BranchNonZero, BranchNe,  BranchEq,
                                               BranchGeS,  BranchGeU,     BranchLtS, BranchLtU};
  return kInverse[static_cast<unsigned>(op) - static_cast<unsigned>(BranchNonZero)];
}

}  // namespace

void VmAssembler::begin_function(const FunctionShape& shape) {
  shape_ = shape;
  entry_ = Label{};
  pending_ = begun_ = false;
  comparison_.valid = false;
  needs_wide_ = needs_far_ = false;
  scratch_ = shape.param_slots;
  forget();
  start_ = code_.position();
  // The frame's size, and room to clear locals: end_function() knows what is needed.
  code_.u16(0);
  // Zeros, so that code is the same whatever lay there before.
  for (uint32_t room = shape.local_slots > shape.param_slots ? (wide_ ? 3 : 2) : 0; room > 0; --room)
    code_.u16(0);
}

/// The header, and the instruction that clears locals, were left open at the start. Without the latter the
/// function begins behind its room, with the header in it.
uint32_t VmAssembler::end_function(const FunctionFrame& frame) {
  settle();
  flush();
  const bool room = shape_.local_slots > shape_.param_slots;
  const uint32_t zero_size = wide_ ? 6 : 4;
  uint32_t entry = start_ + 2;
  if (room && frame.zero_count == 0) {
    entry += zero_size;
  } else if (room && !wide_) {
    code_.patch<uint8_t>(
        entry, vm::token_of<vm::Other<Operation::Zero, Place::A, Place::N, Kind::Slot, Kind::Byte>>());
    code_.patch<uint8_t>(entry + 1, static_cast<uint8_t>(frame.zero_first));
    code_.patch<uint8_t>(entry + 2, static_cast<uint8_t>(frame.zero_count));
    if (frame.zero_first + frame.zero_count > 255) needs_wide_ = true;
  } else if (room) {
    code_.patch<uint8_t>(entry, vm::kExtend);
    code_.patch<uint8_t>(entry + 1, vm::extended_number(Operation::ZeroWide));
    code_.patch<uint16_t>(entry + 2, frame.zero_first);
    code_.patch<uint16_t>(entry + 4, frame.zero_count);
  }
  const uint32_t slots = frame.slots + kFrameMargin;
  code_.patch<uint16_t>(entry - 2, static_cast<uint16_t>(slots > 0xffff ? 0xffff : slots));
  // Calls of the function to itself.
  for (uint32_t position = entry_.at; position != Label::kNowhere;) {
    const uint16_t next = code_.read<uint16_t>(position);
    const int32_t displacement = (static_cast<int32_t>(entry) - static_cast<int32_t>(position)) / 2;
    code_.patch<int16_t>(position, static_cast<int16_t>(displacement));
    position = next == 0 ? Label::kNowhere : position - 2u * next;
  }
  return entry;
}

/// True when the function did not fit its encodings and must be compiled with longer ones.
bool VmAssembler::again() {
  const bool wider = (needs_wide_ && !wide_) || (needs_far_ && !far_);
  if (!wider) return false;
  wide_ = wide_ || needs_wide_;
  far_ = far_ || needs_far_;
  code_.rewind(start_);
  return true;
}

void VmAssembler::bind(Label& label) {
  settle();
  flush();
  forget();
  uint32_t position = label.at;
  const uint32_t here = code_.position();
  while (position != Label::kNowhere) {
    const uint32_t distance = here - position;
    const uint32_t next = far_ ? code_.read<uint32_t>(position) : 2u * code_.read<uint16_t>(position);
    if (far_) {
      code_.patch<uint32_t>(position, distance);
    } else {
      if (distance / 2 > 32767) needs_far_ = true;
      code_.patch<int16_t>(position, static_cast<int16_t>(distance / 2));
    }
    position = next == 0 ? Label::kNowhere : position - next;
    if (!code_.ok()) break;
  }
  label.bound = true;
  label.at = here;
}

void VmAssembler::jump(Label& label) {
  settle();
  branch_on(Operation::Jump, nullptr, nullptr, label);
}

void VmAssembler::branch_on(Operation op, const Value* x, const Value* y, Label& label) {
  if (far_) {
    if (op != Operation::Jump) return branch_over_jump(op, x, y, label);
    Instruction& jump = begin_extended(Operation::JumpFar, nullptr);
    jump.word(0);
    jump.label = &label;
    return flush();
  }
  const Rows rows = label.bound ? Rows::Back : Rows::Forward;
  // eq and ne in either order: the one in the accumulator comes first.
  if (y != nullptr && op <= Operation::BranchNe && in_accumulator(*y) && !in_accumulator(*x) &&
      !x->is_constant())
    std::swap(x, y);
  Instruction* next = begin_form(op, x, y, nullptr, Offset::None, 0, rows);
  if (next == nullptr) return branch_over_jump(op, x, y, label);
  next->half(0);
  next->label = &label;
  flush();
}

/// A branch that has no form of its own: the opposite one goes over a jump.
void VmAssembler::branch_over_jump(Operation op, const Value* x, const Value* y, Label& label) {
  Instruction* next = begin_form(inverse_branch(op), x, y, nullptr, Offset::None, 0, Rows::Forward);
  constexpr uint32_t kNear = 4, kFar = 6;  // bytes of the jump
  next->half((2 + (far_ ? kFar : kNear)) / 2);
  flush();
  branch_on(Operation::Jump, nullptr, nullptr, label);
}

void VmAssembler::branch_table(const Value& index, uint32_t count) {
  settle();
  if (far_) {
    const uint16_t slot = to_frame(index, 0);
    Instruction& table = begin_extended(Operation::BranchTableFar, nullptr);
    table.byte(slot);
    table.half(count);
    return flush();
  }
  begin_form(Operation::BranchTable, &index, nullptr, nullptr)->half(count);
  flush();
}

void VmAssembler::table_entry(Label& label) {
  const uint32_t position = code_.position();
  code_.append(far_ ? 4 : 2);
  link(label, position, far_);
}

VmAssembler::Instruction& VmAssembler::call_by_index(vm::Token token, uint32_t callee, uint16_t frame) {
  Instruction& call = begin(token, vm::kNoToken, nullptr);
  call.half(frame);
  call.half(callee);
  return call;
}

/// By displacement when the callee is compiled already and near, otherwise through the table of entries:
/// nothing is patched later, so that a function's code may leave for flash as soon as it is done.
void VmAssembler::call_defined(uint32_t function, uint16_t frame) {
  using vm::Other;
  const uint32_t index = function - module_.imported_functions;
  const bool self = function == function_;
  const uint32_t to = self ? start_ : function < function_ ? entries_[index] : 0;
  // A copy has no place of its own among the others: what counts is where the function lies.
  const uint32_t here = code_.position();
  const uint32_t distance =
      !detached_ || self ? here - to : entries_[function_ - module_.imported_functions] - to + here - start_;
  if (function > function_ || frame > 255 || distance > kCallReach) {
    call_by_index(vm::token_of<Other<Operation::CallEntry, Place::A, Place::N, Kind::Half, Kind::Half>>(),
                  index, frame);
    return;
  }
  Instruction& call =
      begin(vm::token_of<Other<Operation::Call, Place::A, Place::N, Kind::Slot, Kind::Displacement>>(),
            vm::kNoToken, nullptr);
  call.byte(frame);
  call.half(0);
  Label callee{detached_ ? here : to, true};
  call.label = self ? &entry_ : &callee;
  flush();
}

void VmAssembler::call(uint32_t function, uint16_t frame) {
  settle();
  if (function < module_.imported_functions) {
    call_by_index(
        vm::token_of<vm::Other<Operation::CallImport, Place::A, Place::N, Kind::Half, Kind::Half>>(),
        function, frame);
  } else {
    call_defined(function, frame);
  }
  flush();
  forget();
  // A single 32-bit result is in the accumulator as well as in its slot.
  if (module_.type_of(function).result_slots == 1) accumulator_ = frame;
}

void VmAssembler::call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t frame) {
  settle();
  const uint16_t slot = to_frame(index, 0);
  Instruction& call =
      begin(vm::token_of<
                vm::Other<Operation::CallIndirect, Place::A, Place::S, Kind::Half, Kind::Half, Kind::Half>>(),
            vm::kNoToken, nullptr);
  call.byte(slot);
  call.half(frame);
  call.half(type);
  call.half(table);
  flush();
  forget();
  if (module_.types[type].result_slots == 1) accumulator_ = frame;
}

void VmAssembler::tail_call(uint32_t function, uint16_t frame, uint32_t slots) {
  settle();
  const uint32_t imports = module_.imported_functions;
  const bool import = function < imports;
  Instruction& call = begin_extended(import ? Operation::TailCallImport : Operation::TailCallEntry, nullptr);
  call.half(frame);
  call.half(import ? function : function - imports);
  call.half(slots);
  flush();
}

void VmAssembler::tail_call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t frame,
                                     uint32_t slots) {
  settle();
  const uint16_t slot = to_frame(index, 0);
  Instruction& call = begin_extended(Operation::TailCallIndirect, nullptr);
  call.byte(slot);
  call.half(frame);
  call.half(type);
  call.half(table);
  call.half(slots);
  flush();
}

void VmAssembler::call_ref(const Value& callee, uint32_t type, uint16_t frame) {
  settle();
  const uint16_t slot = to_frame(callee, 0);
  Instruction& call = begin_extended(Operation::CallRef, nullptr);
  call.byte(slot);
  call.half(frame);
  flush();
  forget();
  if (module_.types[type].result_slots == 1) accumulator_ = frame;
}

void VmAssembler::tail_call_ref(const Value& callee, uint32_t, uint16_t frame, uint32_t slots) {
  settle();
  const uint16_t slot = to_frame(callee, 0);
  Instruction& call = begin_extended(Operation::TailCallRef, nullptr);
  call.byte(slot);
  call.half(frame);
  call.half(slots);
  flush();
}

void VmAssembler::ret() {
  settle();
  begin(vm::token_of<vm::Other<Operation::Return, Place::A, Place::N>>(), vm::kNoToken, nullptr);
  flush();
}

void VmAssembler::ret(const Value& value) {
  settle();
  const Operation op = value.slots() == 2 ? Operation::Return64 : Operation::Return32;
  begin_form(op, &value, nullptr, nullptr);
  flush();
}

void VmAssembler::trap(Trap kind) {
  settle();
  begin_extended(Operation::Raise, nullptr).byte(static_cast<uint32_t>(kind));
  flush();
}

void VmAssembler::helper(wasm::Op op, uint16_t slot, uint32_t a, uint32_t b) {
  settle();
  const vm::HelperNumber which = vm::helper_of(op);
  const bool wide = vm::kManyHelpers && which >> 8 != 0;
  Instruction& call = begin_extended(wide ? Operation::HelperWide : Operation::Helper, nullptr);
  if (wide) {
    call.half(which);
  } else {
    call.byte(which);
  }
  call.half(slot);
  call.half(a);
  call.word(b);
  flush();
  forget();
}

void VmAssembler::move_slots(uint16_t from, uint16_t to, uint32_t count) {
  settle();
  move_far(from, to, count);
}

}  // namespace mote::compile
