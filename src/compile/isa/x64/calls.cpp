// SPDX-License-Identifier: Apache-2.0
// Calls: see native/abi_x64.hpp for the convention.
#include <cstddef>

#include "compile/isa/x64/assembler.hpp"
#include "compile/isa/x64/opcodes.hpp"
#include "native/abi_x64.hpp"
#include "native/layout.hpp"
#include "vm/helpers.hpp"

namespace mote::compile {

using namespace x64;

namespace {
constexpr uint8_t kIntegerRegisters[] = {kRdi, kRsi, kRdx, kRcx, kR8, kR9};
}

/// Moves between registers as if at once.
void X64Assembler::transfer(std::span<Transfer> moves, bool floats) {
  const auto copy = [&](uint8_t to, uint8_t from, bool wide) {
    if (floats) {
      e_.op({0, 1, 0x28}, k32, to, from);
    } else {
      e_.mov(wide, to, from);
    }
  };
  const uint8_t scratch = floats ? kFloatScratch : kScratch;
  for (Transfer& m : moves) m.done = m.to == m.from;
  for (size_t left = moves.size(); left > 0;) {
    bool progress = false;
    left = 0;
    for (Transfer& m : moves) {
      if (m.done) continue;
      bool read = false;
      for (const Transfer& other : moves) read = read || (&other != &m && !other.done && other.from == m.to);
      if (read) {
        ++left;
        continue;
      }
      copy(m.to, m.from, m.wide);
      m.done = progress = true;
    }
    if (left == 0 || progress) continue;
    // Cycles only: free one register, and read its value elsewhere.
    for (Transfer& m : moves) {
      if (m.done) continue;
      copy(scratch, m.to, true);
      for (Transfer& other : moves) {
        if (!other.done && other.from == m.to) other.from = scratch;
      }
      break;
    }
  }
}

/// Puts arguments where a callee looks for them, and consumes them.
void X64Assembler::place_arguments(const wasm::FuncType& type, std::span<const Value> arguments) {
  Transfer moves[2][native::kFloatArguments];
  uint32_t counts[2] = {};
  for (int pass = 0; pass < 2; ++pass) {
    native::ArgumentPlaces places;
    const uint8_t* at = type.params;
    for (const Value& value : arguments) {
      const wasm::ValType param = wasm::next_type(at);
      const bool floats = is_float(param);
      const int number = places.next(param);
      if (number < 0) {
        if (pass == 0) store_to({kRsp, kNoReg, 0, static_cast<int32_t>(8 * places.word_of(param))}, value);
        continue;
      }
      const uint8_t to = floats ? static_cast<uint8_t>(number) : kIntegerRegisters[number];
      const bool in_register = !value.is_constant() && place(value).is_register;
      if (pass == 0 && in_register)
        moves[floats][counts[floats]++] = {to, place(value).reg, is_wide(param), false};
      if (pass == 1 && !in_register) {
        if (floats) {
          load_float(to, value);
        } else {
          load_integer(to, value);
        }
      }
    }
    if (pass == 0) {
      transfer({moves[0], counts[0]}, false);
      transfer({moves[1], counts[1]}, true);
    }
  }
  for (const Value& value : arguments) release(value);
}

/// Pinned locals in registers that calls do not preserve go to their slots.
void X64Assembler::save_pins() {
  for (uint32_t i = 0; i < pin_count_; ++i) {
    const Pin& pin = pins_[i];
    if (!pin.saved) continue;
    if (pin.is_float) {
      e_.op({static_cast<uint8_t>(pin.wide ? 0xf2 : 0xf3), 1, 0x11}, k32, pin.reg, slot(pin.slot));
    } else {
      e_.store(pin.wide, slot(pin.slot), pin.reg);
    }
  }
}

void X64Assembler::reload_pins() {
  for (uint32_t i = 0; i < pin_count_; ++i) {
    const Pin& pin = pins_[i];
    if (!pin.saved) continue;
    if (pin.is_float) {
      e_.op({static_cast<uint8_t>(pin.wide ? 0xf2 : 0xf3), 1, 0x10}, k32, pin.reg, slot(pin.slot));
    } else {
      e_.mov(pin.wide, pin.reg, slot(pin.slot));
    }
  }
}

/// Held values that are not arguments go home: the call would destroy them.
void X64Assembler::spill_others(std::span<const Value> kept) {
  uint64_t arguments = 0;
  for (const Value& value : kept) {
    if (value.in_register()) arguments |= uint64_t{1} << value.reg;
  }
  for (uint32_t i = 0; i < kHeld; ++i) {
    Held& held = held_[i];
    const bool in_register = held.state == Held::State::Integer || held.state == Held::State::Float;
    if (held.owned && in_register && (arguments >> i & 1) == 0) spill_held(held);
  }
}

/// A call or jump by displacement; to a function that is still to come, through the chain in entries_.
void X64Assembler::to_function(uint32_t function, bool tail) {
  const uint32_t index = function - module_.imported_functions;
  const uint32_t field = tail ? e_.jump32() : e_.call32();
  if (function == function_) return e_.patch32(field, entry_);
  if (detached_) return;
  if (function < function_) return e_.patch32(field, entries_[index]);
  code_.patch<uint32_t>(field, entries_[index]);
  entries_[index] = field;
}

void X64Assembler::call_import(uint32_t function, const wasm::FuncType& type) {
  e_.mov(true, kR10,
         Mem{kInstance, kNoReg, 0, static_cast<int32_t>(offsetof(runtime::Instance, imported_functions))});
  e_.mov(true, kR10, Mem{kR10, kNoReg, 0, static_cast<int32_t>(8 * function)});
  if (native::outgoing_bytes(type) > 0 || type.result_count > 1) {
    e_.constant(kRax, false, 0xffff'ffff);
    return call_table(MOTE_TABLE_CALL);
  }
  call_table(MOTE_TABLE_HOST);
  // What lies above a 32-bit result is anything (SysV ABI, 3.2.3).
  if (type.result_slots == 1) e_.mov(false, kRax, kRax);
}

/// A single result becomes a value; several are copied to their homes.
void X64Assembler::take_results(const wasm::FuncType& type, uint16_t to, Value* result) {
  reload_pins();
  forget_flags();
  if (result == nullptr) {
    for (uint32_t i = 0; type.results_in_slots() && i < type.result_slots; ++i) {
      e_.mov(false, kScratch, Mem{kRsp, kNoReg, 0, static_cast<int32_t>(4 * i)});
      e_.store(false, slot(to + i), kScratch);
    }
    return;
  }
  const uint8_t entry = free_entry();
  Held held{Held::State::Free, 0, false, result->home, result->type};
  if (entry == kNone) {
    held.state = is_float(held.type) ? Held::State::Float : Held::State::Integer;
    spill_held(held);  // rax or xmm0: number 0
    result->kind = Value::Kind::Stack;
    return;
  }
  held_[entry] = held;
  result->kind = Value::Kind::Register;
  result->reg = entry;
  set_result(entry, 0);
  if (free_entry() != kNone) return;
  spill_held(held_[entry]);  // one entry stays free for what is held back
  held_[entry].state = Held::State::Free;
  result->kind = Value::Kind::Stack;
}

void X64Assembler::call(uint32_t function, uint16_t to, std::span<const Value> arguments, Value* result) {
  const wasm::FuncType& type = module_.type_of(function);
  flush();
  spill_others(arguments);
  save_pins();
  place_arguments(type, arguments);
  if (function < module_.imported_functions) {
    call_import(function, type);
  } else {
    to_function(function, false);
  }
  take_results(type, to, result);
}

/// The Function of a table's element to r10 (core spec, 4.4.8).
void X64Assembler::look_up(const Value& index, uint32_t table) {
  locked_ = 0;
  lock(kR10);
  uint8_t reg = in_register(index);
  if (reg == kR10) {
    e_.mov(false, kScratch, kR10);
    release(index);
    reg = kR10;
  } else {
    evict(kR10);
  }
  // r11: the table; r10: the index, unless it has a register.
  const uint8_t at = reg;
  e_.mov(true, kScratch,
         Mem{kInstance, kNoReg, 0, static_cast<int32_t>(offsetof(runtime::Instance, tables))});
  e_.mov(true, kScratch, Mem{kScratch, kNoReg, 0, static_cast<int32_t>(8 * table)});
  e_.alu(7, false, at, Mem{kScratch, kNoReg, 0, static_cast<int32_t>(offsetof(runtime::Table, size))});
  trap_if(Cc::Ae, Trap::UndefinedElement);
  e_.mov(true, kScratch, Mem{kScratch, kNoReg, 0, static_cast<int32_t>(offsetof(runtime::Table, elements))});
  e_.mov(false, kR10, Mem{kScratch, at, 2, 0});
  e_.test(false, kR10, kR10);
  trap_if(Cc::E, Trap::UninitializedElement);
  e_.alu(0, true, kR10, Mem{kInstance, kNoReg, 0, MOTE_INSTANCE_POOL_BASE});
  if (reg != kR10) release(index);
  locked_ = 0;
}

/// The Function that a reference names to r10.
void X64Assembler::look_up_reference(const Value& callee) {
  locked_ = 0;
  lock(kR10);
  const uint8_t reg = in_register(callee);
  if (reg != kR10) evict(kR10);
  e_.test(false, reg, reg);
  trap_if(Cc::E, Trap::NullFunctionReference);
  if (reg != kR10) e_.mov(false, kR10, reg);
  e_.alu(0, true, kR10, Mem{kInstance, kNoReg, 0, MOTE_INSTANCE_POOL_BASE});
  release(callee);
  locked_ = 0;
}

/// Arguments are in place: a callee of another type's object, or of another instance, is left to the run
/// time.
X64Assembler::Stub X64Assembler::check_callee(uint32_t type, Stub::Kind kind, bool checks_type) {
  using runtime::Function;
  Stub stub;
  stub.kind = kind;
  stub.type = type;
  stub.checks_type = checks_type;
  if (checks_type) {
    e_.mov(true, kScratch, Mem{kInstance, kNoReg, 0, MOTE_INSTANCE_TYPES});
    if (type != 0) e_.alu_immediate(0, true, kScratch, static_cast<int32_t>(type * sizeof(wasm::FuncType)));
    e_.alu(7, true, kScratch, Mem{kR10, kNoReg, 0, static_cast<int32_t>(offsetof(Function, type))});
    stub.from_too = e_.jump32(Cc::Ne);
  }
  e_.alu(7, true, kInstance, Mem{kR10, kNoReg, 0, static_cast<int32_t>(offsetof(Function, instance))});
  stub.from = e_.jump32(Cc::Ne);
  return stub;
}

void X64Assembler::call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t to,
                                 std::span<const Value> arguments, Value* result) {
  flush();
  look_up(index, table);
  call_r10(type, to, arguments, result, true);
}

void X64Assembler::call_ref(const Value& callee, uint32_t type, uint16_t to, std::span<const Value> arguments,
                            Value* result) {
  flush();
  look_up_reference(callee);
  call_r10(type, to, arguments, result, false);
}

/// Calls the Function in r10, which is nobody's: arguments that were in it have moved.
void X64Assembler::call_r10(uint32_t type, uint16_t to, std::span<const Value> arguments, Value* result,
                            bool checks_type) {
  spill_others(arguments);
  save_pins();
  place_arguments(module_.types[type], arguments);
  Stub stub = check_callee(type, Stub::Kind::Call, checks_type);
  e_.call(Mem{kR10, kNoReg, 0, static_cast<int32_t>(offsetof(runtime::Function, entry))});
  if (catches_) {
    // In line, so that the place of the call says which handlers it has.
    const uint32_t done = e_.jump32();
    stub.back = Label::kNowhere;
    write_stub(stub);
    e_.patch32(done, e_.position());
  } else {
    stub.back = e_.position();
    add_stub(stub);
  }
  take_results(module_.types[type], to, result);
}

/// Results of a callee that took this function's place in all but the frame.
void X64Assembler::pass_on_results(const wasm::FuncType& type) {
  for (uint32_t i = 0; type.results_in_slots() && i < type.result_slots; ++i) {
    e_.mov(false, kScratch, Mem{kRsp, kNoReg, 0, static_cast<int32_t>(4 * i)});
    e_.store(false, incoming(4 * i), kScratch);
    patch_frame_later();
  }
  epilogue();
}

/// Takes the frame's place, unless there are arguments on the stack or the callee is not this instance's:
/// then it is a call.
void X64Assembler::tail_call(uint32_t function, uint16_t, std::span<const Value> arguments) {
  const wasm::FuncType& type = module_.type_of(function);
  flush();
  place_arguments(type, arguments);
  native::ArgumentPlaces places;
  const uint8_t* at = type.params;
  for (uint32_t i = 0; i < type.param_count; ++i) (void)places.next(wasm::next_type(at));
  if (function < module_.imported_functions) {
    call_import(function, type);
    return pass_on_results(type);
  }
  if (places.words > 0) {
    to_function(function, false);
    return pass_on_results(type);
  }
  leave_frame();
  to_function(function, true);
}

void X64Assembler::tail_call_indirect(const Value& index, uint32_t type, uint32_t table, uint16_t,
                                      std::span<const Value> arguments) {
  flush();
  look_up(index, table);
  tail_call_r10(type, arguments, true);
}

void X64Assembler::tail_call_ref(const Value& callee, uint32_t type, uint16_t,
                                 std::span<const Value> arguments) {
  flush();
  look_up_reference(callee);
  tail_call_r10(type, arguments, false);
}

void X64Assembler::tail_call_r10(uint32_t type, std::span<const Value> arguments, bool checks_type) {
  place_arguments(module_.types[type], arguments);
  native::ArgumentPlaces places;
  const uint8_t* at = module_.types[type].params;
  for (uint32_t i = 0; i < module_.types[type].param_count; ++i) (void)places.next(wasm::next_type(at));
  Stub stub = check_callee(type, Stub::Kind::TailCall, checks_type);
  const Mem entry{kR10, kNoReg, 0, static_cast<int32_t>(offsetof(runtime::Function, entry))};
  if (places.words > 0) {
    e_.call(entry);
    pass_on_results(module_.types[type]);
  } else {
    leave_frame();
    e_.jump(entry);
  }
  add_stub(stub);
}

/// Leaves results where the caller looks for them, and returns. Changes no value's place.
void X64Assembler::ret(std::span<const Value> values) {
  if (values.size() == 1 && !(values[0].type == wasm::kV128)) {
    const Value& value = values[0];
    const bool floats = is_float(value.type);
    if (is_pending(value)) {
      const bool free = ((floats ? free_floats_ : free_) & 1) != 0;
      emit_pending(free ? uint8_t{0} : kNone);
    }
    if (pending_.valid) flush();
    if (floats) {
      load_float(0, value);
    } else {
      load_integer(kRax, value);
    }
  } else {
    flush();
    uint32_t at = 0;
    for (const Value& value : values) {
      if (value.type == wasm::kV128) {
        e_.op({0, 1, 0x10}, k32, kFloatScratch, place(value));  // movups
        e_.op({0, 1, 0x11}, k32, kFloatScratch, incoming(at));
        patch_frame_later();
        at += 16;
        continue;
      }
      const bool wide = is_wide(value.type);
      const bool in_register = !value.is_constant() && place(value).is_register;
      if (in_register && is_float(value.type)) {
        e_.op({static_cast<uint8_t>(wide ? 0xf2 : 0xf3), 1, 0x11}, k32, place(value).reg, incoming(at));
      } else {
        if (!in_register) load_integer(kScratch, value);
        e_.store(wide, incoming(at), in_register ? place(value).reg : kScratch);
      }
      patch_frame_later();
      at += wide ? 8 : 4;
    }
  }
  epilogue();
}

void X64Assembler::helper(Op op, uint16_t first, uint32_t a, uint32_t b) {
  if (inline_vector(op, first, a, b)) return;
  flush();
  spill_caller_saved();
  save_pins();
  e_.lea(true, kRdx, slot(first));
  e_.constant(kRsi, false, vm::helper_of(op));
  e_.constant(kRcx, false, a);
  e_.constant(kR8, false, b);
  call_table(MOTE_TABLE_HELP);
  reload_pins();
  forget_flags();
}

}  // namespace mote::compile
