// SPDX-License-Identifier: Apache-2.0
// From the held-back instruction to bytes: its token, joining with the one before, the layout of operands.
#include "compile/isa/vm/assembler.hpp"

namespace mote::compile {

using vm::form_of;
using vm::Kind;
using vm::Token;

namespace {

Token find(vm::Operation op, uint8_t form) {
  for (const vm::FormRow& row : vm::forms_of(op)) {
    if (row.form == form) return row.token;
  }
  return vm::kNoToken;
}

uint32_t size_of(uint32_t operand_bytes[3], bool extended) {
  uint32_t size = (extended ? 2 : 1) + operand_bytes[0];
  size += size & 1;
  return size + operand_bytes[1] + operand_bytes[2];
}

}  // namespace

/// Joins an instruction with the one before when the pair has a token, otherwise lets that one go.
void VmAssembler::append(const Encoded& code) {
  const Token both = previous_.token == vm::kNoToken ? vm::kNoToken : vm::fused(previous_.token, code.token);
  if (both == vm::kNoToken) {
    if (previous_.token != vm::kNoToken) write(previous_);
    previous_ = code;
    return;
  }
  previous_.token = both;
  previous_.offset = code.offset;
  previous_.label = code.label;
  for (uint32_t i = 0; i < code.count; ++i) previous_.add(code.fields[i].kind, code.fields[i].value);
}

/// Chooses the held-back instruction's token, now that the place of its result is known, and joins it with
/// the one before.
void VmAssembler::flush_pending() {
  if (!pending_.valid) return;
  Pending p = pending_;
  pending_.valid = false;
  // Some operations have a form that leaves its result in the accumulator, but none beside it that stores it.
  const bool store_apart = p.stored && find(p.op, static_cast<uint8_t>(p.sources | 1)) == vm::kNoToken;
  Token token = p.stored && !store_apart ? vm::kNoToken : find(p.op, p.sources);
  uint32_t far_slot = kNoSlot;
  if (p.result && token == vm::kNoToken) {
    token = find(p.op, static_cast<uint8_t>(p.sources | 1));
    uint32_t slot = p.slot;
    if (slot > 255) {
      far_slot = slot;
      needs_wide_ = true;
      slot = scratch_ + 6u;
    }
    for (uint32_t i = p.code.count; i > p.count_before; --i) p.code.fields[i] = p.code.fields[i - 1];
    p.code.fields[p.count_before] = {Kind::Slot, slot};
    ++p.code.count;
  }
  p.code.token = token;
  append(p.code);
  if (store_apart) {
    pending_ = p;
    pending_.op = Operation::Move32;
    pending_.sources = form_of(Place::A, Place::A, Place::N);
    pending_.count_before = pending_.code.count = 0;
    pending_.code.label = nullptr;
    flush_pending();
  }
  if (far_slot != kNoSlot) {
    write(previous_);
    previous_ = Encoded{};
    previous_.offset = p.code.offset;
    previous_.token =
        find(p.wide ? Operation::MoveWide64 : Operation::MoveWide32, form_of(Place::A, Place::N, Place::N));
    previous_.add(Kind::Half, scratch_ + 6u);
    previous_.add(Kind::Half, far_slot);
    write(previous_);
    previous_ = Encoded{};
  }
}

void VmAssembler::flush() {
  flush_pending();
  if (previous_.token == vm::kNoToken) return;
  write(previous_);
  previous_ = Encoded{};
}

/// Lays an instruction out: token, bytes, halves, words.
void VmAssembler::write(const Encoded& code) {
  const uint32_t position = code_.position();
  const bool extended = code.token >= 256;
  uint32_t bytes[3] = {};
  for (uint32_t i = 0; i < code.count; ++i) {
    const size_t width = vm::width_of(code.fields[i].kind);
    bytes[width == 4 ? 2 : width - 1] += static_cast<uint32_t>(width);
  }
  const uint32_t size = size_of(bytes, extended);
  uint8_t* at = code_.append(size);
  if (at == nullptr) return;
  if (watched_ >= position && watched_ < position + size) watched_offset_ = code.offset;
  uint8_t* const start = at;
  if (extended) *at++ = vm::kExtend;
  *at++ = static_cast<uint8_t>(code.token);
  uint8_t* const halves = start + size - bytes[2] - bytes[1];
  if (at + bytes[0] != halves) halves[-1] = 0;  // the pad byte
  uint8_t* places[] = {at, halves, halves + bytes[1]};
  uint32_t label_position = kNoSlot;
  for (uint32_t i = 0; i < code.count; ++i) {
    const Kind kind = code.fields[i].kind;
    const size_t width = vm::width_of(kind);
    uint8_t*& place = places[width == 4 ? 2 : width - 1];
    const uint32_t value = code.fields[i].value;
    if (kind == Kind::Displacement || (kind == Kind::Word && code.label != nullptr)) {
      label_position = position + static_cast<uint32_t>(place - start);
    }
    place[0] = static_cast<uint8_t>(value);
    if (width > 1) place[1] = static_cast<uint8_t>(value >> 8);
    if (width > 2) place[2] = static_cast<uint8_t>(value >> 16);
    if (width > 2) place[3] = static_cast<uint8_t>(value >> 24);
    place += width;
  }
  if (code.label != nullptr)
    link(*code.label, label_position, far_ && code.fields[code.count - 1].kind == Kind::Word);
}

}  // namespace mote::compile
