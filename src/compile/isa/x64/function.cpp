// SPDX-License-Identifier: Apache-2.0
// A function's frame: which locals live in registers, the way in, the way out, and code out of line.
#include <cstddef>

#include "compile/isa/x64/assembler.hpp"
#include "compile/isa/x64/opcodes.hpp"
#include "native/abi_x64.hpp"
#include "native/layout.hpp"
#include "native/native.hpp"

namespace mote::compile {

using namespace x64;

namespace {

constexpr uint8_t kIntegerRegisters[] = {kRdi, kRsi, kRdx, kRcx, kR8, kR9};
constexpr uint8_t kPreserved[] = {kRbp, kR12, kR13, kR14};
constexpr uint8_t kVolatile[] = {kRdi, kRsi, kR8, kR9};
constexpr uint8_t kFirstFloatPin = 8, kLastFloatPin = 14;
constexpr uint32_t kTemporaries = 1u << kRax | 1u << kRcx | 1u << kRdx | 1u << kR10;
/// Added to displacements that a patch comes to, so that they are encoded with 32 bits.
constexpr int32_t kForce = 1 << 28;

}  // namespace

X64Assembler::X64Assembler(const wasm::Module& module, CodeBuffer& code, uint32_t* entries,
                           const runtime::CodeOptions& options)
    : module_(module),
      code_(code),
      entries_(entries),
      options_(options),
      e_(code),
      cpu_(options.features),
      stubs_(code.pool()),
      patches_(code.pool()) {}

void X64Assembler::add_pin(const FunctionShape& shape, const Rank<kRanked>& rank, uint32_t local, uint8_t reg,
                           bool saved) {
  const Local& l = shape.locals[local];
  Pin& pin = pins_[pin_count_++];
  pin.slot = l.slot;
  pin.reg = reg;
  pin.is_float = is_float(l.type);
  pin.wide = is_wide(l.type);
  pin.saved = saved;
  pin.needs_zero = !l.parameter && !rank.written_first[local];
  if (l.slot >= pin_slots_) pin_slots_ = static_cast<uint16_t>(l.slot + 1);
  (pin.is_float ? free_floats_ : free_) &= ~(1u << reg);
}

/// The hottest locals get registers, as long as that costs less than it gains: a preserved one is saved once
/// for the function, another around each call.
void X64Assembler::choose_pins(const FunctionShape& shape, const Rank<kRanked>& rank) {
  const auto locals = static_cast<uint32_t>(shape.locals.size() < kRanked ? shape.locals.size() : kRanked);
  bool taken[kRanked] = {};
  uint8_t incoming_register[kRanked];
  native::ArgumentPlaces places;
  for (uint32_t i = 0; i < locals; ++i) {
    incoming_register[i] = kNone;
    if (!shape.locals[i].parameter || is_float(shape.locals[i].type)) continue;
    const int number = places.next(shape.locals[i].type);
    if (number >= 0) incoming_register[i] = kIntegerRegisters[number];
  }
  const auto hottest = [&](bool floats) {
    uint32_t best = kRanked;
    for (uint32_t i = 0; i < locals; ++i) {
      const wasm::ValType type = shape.locals[i].type;
      if (taken[i] || type == wasm::kV128 || is_float(type) != floats) continue;
      if (best == kRanked || rank.weight[i] > rank.weight[best]) best = i;
    }
    return best;
  };
  const uint64_t around_calls = 2 * uint64_t{rank.call_weight};
  const auto pin_all = [&](const uint8_t* registers, uint32_t count, uint64_t cost, bool saved, bool floats) {
    for (uint32_t used = 0; used < count; ++used) {
      const uint32_t local = hottest(floats);
      if (local == kRanked || rank.weight[local] <= cost) return;
      uint8_t reg = kNone;
      for (uint32_t i = 0; i < count; ++i) {
        const bool free = ((floats ? free_floats_ : free_) >> registers[i] & 1) != 0;
        if (free && (reg == kNone || registers[i] == incoming_register[local])) reg = registers[i];
      }
      taken[local] = true;
      add_pin(shape, rank, local, reg, saved && rank.call_weight > 0);
      for (const uint8_t preserved : kPreserved) {
        if (!floats && reg == preserved) saved_[saved_count_++] = reg;
      }
    }
  };
  const bool leaf = rank.call_weight == 0;
  for (const uint8_t reg : kPreserved) free_ |= 1u << reg;
  if (leaf) pin_all(kVolatile, 4, 1, true, false);
  pin_all(kPreserved, 4, 2, false, false);
  if (!leaf) pin_all(kVolatile, 4, around_calls + 1, true, false);
  for (const uint8_t reg : kPreserved) free_ &= ~(1u << reg);
  uint8_t floats[kLastFloatPin - kFirstFloatPin + 1];
  for (uint32_t i = 0; i < sizeof(floats); ++i) floats[i] = static_cast<uint8_t>(kFirstFloatPin + i);
  pin_all(floats, sizeof(floats), around_calls + 1, true, true);
}

/// A place in the caller's outgoing area: patch_frame_later() must follow the instruction that uses it.
Mem X64Assembler::incoming(uint32_t at) const {
  return {kRsp, kNoReg, 0, static_cast<int32_t>(kForce + outgoing_ + 8 * saved_count_ + 8 + at)};
}

/// The instruction's last four bytes want the size of the frame's slots.
void X64Assembler::patch_frame_later() {
  if (!patches_.push(e_.position() - 4)) code_.fail();
}

void X64Assembler::receive_parameters(const FunctionShape& shape, const Rank<kRanked>& rank) {
  Transfer moves[2][native::kFloatArguments];
  uint32_t counts[2] = {};
  const auto pin_at = [&](uint16_t slot_index) {
    Value value;
    value.kind = Value::Kind::Local;
    value.slot = slot_index;
    return pin_of(value);
  };
  // What arrives in registers, to the frame first, then between registers; then what arrives on the stack.
  for (int pass = 0; pass < 2; ++pass) {
    native::ArgumentPlaces places;
    for (uint32_t i = 0; i < shape.locals.size() && shape.locals[i].parameter; ++i) {
      const Local& local = shape.locals[i];
      const bool floats = is_float(local.type), wide = is_wide(local.type);
      const int number = places.next(local.type);
      const Pin* pin = pin_at(local.slot);
      if (pin == nullptr && i < kRanked && rank.weight[i] == 0) continue;
      if (number < 0) {
        if (pass == 0) continue;
        if (local.type == wasm::kV128) {
          e_.op({0, 1, 0x10}, k32, kFloatScratch, incoming(8 * places.word_of(local.type)));  // movups
          patch_frame_later();
          e_.op({0, 1, 0x11}, k32, kFloatScratch, slot(local.slot));
          continue;
        }
        const uint8_t to = pin != nullptr && !floats ? pin->reg : kScratch;
        e_.mov(wide, to, incoming(8 * (places.words - 1)));
        patch_frame_later();
        if (pin == nullptr) e_.store(wide, slot(local.slot), to);
        if (pin != nullptr && floats) e_.op({0x66, 1, 0x6e}, width(wide), pin->reg, to);
      } else if (pass == 0) {
        const uint8_t from = floats ? static_cast<uint8_t>(number) : kIntegerRegisters[number];
        if (pin != nullptr) {
          moves[floats][counts[floats]++] = {pin->reg, from, wide, false};
        } else if (floats) {
          e_.op({static_cast<uint8_t>(wide ? 0xf2 : 0xf3), 1, 0x11}, k32, from, slot(local.slot));
        } else {
          e_.store(wide, slot(local.slot), from);
        }
      }
    }
    if (pass == 0) {
      transfer({moves[0], counts[0]}, false);
      transfer({moves[1], counts[1]}, true);
    }
  }
}

void X64Assembler::begin_function(const FunctionShape& shape) {
  e_.at(0);  // what no instruction asks for
  shape_ = shape;
  pending_ = Pending{};
  for (Held& held : held_) held = Held{};
  stubs_.truncate(0);
  patches_.truncate(0);
  pin_count_ = saved_count_ = pin_slots_ = 0;
  locked_ = locked_floats_ = zero_field_ = 0;
  forget_flags();
  Rank<kRanked> rank;
  rank_locals(
      module_, shape.code, shape.code_end, rank,
      [](const wasm::FuncType& type) { return native::outgoing_bytes(type); },
      [&](Op op) {
        const bool accesses = op >= Op::I32Load && op <= Op::I64Store32;
        return !accesses && needs_helper(op) && op != Op::Select && op != Op::GlobalGet;
      });
  outgoing_ = rank.outgoing;
  catches_ = rank.catches;
  free_ = kTemporaries;
  for (const uint8_t reg : kVolatile) free_ |= 1u << reg;
  free_floats_ = 0x7fff;
  if (catches_) {
    // Exceptions come back from calls that have not put registers back: all locals are in the frame, and the
    // caller's registers too.
    for (const uint8_t reg : kPreserved) saved_[saved_count_++] = reg;
  } else {
    choose_pins(shape, rank);
  }
  pool_ = free_;
  float_pool_ = free_floats_;
  // A frame cannot be larger than its locals and a value for each byte of code.
  const uint64_t most = 4 * (uint64_t{shape.local_slots} + 2 * uint64_t{shape.body_bytes}) + outgoing_;
  prologue(shape, rank.calls || catches_ || most > native::kLeafFrame);
  receive_parameters(shape, rank);
  bool in_frame = false;
  for (uint32_t i = 0; i < shape.locals.size(); ++i) in_frame = in_frame || !shape.locals[i].parameter;
  for (uint32_t i = 0; i < pin_count_; ++i) {
    const Pin& pin = pins_[i];
    if (!pin.needs_zero) continue;
    if (pin.is_float) {
      e_.op({0, 1, 0x57}, k32, pin.reg, pin.reg);
    } else {
      e_.alu(6, false, pin.reg, pin.reg);
    }
  }
  uint32_t unpinned = 0;
  for (const Local& local : shape.locals) unpinned += local.parameter ? 0 : 1;
  for (uint32_t i = 0; i < pin_count_; ++i) unpinned -= pins_[i].slot >= shape.param_slots ? 1 : 0;
  if (unpinned > 0) {
    const uint8_t nop[] = {0x0f, 0x1f, 0x44, 0, 0};  // becomes a jump to code that clears locals
    e_.bytes(nop, sizeof(nop));
    zero_field_ = e_.position() - 4;
  }
  forget_flags();
}

void X64Assembler::prologue(const FunctionShape&, bool check) {
  while ((code_.position() + 4) % 16 != 0 && code_.ok()) e_.byte(0xcc);
  code_.u32(0);  // the header
  entry_ = e_.position();
  for (uint32_t i = 0; i < saved_count_; ++i) e_.push(saved_[i]);
  e_.op({0, 0, 0x81}, k64, 5, kRsp, 4, outgoing_);
  patch_frame_later();
  if (check) {
    e_.alu(7, true, kRsp, Mem{kInstance, kNoReg, 0, MOTE_INSTANCE_STACK_LIMIT});
    Stub stub;
    stub.kind = Stub::Kind::StackExhausted;
    stub.from = e_.jump32(Cc::B);
    add_stub(stub);
  }
  if (options_.fuel) charge();
}

/// Everything of a frame but the return address.
void X64Assembler::leave_frame() {
  e_.op({0, 0, 0x81}, k64, 0, kRsp, 4, outgoing_);
  patch_frame_later();
  for (uint32_t i = saved_count_; i > 0; --i) e_.pop(saved_[i - 1]);
}

void X64Assembler::epilogue() {
  leave_frame();
  e_.ret();
}

void X64Assembler::call_table(uint32_t index) {
  e_.mov(true, kScratch, Mem{kInstance, kNoReg, 0, MOTE_INSTANCE_TABLE});
  e_.call(Mem{kScratch, kNoReg, 0, static_cast<int32_t>(8 * index)});
}

void X64Assembler::write_stub(const Stub& stub) {
  e_.at(stub.offset);
  e_.patch32(stub.from, e_.position());
  if (stub.from_too != 0) e_.patch32(stub.from_too, e_.position());
  const auto go_back = [&] { e_.patch32(e_.jump32(), stub.back); };
  switch (stub.kind) {
    case Stub::Kind::Trap:
      call_table(MOTE_TABLE_TRAP);
      e_.byte(static_cast<uint8_t>(stub.trap));
      return;
    case Stub::Kind::Bounds:
      e_.lea(true, kScratch, {stub.reg, kNoReg, 0, static_cast<int32_t>(stub.end)});
      e_.alu(7, true, kScratch, Mem{kInstance, kNoReg, 0, MOTE_INSTANCE_MEMORY_BYTES});
      e_.patch32(e_.jump32(Cc::Be), stub.back);
      call_table(MOTE_TABLE_TRAP);
      e_.byte(static_cast<uint8_t>(Trap::MemoryOutOfBounds));
      return;
    case Stub::Kind::Fuel:
      call_table(MOTE_TABLE_OUT_OF_FUEL);
      return go_back();
    case Stub::Kind::BackEntry:
      e_.mov(true, kScratch, Mem{kInstance, kNoReg, 0, MOTE_INSTANCE_ACTIVE});
      e_.alu_immediate(5, false, Mem{kScratch, kNoReg, 0, MOTE_RUN_FUEL}, 1);
      e_.patch32(e_.jump32(Cc::Ns), stub.back);
      call_table(MOTE_TABLE_OUT_OF_FUEL);
      return go_back();
    case Stub::Kind::StackExhausted:
      leave_frame();
      e_.mov(true, kScratch, Mem{kInstance, kNoReg, 0, MOTE_INSTANCE_TABLE});
      return e_.jump(Mem{kScratch, kNoReg, 0, 8 * MOTE_TABLE_STACK_EXHAUSTED});
    case Stub::Kind::Call:
      e_.constant(kRax, false, stub.checks_type ? stub.type : kAnyType);
      call_table(MOTE_TABLE_CALL);
      if (stub.back == Label::kNowhere) return;
      return go_back();
    case Stub::Kind::TailCall:
      e_.constant(kRax, false, stub.checks_type ? stub.type : kAnyType);
      call_table(MOTE_TABLE_CALL);
      return pass_on_results(module_.types[stub.type]);
  }
}

void X64Assembler::write_stubs() {
  for (uint32_t i = 0; i < stubs_.size() && code_.ok(); ++i) write_stub(stubs_[i]);
}

/// Clears the slots of locals that may be read before they are written.
void X64Assembler::zero_locals(const FunctionFrame& frame) {
  if (frame.zero_count == 0 || zero_field_ == 0) return;
  code_.patch<uint8_t>(zero_field_ - 1, 0xe9);
  e_.patch32(zero_field_, e_.position());
  e_.op({0, 1, 0x57}, k32, kFloatScratch, kFloatScratch);
  uint32_t at = frame.zero_first;
  const uint32_t end = at + frame.zero_count;
  for (; at + 4 <= end; at += 4) e_.op({0, 1, 0x11}, k32, kFloatScratch, slot(at));  // movups
  for (; at < end; ++at) e_.op({0xf3, 1, 0x11}, k32, kFloatScratch, slot(at));
  e_.patch32(e_.jump32(), zero_field_ + 4);
}

uint32_t X64Assembler::end_function(const FunctionFrame& frame) {
  flush();
  zero_locals(frame);
  write_stubs();
  const uint32_t slot_bytes = (4 * frame.slots + 7) & ~7u;
  for (uint32_t i = 0; i < patches_.size(); ++i) {
    auto value = code_.read<uint32_t>(patches_[i]);
    if (value >= static_cast<uint32_t>(kForce)) value -= static_cast<uint32_t>(kForce);
    code_.patch<uint32_t>(patches_[i], value + slot_bytes);
  }
  code_.patch<uint32_t>(entry_ - 4, outgoing_ + slot_bytes + 8 * saved_count_);
  // Calls that were waiting for this function.
  if (!detached_) {
    uint32_t& chain = entries_[function_ - module_.imported_functions];
    for (uint32_t at = chain; at != 0 && code_.ok();) {
      const auto next = code_.read<uint32_t>(at);
      e_.patch32(at, entry_);
      at = next;
    }
  }
  return entry_;
}

}  // namespace mote::compile
