// SPDX-License-Identifier: Apache-2.0
// Labels, branches, fuel and traps.
#include "compile/isa/x64/assembler.hpp"
#include "compile/isa/x64/opcodes.hpp"
#include "native/layout.hpp"

namespace mote::compile {

using namespace x64;

void X64Assembler::link(Label& label, uint32_t field) {
  code_.patch<uint32_t>(field, label.at);
  label.at = field;
}

void X64Assembler::bind(Label& label) {
  flush();
  const uint32_t here = e_.position();
  for (uint32_t at = label.at; at != Label::kNowhere && code_.ok();) {
    const auto next = code_.read<uint32_t>(at);
    e_.patch32(at, here);
    at = next;
  }
  label.at = here;
  label.bound = true;
  forget_flags();
}

void X64Assembler::jump_to(Label& label) {
  if (!label.bound) return link(label, e_.jump32());
  if (options_.fuel) charge();
  const int64_t distance = int64_t{label.at} - (int64_t{e_.position()} + 2);
  if (distance >= -128) {
    e_.byte(0xeb);
    e_.byte(static_cast<uint8_t>(distance));
  } else {
    const uint32_t field = e_.jump32();
    e_.patch32(field, label.at);
  }
}

void X64Assembler::jump_to(Label& label, Cc cc) {
  if (!label.bound) return link(label, e_.jump32(cc));
  if (options_.fuel) {
    const uint32_t stay = e_.jump8(inverse(cc));
    jump_to(label);
    return e_.here8(stay);
  }
  const int64_t distance = int64_t{label.at} - (int64_t{e_.position()} + 2);
  if (distance >= -128) {
    e_.byte(static_cast<uint8_t>(0x70 + static_cast<uint8_t>(cc)));
    e_.byte(static_cast<uint8_t>(distance));
  } else {
    const uint32_t field = e_.jump32(cc);
    e_.patch32(field, label.at);
  }
}

void X64Assembler::branch_if(Condition c, Label& label) {
  if (c.parity == Condition::Parity::AndNot) {
    const uint32_t unordered = e_.jump8(Cc::P);
    jump_to(label, c.cc);
    return e_.here8(unordered);
  }
  jump_to(label, c.cc);
  if (c.parity == Condition::Parity::Or) jump_to(label, Cc::P);
}

void X64Assembler::jump(Label& label) {
  flush();
  jump_to(label);
}

/// A unit of fuel; without any, out of line, the run is suspended.
void X64Assembler::charge() {
  e_.mov(true, kScratch, Mem{kInstance, kNoReg, 0, MOTE_INSTANCE_ACTIVE});
  e_.alu_immediate(5, false, Mem{kScratch, kNoReg, 0, MOTE_RUN_FUEL}, 1);
  Stub stub;
  stub.kind = Stub::Kind::Fuel;
  stub.from = e_.jump32(Cc::S);
  stub.back = e_.position();
  add_stub(stub);
}

void X64Assembler::branch(const Value& value, bool when, Label& label) {
  Condition c;
  bool negate = !when;
  if (is_pending(value) && pending_.child_at != 3 &&
      (is_comparison(pending_.node.op) || (pending_.node.op == Op::I32And && pending_.child_at == 0))) {
    e_.at(pending_.trap_offset());
    locked_ = locked_floats_ = 0;
    lock_operands(pending_.node);
    lock_operands(pending_.child);
    if (is_comparison(pending_.node.op)) {
      c = condition(pending_.node, true);
    } else {
      c = test_bits(pending_.node);
      negate = !negate;
    }
    finish(kScratch);
    held_[pending_.held].state = Held::State::Free;
    held_[pending_.held].owned = false;
    pending_.valid = false;
    e_.at(offset_);
  } else {
    flush();
    locked_ = locked_floats_ = 0;
    c = test_zero(false, value);
    negate = !negate;
    release(value);
  }
  locked_ = locked_floats_ = 0;
  branch_if(negate ? inverted(c) : c, label);
}

/// The table follows: displacements from behind each entry.
void X64Assembler::branch_table(const Value& index, uint32_t count) {
  flush();
  locked_ = 0;
  lock(kRcx);
  const uint8_t reg = in_register(index);
  if (reg != kRcx) evict(kRcx);
  e_.constant(kScratch, false, count);
  e_.alu(7, false, reg, kScratch);
  e_.op({0, 1, 0x42}, k32, kScratch, reg);  // cmovb: beyond the table it is the last entry
  // lea rcx, [rip + table]: the table begins behind the last of these instructions.
  const uint8_t lea[] = {0x48, 0x8d, 0x0d, 0, 0, 0, 0};
  e_.bytes(lea, sizeof(lea));
  const uint32_t field = e_.position() - 4;
  e_.lea(true, kRcx, {kRcx, kScratch, 2, 0});
  e_.op({0, 0, 0x63}, k64, kScratch, Mem{kRcx, kNoReg, 0, 0});  // movsxd
  e_.lea(true, kRcx, {kRcx, kScratch, 0, 4});
  e_.jump(kRcx);
  e_.patch32(field, e_.position());
  release(index);
  locked_ = 0;
}

void X64Assembler::table_entry(Label& label) {
  code_.u32(0);
  const uint32_t field = e_.position() - 4;
  if (!label.bound) return link(label, field);
  if (!options_.fuel) return e_.patch32(field, label.at);
  Stub stub;
  stub.kind = Stub::Kind::BackEntry;
  stub.from = field;
  stub.back = label.at;
  add_stub(stub);
}

void X64Assembler::add_stub(Stub stub) {
  stub.offset = e_.offset();
  if (!stubs_.push(stub)) code_.fail();
}

void X64Assembler::trap_if(Cc cc, Trap trap) {
  Stub stub;
  stub.kind = Stub::Kind::Trap;
  stub.trap = trap;
  stub.from = e_.jump32(cc);
  add_stub(stub);
}

void X64Assembler::trap(Trap kind) {
  flush();
  call_table(MOTE_TABLE_TRAP);
  e_.byte(static_cast<uint8_t>(kind));
}

}  // namespace mote::compile
