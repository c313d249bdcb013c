// SPDX-License-Identifier: Apache-2.0
// From the held-back instruction to bytes: its token, joining with the one before, the layout of operands.
#include <cstring>
#include <utility>

#include "compile/isa/vm/assembler.hpp"

namespace mote::compile {

using vm::kNoToken;
using vm::Token;

namespace {

constexpr uint32_t kFarResult = 6;  ///< of the scratch slots, the one for results of far slots

}  // namespace

/// Starts an instruction, which is held back, and lets the one before go.
VmAssembler::Instruction& VmAssembler::begin(Token token, Token to_slot, const Value* result) {
  flush_pending();
  Instruction& next = *current_;
  next.token = token;
  next.to_slot = to_slot;
  next.byte_count = next.half_count = next.word_count = 0;
  next.offset = offset_;
  next.label = nullptr;
  pending_ = true;
  result_.exists = result != nullptr;
  result_.stored = false;
  if (result != nullptr) {
    result_.wide = result->slots() == 2;
    result_.slot = result->home;
    accumulator_ = kNoSlot;
  }
  return next;
}

VmAssembler::Instruction& VmAssembler::begin_extended(Operation op, const Value* result) {
  Instruction& next =
      result == nullptr ? begin(vm::kExtend, kNoToken, result) : begin(kNoToken, vm::kExtend, result);
  next.byte(vm::extended_number(op));
  return next;
}

/// The held-back instruction goes: by now the place of its result is known.
void VmAssembler::flush_pending() {
  if (!pending_) return;
  pending_ = false;
  Instruction& next = *current_;
  const Result result = result_;
  if (!result.exists) return join(next);
  // Some forms leave their result in the accumulator, and have none beside them that stores it.
  const bool store_apart = result.stored && next.to_slot == kNoToken;
  const bool to_slot = store_apart ? false : result.stored || next.token == kNoToken;
  const bool far = to_slot && result.slot > 255;
  if (to_slot) {
    next.token = next.to_slot;
    next.byte(far ? scratch_ + kFarResult : result.slot);
  }
  join(next);
  if (store_apart) {
    const uint32_t accumulator = accumulator_;
    Value value;
    value.home = result.slot;
    begin(kNoToken, vm::token_of<vm::Numeric<Operation::Move32, Place::S, Place::A>>(), &value);
    result_.stored = true;
    flush_pending();
    accumulator_ = accumulator;
  }
  if (far) {
    needs_wide_ = true;
    move_far(scratch_ + kFarResult, result.slot, result.wide ? 2 : 1);
  }
}

/// Joins an instruction with the one before when the pair has a token, otherwise lets that one go.
void VmAssembler::join(Instruction& next) {
  if (vm::kHasPairs && begun_) {
    begun_ = false;
    Instruction& both = *previous_;
    if (const Token pair = vm::pair_of(both.token, next.token); pair != kNoToken) {
      both.token = pair;
      both.offset = next.offset;
      both.label = next.label;
      for (uint32_t i = 0; i < next.byte_count; ++i) both.byte(next.bytes[i]);
      for (uint32_t i = 0; i < next.half_count; ++i) both.half(next.halves[i]);
      return write(both);
    }
    write(both);
  }
  if (!vm::begins_pair(next.token)) return write(next);
  std::swap(previous_, current_);
  begun_ = true;
}

void VmAssembler::flush() {
  flush_pending();
  if (!vm::kHasPairs) return;
  if (begun_) write(*previous_);
  begun_ = false;
}

/// Lays an instruction out: token, bytes, halves, words.
void VmAssembler::write(const Instruction& what) {
  const uint32_t position = code_.position();
  const uint32_t halves_at = (what.byte_count + 2u) & ~1u;
  const uint32_t words_at = halves_at + 2u * what.half_count;
  const uint32_t size = words_at + 4u * what.word_count;
  // Room for a copy of all the bytes that there may be: one of fixed size is a quarter of a loop's work.
  constexpr uint32_t kCopied = 1 + Instruction::kMostBytes;
  uint8_t* const start = code_.append(size + kCopied);
  if (start == nullptr) return;
  code_.rewind(position + size);
  if (watched_ >= position && watched_ < position + size) watched_offset_ = what.offset;
  notes_.add(position, what.offset);
  static_assert(offsetof(Instruction, bytes) == offsetof(Instruction, token) + 1 &&
                offsetof(Instruction, token) == 0);
  std::memcpy(start, &what, kCopied);
  start[what.byte_count + 1u] = 0;  // the pad byte, if there is one
  for (uint32_t i = 0; i < what.half_count; ++i) std::memcpy(start + halves_at + 2 * i, &what.halves[i], 2);
  for (uint32_t i = 0; i < what.word_count; ++i) std::memcpy(start + words_at + 4 * i, &what.words[i], 4);
  if (what.label == nullptr) return;
  const bool word = what.word_count != 0;
  link(*what.label, position + (word ? words_at : words_at - 2), word);
}

/// A field at `position` that names a label: a displacement when the label is bound, otherwise a link of its
/// chain.
void VmAssembler::link(Label& label, uint32_t position, bool word) {
  const uint32_t unit = word ? 1 : 2;
  int32_t field = 0;
  if (label.bound) {
    field = static_cast<int32_t>(label.at - position) / static_cast<int32_t>(unit);
    if (!word && field < -32768) needs_far_ = true;
  } else {
    if (label.at != Label::kNowhere) field = static_cast<int32_t>((position - label.at) / unit);
    if (!word && field > 65535) needs_far_ = true;
    label.at = position;
  }
  if (word) return code_.patch<int32_t>(position, field);
  code_.patch<uint16_t>(position, static_cast<uint16_t>(field));
}

}  // namespace mote::compile
