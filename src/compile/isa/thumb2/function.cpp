// SPDX-License-Identifier: Apache-2.0
// A function as a whole: which locals are pinned in registers, and what comes before and after the body. The
// prologue is written last, when it is known what it must do, and the body moves down to it.
#include <array>
#include <bit>
#include <cstring>

#include "compile/isa/thumb2/assembler.hpp"
#include "native/layout_thumb2.hpp"
#include "vm/arithmetic.hpp"

namespace mote::compile {

using thumb2::kInstance;
using thumb2::kScratch;
using thumb2::lr;

namespace {

constexpr uint32_t kHeader = 4;  ///< before the entry: bytes from sp in the body to the return address
constexpr uint32_t kPins = 6;    ///< r4 to r9
constexpr uint16_t kArgumentRegisters = 4;
constexpr uint32_t kRanked = 128;
constexpr uint32_t kMostLocalSlots = 0x7fff;  ///< `places_` names them with 15 bits
constexpr uint32_t kMostModule = 16'000'000;  ///< and calls 16 MiB (A7.7.18)
constexpr uint32_t kMostCode = 1'000'000;     ///< conditional branches reach 1 MiB (Armv7-M manual, A7.7.12)
constexpr uint32_t kLeastUses = 2;            ///< a pin costs its push and pop
constexpr uint32_t kNoLink = 0xffff'ffff;

/// As memmove() to a lower address, whose own loop on a Cortex-M goes byte by byte at most distances.
void move_down(uint8_t* to, const uint8_t* from, uint32_t bytes) {
  for (; bytes >= 8; bytes -= 8, from += 8, to += 8) {
    uint32_t words[2];
    std::memcpy(words, from, 8);
    std::memcpy(to, words, 8);
  }
  std::memmove(to, from, bytes);
}

/// Operations for which code calls the run-time library, or leaves for C++.
constexpr bool calls_library(wasm::Op op, bool singles, bool doubles) {
  using wasm::Op;
  if (op < Op::F32Eq) return false;
  if (doubles && ((op >= Op::F64Eq && op <= Op::F64Ge) || (op >= Op::F64Sqrt && op <= Op::F64Div) ||
                  op == Op::F64ConvertI32S || op == Op::F64ConvertI32U || op == Op::F64PromoteF32 ||
                  op == Op::F32DemoteF64))
    return false;
  const bool sign_only = op == Op::F32Abs || op == Op::F32Neg || op == Op::F32Copysign;
  if (!singles && ((op >= Op::F32Eq && op <= Op::F32Ge) || (op >= Op::F32Abs && op <= Op::F32Copysign) ||
                   op == Op::F32ConvertI32S || op == Op::F32ConvertI32U || op == Op::I32TruncSatF32S ||
                   op == Op::I32TruncSatF32U))
    return !sign_only;
  switch (op) {
    case Op::F32Abs:
    case Op::F32Neg:
    case Op::F32Sqrt:
    case Op::F32Add:
    case Op::F32Sub:
    case Op::F32Mul:
    case Op::F32Div:
    case Op::F32ConvertI32S:
    case Op::F32ConvertI32U:
    case Op::F32Copysign:
    case Op::F64Copysign:
    case Op::I32TruncSatF32S:
    case Op::I32TruncSatF32U:
    case Op::I64ReinterpretF64:
    case Op::F64ReinterpretI64:
    case Op::F64Abs:
    case Op::F64Neg:
    case Op::I32ReinterpretF32:
    case Op::F32ReinterpretI32:
    case Op::I32WrapI64:
      return false;
    default:
      break;
  }
  if (op >= Op::F32Eq && op <= Op::F32Ge) return false;
  return (op >= Op::F64Eq && op <= Op::F64Ge) || (op >= Op::I64Clz && op <= Op::I64Rotr) ||
         (op >= Op::F32Ceil && op < Op::I32Extend8S) || op > Op::I64Extend32S;
}

/// 64-bit values come in pairs of registers.
constexpr bool needs_pairs(wasm::Op op) {
  using wasm::Op;
  if (op <= Op::I32GeU || op == Op::F32Const || (op >= Op::I32Clz && op <= Op::I32Rotr)) {
    return op == Op::I64Const || op == Op::I64Load || op == Op::F64Load || op == Op::I64Store ||
           op == Op::F64Store || (op >= Op::I64Load8S && op <= Op::I64Load32U) ||
           (op >= Op::I64Store8 && op <= Op::I64Store32);
  }
  return !(op >= Op::F32Eq && op <= Op::F32Ge) && !(op >= Op::F32Abs && op <= Op::F32Copysign) &&
         op != Op::I32Extend8S && op != Op::I32Extend16S && op != Op::I32ReinterpretF32 &&
         op != Op::F32ReinterpretI32 && op != Op::F32ConvertI32S && op != Op::F32ConvertI32U;
}

constexpr uint8_t kCallsLibrary = 1, kNeedsPairs = 2;

/// Both of each opcode of one byte, as a table: two bits each.
template <bool kSingles, bool kDoubles>
constexpr auto kTraits = [] {
  std::array<uint8_t, static_cast<size_t>(wasm::Op::I64Extend32S) / 4 + 1> traits{};
  for (uint32_t code = 0; code <= static_cast<uint32_t>(wasm::Op::I64Extend32S); ++code) {
    const auto op = static_cast<wasm::Op>(code);
    const uint32_t found =
        (calls_library(op, kSingles, kDoubles) ? kCallsLibrary : 0u) | (needs_pairs(op) ? kNeedsPairs : 0u);
    traits[code / 4] = static_cast<uint8_t>(traits[code / 4] | found << code % 4 * 2);
  }
  return traits;
}();

uint32_t traits_of(wasm::Op op, bool singles, bool doubles) {
  using wasm::Op;
  if (op > Op::I64Extend32S) {
    const bool saturates = op == Op::I32TruncSatF32S || op == Op::I32TruncSatF32U;
    const bool saturates_double = doubles && (op == Op::I32TruncSatF64S || op == Op::I32TruncSatF64U);
    return (singles && saturates) || saturates_double ? kNeedsPairs : kNeedsPairs | kCallsLibrary;
  }
  const auto code = static_cast<uint32_t>(op);
  const auto& table = doubles ? kTraits<true, true> : singles ? kTraits<true, false> : kTraits<false, false>;
  return table[code / 4] >> code % 4 * 2 & 3u;
}

/// Pairs also come from locals and globals.
bool holds_pairs(const wasm::Module& module, std::span<const Local> locals) {
  for (const Local& local : locals) {
    if (wasm::slots_of(local.type) > 1) return true;
  }
  for (uint32_t i = 0; i < module.globals.count; ++i) {
    if (wasm::slots_of(module.globals[i].type.type) > 1) return true;
  }
  return false;
}

}  // namespace

void Thumb2Assembler::begin_function(const FunctionShape& shape) {
  shape_ = shape;
  offset_ = offset_at_ = 0;
  while (buffer_.position() % 4 != 0) a_.u16(0xbf00);
  start_ = buffer_.position();
  taken_ = 0;
  used_ = 0;
  calls_out_ = uses_frame_ = false;
  indirect_results_ = shape.type->results_in_slots();
  for (uint8_t& owner : owner_) owner = kFree;
  for (uint8_t& owner : single_owner_) owner = kFree;
  single_at_ = kNowhere;
  refusal_ = shape.local_slots > kMostLocalSlots ? Message("more than 32,767 slots of locals") : Message();
  stubs_.truncate(0);
  calls_.truncate(0);
  returns_ = overflow_ = tail_exit_ = Label{};
  for (auto& exact : exact_) exact.at = kNowhere;
  moved_ = watched_ == kNowhere ? 0 : moved_;
  watched_offset_ = kNowhere;
  pin_locals(shape);
  if (uint8_t* room = buffer_.append(prologue_room())) std::memset(room, 0, prologue_room());
  body_ = buffer_.position();
  forget();
  if (!options_.fuel) return;
  used_ = static_cast<RegSet>(used_ | thumb2::set_of(lr));
  charge();
}

/// The locals that are used most, weighted by the depth of loops, live in callee-saved registers; each half
/// of a 64-bit local counts for itself.
void Thumb2Assembler::pin_locals(const FunctionShape& shape) {
  Rank<kRanked> rank;
  bool wide = false;
  rank_locals(
      module_, shape.code, shape.code_end, rank, [](const wasm::FuncType&) { return 0u; },
      [&](wasm::Op op) {
        const uint32_t traits = traits_of(op, singles(), doubles());
        wide = wide || (traits & kNeedsPairs) != 0;
        return (traits & kCallsLibrary) != 0;
      });
  // Exceptions come back from calls that have not put registers back: all locals are in the frame, and the
  // caller's registers too.
  if (rank.catches) {
    used_ = static_cast<RegSet>(used_ | thumb2::kCalleeSaved | thumb2::set_of(lr));
    for (uint32_t& weight : rank.weight) weight = 0;
  }
  // What calls nothing has a seventh register for locals; pairs need it as a temporary.
  const bool calls_nothing = !rank.catches && !rank.calls && rank.call_weight == 0;
  const bool leaf =
      calls_nothing && !wide && !holds_pairs(module_, shape.locals) && shape.type->result_slots < 2;
  const uint32_t pins = leaf ? kPins + 1 : kPins;
  if (!places_.resize(shape.local_slots)) {
    buffer_.fail();
    places_.truncate(0);
  }
  frame_locals_ = 0;
  pinned_ = 0;
  pinned_singles_ = 0;
  singles_saved_ = singles() && rank.catches ? 32 - thumb2::kFirstSavedSingle : 0;
  if (singles_saved_ > 0) features_ |= thumb2::kFloat32;
  const auto count = static_cast<uint32_t>(shape.locals.size() < kRanked ? shape.locals.size() : kRanked);
  for (uint32_t i = 0; i < places_.size(); ++i) places_[i] = 0;
  if (singles()) pin_singles(rank.weight, count, (doubles() ? calls_nothing : leaf) && !options_.fuel);
  if (leaf && !options_.fuel) keep_parameters(rank.weight);
  for (uint32_t free = pins; free > 0 && buffer_.ok();) {
    uint32_t best = count;
    for (uint32_t i = 0; i < count; ++i) {
      if (rank.weight[i] >= kLeastUses && (best == count || rank.weight[i] > rank.weight[best])) best = i;
    }
    if (best == count) break;
    rank.weight[best] = 0;
    const Local& local = shape.locals[best];
    const uint32_t slots = wasm::slots_of(local.type);
    if (slots > free || slots > 2 || (places_[local.slot] & kPinned) != 0) continue;
    for (uint32_t half = 0; half < slots; ++half, --free) {
      const auto r = static_cast<Reg>(pins - free == kPins ? lr : thumb2::r4 + (pins - free));
      places_[local.slot + half] = static_cast<uint16_t>(kPinned | r);
      pinned_ |= thumb2::set_of(r);
    }
  }
  for (uint32_t i = 0; i < places_.size(); ++i) {
    if ((places_[i] & kPinned) == 0) places_[i] = frame_locals_++ & (kPinned - 1);
  }
  used_ |= static_cast<RegSet>(pinned_ & ~thumb2::kArguments);
  temporaries_ = static_cast<RegSet>((thumb2::kCallerSaved | thumb2::kCalleeSaved) & ~pinned_);
}

/// Locals of single precision live in s-registers, those of double precision in d-registers where there are
/// such; what calls nothing begins with those that nobody saves.
void Thumb2Assembler::pin_singles(uint32_t* weight, uint32_t count, bool leaf) {
  constexpr Reg kFirstOfLeaf = 8;
  for (Reg s = leaf ? kFirstOfLeaf : thumb2::kFirstSavedSingle; s < 32; ++s) {
    uint32_t best = count;
    for (uint32_t i = 0; i < count; ++i) {
      if (is_in_singles(shape_.locals[i].type) && weight[i] >= kLeastUses &&
          (best == count || weight[i] > weight[best]))
        best = i;
    }
    if (best == count || places_.empty()) break;
    const auto pin = [&](uint32_t half) {
      places_[shape_.locals[best].slot + half] = static_cast<uint16_t>(kPinned | (kPinnedSingle + s));
      pinned_singles_ |= 1u << s;
    };
    if (doubles() && shape_.locals[best].type == wasm::kF64) {
      s = static_cast<Reg>((s + 1) & ~1);
      if (s >= 32) break;
      pin(0);
      ++s;
      pin(1);
      features_ |= thumb2::kFloat64;
    } else {
      pin(0);
      features_ |= thumb2::kFloat32;
    }
    if (s >= thumb2::kFirstSavedSingle)
      singles_saved_ = static_cast<uint8_t>(s - thumb2::kFirstSavedSingle + 1);
    weight[best] = 0;
  }
  for (uint32_t i = 0; i < count; ++i) {
    if (is_in_singles(shape_.locals[i].type)) weight[i] = 0;
  }
}

/// What calls nothing leaves its first parameters where they come.
void Thumb2Assembler::keep_parameters(uint32_t* weight) {
  constexpr uint32_t kKept = 2;  // r2 and r3 remain temporaries
  for (uint16_t i = 0; i < kKept && i < shape_.param_slots && i < places_.size(); ++i) {
    if (shape_.locals[i].slot != i || wasm::slots_of(shape_.locals[i].type) != 1) return;
    if ((places_[i] & kPinned) != 0) continue;
    places_[i] = static_cast<uint16_t>(kPinned | i);
    pinned_ |= thumb2::set_of(static_cast<Reg>(i));
    weight[i] = 0;
  }
}

/// The most that prologue() writes.
uint32_t Thumb2Assembler::prologue_room() const {
  return kHeader + 4 + 4 + 12 + 12 + 8u * shape_.param_slots + 4 * (kPins + 1) +
         4 * vm::popcount(pinned_singles_) + 48 + 4;
}

/// None, if all values have been in registers.
uint32_t Thumb2Assembler::frame_bytes(const FunctionFrame& frame) const {
  if (!uses_frame_ && frame_locals_ == 0 && !indirect_results_) return 0;
  const uint32_t operands = frame.slots - shape_.local_slots;
  const uint32_t words = frame_locals_ + operands + (indirect_results_ ? 1 : 0);
  return 4 * words;
}

void Thumb2Assembler::epilogue(uint32_t bytes, RegSet saved) {
  a_.add_sp(bytes);
  a_.vpop(thumb2::kFirstSavedSingle, singles_saved_);
  if (saved == 0) return a_.bx(lr);
  a_.pop(static_cast<RegSet>((saved & ~thumb2::set_of(lr)) | thumb2::set_of(thumb2::pc)));
}

/// Returns become the epilogue where it is short, and branches to it otherwise.
void Thumb2Assembler::place_returns(uint32_t bytes, RegSet saved) {
  if (returns_.at == buffer_.position() - 4 && returns_.at != Label::kNowhere) {
    const uint32_t before = a_.read32(returns_.at) & 0x0fff'ffff;
    buffer_.rewind(returns_.at);
    if (watched_ >= returns_.at) watched_offset_ = kNowhere;  // what was there has been taken back
    returns_.at = before == 0x0fff'ffff ? Label::kNowhere : before;
  }
  const uint32_t here = buffer_.position();
  epilogue(bytes, saved);
  const uint32_t size = buffer_.position() - here;
  for (uint32_t at = returns_.at; size <= 4 && at != Label::kNowhere;) {
    const uint32_t link = a_.read32(at);
    buffer_.patch(at, buffer_.read<uint16_t>(here));
    if (size == 4) buffer_.patch(at + 2, buffer_.read<uint16_t>(here + 2));
    at = (link & 0x0fff'ffff) == 0x0fff'ffff ? Label::kNowhere : link & 0x0fff'ffff;
    if (!buffer_.ok()) break;
  }
  if (size > 4) {
    const uint32_t end = buffer_.position();
    buffer_.rewind(here);
    land(returns_);
    buffer_.rewind(end);
  }
  if (tail_exit_.used()) {
    land(tail_exit_);
    a_.add_sp_by_lr(bytes);
    a_.vpop(thumb2::kFirstSavedSingle, singles_saved_);
    a_.pop(saved);
    a_.bx(kScratch);
  }
}

uint32_t Thumb2Assembler::end_function(const FunctionFrame& frame) {
  mark(offset_);
  const uint32_t bytes = frame_bytes(frame);
  // Whoever saves anything saves lr: a pop then returns.
  const bool saves = used_ != 0 || singles_saved_ > 0 || bytes > MOTE_LEAF_FRAME;
  if (saves) used_ |= thumb2::set_of(lr);
  const RegSet saved = used_;
  place_returns(bytes, saved);
  emit_stubs();
  const bool checked = calls_out_ || bytes > MOTE_LEAF_FRAME;
  if (checked) {
    land(overflow_);
    load_trap(Trap::StackExhausted);
    a_.blx(thumb2::kScratch);
  }
  const uint32_t body_end = buffer_.position();
  if (body_end > kMostModule) refusal_ = "more than 16,000,000 bytes of machine code in the module";
  if (body_end - start_ > kMostCode) refusal_ = "more than 1,000,000 bytes of machine code";
  prologue(frame, bytes, saved);
  const uint32_t size = buffer_.position() - body_end;
  if (!buffer_.ok()) return 0;
  // The prologue to its place, the body down to it.
  const uint32_t entry = start_ + kHeader;
  std::memcpy(buffer_.at(entry), buffer_.at(body_end), size);
  move_down(buffer_.at(entry + size), buffer_.at(body_), body_end - body_);
  moved_ = body_ - (entry + size);
  const uint32_t saved_bytes = 4 * (vm::popcount(saved) + singles_saved_);
  buffer_.patch<uint32_t>(start_, saved == 0 ? bytes | 1 : bytes + saved_bytes - 4);
  if (overflow_branch_ != kNowhere) {
    const uint32_t at = entry + (overflow_branch_ - body_end);
    a_.patch32(at,
               thumb2::Encoder::wide_branch(Cond::Lo, static_cast<int32_t>(overflow_.at - moved_ - at - 4)));
  }
  buffer_.rewind(body_end - moved_);
  link_calls(entry);
  return entry;
}

/// Saves registers, makes the frame, checks the stack, brings parameters and zeros to locals.
void Thumb2Assembler::prologue(const FunctionFrame& frame, uint32_t bytes, RegSet saved) {
  a_.push(saved);
  a_.vpush(thumb2::kFirstSavedSingle, singles_saved_);
  a_.sub_sp(bytes);
  overflow_branch_ = kNowhere;
  if (calls_out_ || bytes > MOTE_LEAF_FRAME) {
    a_.load(Access::Word, lr, kInstance, MOTE_INSTANCE_STACK_LIMIT);
    a_.cmp(thumb2::sp, lr);
    overflow_branch_ = buffer_.position();
    a_.u32(0);
  }
  if (indirect_results_) a_.store(Access::Word, kScratch, thumb2::sp, 0);
  receive_parameters();
  clear_locals(frame);
}

/// Whether two words of parameters come at once to a d-register.
bool Thumb2Assembler::is_double_parameter(uint16_t slot) const {
  if (slot + 1 >= shape_.param_slots || slot == kArgumentRegisters - 1) return false;
  const Word lo = local_word(slot), hi = local_word(static_cast<uint16_t>(slot + 1));
  return lo.reg % 2 == 0 && hi.is_single() && hi.reg == lo.reg + 1;
}

void Thumb2Assembler::receive_parameters() {
  for (uint16_t i = 0; i < shape_.param_slots; ++i) {
    const Word to = local_word(i);
    if (doubles() && to.is_single() && is_double_parameter(i)) {
      i < 4 ? a_.vmov_to_double(to.reg, static_cast<Reg>(i), static_cast<Reg>(i + 1))
            : a_.vldr_double(to.reg, kScratch, 4u * i);
      ++i;
      continue;
    }
    if (to.is_single()) {
      i < 4 ? a_.vmov_to(to.reg, static_cast<Reg>(i)) : a_.vldr(to.reg, kScratch, 4u * i);
      continue;
    }
    if (i < 4) {
      to.is_register() ? a_.mov(to.reg, static_cast<Reg>(i)) : store_slot(static_cast<Reg>(i), i);
      continue;
    }
    const Reg r = to.is_register() ? to.reg : thumb2::r0;
    a_.load(Access::Word, r, kScratch, 4u * i);
    if (!to.is_register()) store_slot(r, i);
  }
}

void Thumb2Assembler::clear_locals(const FunctionFrame& frame) {
  constexpr uint32_t kOneByOne = 8;
  constexpr Reg kZero = 3, kTo = 2;  // parameters have left them
  uint32_t first = ~0u, last = 0, count = 0;
  const auto each_slot = [&](auto visit) {
    for (const Local& local : shape_.locals) {
      for (uint16_t half = 0; local.needs_zero && half < wasm::slots_of(local.type); ++half)
        visit(static_cast<uint16_t>(local.slot + half));
    }
  };
  if (frame.zero_count == 0) return;
  bool has_zero = false;
  const auto zero = [&] {
    if (!has_zero) a_.mov_imm(kZero, 0);
    has_zero = true;
  };
  each_slot([&](uint16_t slot) {
    const Word to = local_word(slot);
    if (to.is_register()) return a_.mov_imm(to.reg, 0);
    zero();
    if (to.is_single()) return a_.vmov_to(to.reg, kZero);
    if (first == ~0u) first = frame_offset(slot);
    last = frame_offset(slot);
    ++count;
  });
  if (count == 0) return;
  if (count <= kOneByOne && last < 4096) {
    return each_slot([&](uint16_t slot) {
      if (local_word(slot).kind == Word::Kind::Frame)
        a_.store(Access::Word, kZero, thumb2::sp, frame_offset(slot));
    });
  }
  // Those in the frame lie side by side, others among them may be cleared too.
  a_.address_of_slot(kTo, first);
  a_.mov_imm(kScratch, (last - first) / 4 + 1);
  const uint32_t loop = buffer_.position();
  a_.u32(0xf842'3b04);  // STR r3, [r2], #4
  a_.dp_imm(Dp::Sub, kScratch, kScratch, 1, true);
  a_.b(Cond::Ne, loop);
}

/// Calls to functions that are compiled get their displacement. The others wait in a chain that begins at the
/// function's entry in the table, and get it when that is known; or, when this code leaves before, go to the
/// branch that write_reserved() makes.
void Thumb2Assembler::link_calls(uint32_t entry) {
  const uint32_t index = function_ - module_.imported_functions;
  const auto aim = [&](uint32_t at, uint32_t target) {
    a_.patch32(at, thumb2::Encoder::branch_link(static_cast<int32_t>(target - at - 4)));
  };
  if (!detached_) {
    for (uint32_t at = index < linked_ ? kNoLink : waiting(index); at != kNoLink;) {
      const uint32_t next = a_.read32(at);
      aim(at, entry);
      at = next;
    }
    if (linked_ <= index) linked_ = index + 1;
  }
  for (uint32_t i = 0; i < calls_.size(); ++i) {
    const uint32_t at = calls_[i] - moved_;
    const uint32_t callee = a_.read32(at);
    if (callee == index) {
      aim(at, entry);
    } else if (detached_ || callee < index) {
      aim(at, detached_ ? entry : entries_[callee]);
    } else if (options_.leaves) {
      aim(at, 4 * callee);
    } else {
      a_.patch32(at, waiting(callee));
      entries_[callee] = ~at;
    }
  }
}

void Thumb2Assembler::write_reserved(const uint32_t* entries, uint32_t at, uint8_t* to, uint32_t bytes) {
  for (uint32_t end = at + bytes; at + 4 <= end; at += 4, to += 4) {
    const uint32_t word =
        thumb2::Encoder::wide_branch(Cond::Al, static_cast<int32_t>(entries[at / 4] - at - 4));
    const uint16_t halves[] = {static_cast<uint16_t>(word >> 16), static_cast<uint16_t>(word)};
    std::memcpy(to, halves, 4);
  }
}

/// Head of the chain of calls to a function that is not compiled: entries begin as zeros.
uint32_t Thumb2Assembler::waiting(uint32_t index) const {
  return entries_[index] == 0 ? kNoLink : ~entries_[index];
}

}  // namespace mote::compile
