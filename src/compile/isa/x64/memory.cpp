// SPDX-License-Identifier: Apache-2.0
// Accesses to memory 0, and globals.
//
// With guard pages an access needs no check: base, 32-bit address and 32-bit offset stay within the
// reservation. Otherwise one comparison with the limit covers small offsets (runtime::kMemorySlack), and code
// out of line decides what it leaves open.
#include <cstddef>

#include "compile/isa/x64/assembler.hpp"
#include "compile/isa/x64/opcodes.hpp"
#include "native/layout.hpp"

namespace mote::compile {

using namespace x64;

namespace {
constexpr uint64_t kMostDisplacement = 0x7fff'ffff;
}

/// Traps unless `reg` + `offset` + `width` lies within memory 0.
void X64Assembler::check_bounds(uint8_t reg, uint64_t offset, uint32_t width) {
  const uint64_t end = offset + width;
  const Mem bytes{kInstance, kNoReg, 0, MOTE_INSTANCE_MEMORY_BYTES};
  if (end <= runtime::kMemorySlack) {
    e_.alu(7, false, reg, Mem{kInstance, kNoReg, 0, MOTE_INSTANCE_MEMORY_LIMIT});
    Stub stub;
    stub.kind = Stub::Kind::Bounds;
    stub.reg = reg;
    stub.end = end;
    stub.from = e_.jump32(Cc::Ae);
    stub.back = e_.position();
    return add_stub(stub);
  }
  if (end <= kMostDisplacement) {
    e_.lea(true, kScratch, {reg, kNoReg, 0, static_cast<int32_t>(end)});
  } else {
    e_.constant(kScratch, true, end);
    e_.alu(0, true, kScratch, reg);
  }
  e_.alu(7, true, kScratch, bytes);
  trap_if(Cc::A, Trap::MemoryOutOfBounds);
}

/// Where an access goes; may use the scratch register.
Mem X64Assembler::address(const Value& address, const MemArg& arg, uint32_t width) {
  const bool check = options_.bounds == runtime::Bounds::Software;
  if (address.is_constant()) {
    const uint64_t at = (address.constant & 0xffff'ffff) + arg.offset;
    if (check && at + width > arg.minimum) {
      e_.constant(kScratch, true, at + width);
      e_.alu(7, true, kScratch, Mem{kInstance, kNoReg, 0, MOTE_INSTANCE_MEMORY_BYTES});
      trap_if(Cc::A, Trap::MemoryOutOfBounds);
    }
    if (at <= kMostDisplacement) return {kMemory, kNoReg, 0, static_cast<int32_t>(at)};
    e_.constant(kScratch, true, at);
    return {kMemory, kScratch, 0, 0};
  }
  const uint8_t index = in_register(address);
  if (check) check_bounds(index, arg.offset, width);
  if (arg.offset <= kMostDisplacement) return {kMemory, index, 0, static_cast<int32_t>(arg.offset)};
  e_.constant(kScratch, true, arg.offset);
  e_.alu(0, true, kScratch, index);
  return {kMemory, kScratch, 0, 0};
}

/// A global's slots; of an imported one through the scratch register.
Mem X64Assembler::global_place(uint32_t index) {
  if (index >= module_.imported_globals)
    return {kInstance, kNoReg, 0,
            static_cast<int32_t>(sizeof(runtime::Instance) + 4 * module_.globals[index].slot)};
  e_.mov(true, kScratch,
         Mem{kInstance, kNoReg, 0, static_cast<int32_t>(offsetof(runtime::Instance, imported_globals))});
  const size_t at = index * sizeof(runtime::Global) + offsetof(runtime::Global, slots);
  e_.mov(true, kScratch, Mem{kScratch, kNoReg, 0, static_cast<int32_t>(at)});
  return {kScratch, kNoReg, 0, 0};
}

void X64Assembler::narrow(Value& result, const Value& value, Trap kind) {
  flush();
  locked_ = locked_floats_ = 0;
  const bool keeps = !value.is_constant() && place(value).is_register && !dying(value);  // a pinned local's
  const uint8_t from = in_register(value);
  e_.mov(true, kScratch, from);
  e_.op({0, 0, 0xc1}, k64, 5, kScratch, 1, 32);  // shr
  trap_if(Cc::Ne, kind);
  uint8_t to = from;
  if (keeps) e_.mov(false, to = allocate(), from);
  release(value);
  give_result(result, to);
  locked_ = locked_floats_ = 0;
}

void X64Assembler::load(Op op, Value& result, const Value& address, const MemArg& arg) {
  flush();
  Node node;
  node.op = op;
  node.count = 1;
  node.x = address;
  node.arg = arg;
  begin_pending(node, result);
}

void X64Assembler::global_get(Value& result, const wasm::Global&, uint32_t index) {
  flush();
  Node node;
  node.op = Op::GlobalGet;
  node.arg.offset = index;
  begin_pending(node, result);
}

void X64Assembler::write_load(const Node& node, uint8_t target) {
  struct Form {
    Opcode opcode;
    bool wide;
  };
  constexpr Form kForms[] = {{{0, 0, 0x8b}, false},    {{0, 0, 0x8b}, true},  {{0xf3, 1, 0x10}, false},
                             {{0xf2, 1, 0x10}, false}, {{0, 1, 0xbe}, false}, {{0, 1, 0xb6}, false},
                             {{0, 1, 0xbf}, false},    {{0, 1, 0xb7}, false}, {{0, 1, 0xbe}, true},
                             {{0, 1, 0xb6}, false},    {{0, 1, 0xbf}, true},  {{0, 1, 0xb7}, false},
                             {{0, 0, 0x63}, true},     {{0, 0, 0x8b}, false}};
  const wasm::ValType type = held_[pending_.held].type;
  const Mem from = node.op == Op::GlobalGet ? global_place(static_cast<uint32_t>(node.arg.offset))
                                            : address(node.x, node.arg, access_width(node.op));
  Form form = kForms[is_float(type) ? (is_wide(type) ? 3 : 2) : is_wide(type) ? 1 : 0];
  if (node.op != Op::GlobalGet) form = kForms[static_cast<uint32_t>(node.op) - 0x28];
  uint8_t to = target;
  if (to == kNone) to = is_float(type) ? allocate_float() : integer_target(kNone, node.x);
  e_.op(form.opcode, width(form.wide), to, from);
  finish(to);
}

void X64Assembler::store(Op op, const Value& address_value, const Value& value, const MemArg& arg) {
  flush();
  locked_ = locked_floats_ = 0;
  for (const Value* v : {&address_value, &value}) {
    if (v->is_constant() || !place(*v).is_register) continue;
    (is_float(v->type) ? locked_floats_ : locked_) |= 1u << place(*v).reg;
  }
  const uint32_t bytes = access_width(op);
  const bool immediate = value.is_constant() && fits_immediate(value.constant, bytes == 8);
  const bool floats = is_float(value.type) && !value.is_constant();
  uint8_t reg = 0;
  if (floats) {
    reg = in_float(value);
  } else if (!immediate) {
    reg = in_register(value);
  }
  const Mem to = address(address_value, arg, bytes);
  if (floats) {
    e_.op({static_cast<uint8_t>(bytes == 8 ? 0xf2 : 0xf3), 1, 0x11}, k32, reg, to);
  } else {
    const auto prefix = static_cast<uint8_t>(bytes == 2 ? 0x66 : 0);
    const bool small = bytes == 1;
    if (immediate) {
      e_.op({prefix, 0, static_cast<uint8_t>(small ? 0xc6 : 0xc7)}, width(bytes == 8), 0, to,
            bytes == 8 ? 4 : bytes, value.constant);
    } else {
      e_.op({prefix, 0, static_cast<uint8_t>(small ? 0x88 : 0x89)}, {bytes == 8, small, false}, reg, to);
    }
  }
  release(address_value);
  release(value);
  locked_ = locked_floats_ = 0;
}

void X64Assembler::global_set(const Value& value, const wasm::Global& global, uint32_t index) {
  flush();
  locked_ = locked_floats_ = 0;
  const bool wide = is_wide(global.type.type);
  const bool floats = is_float(value.type) && !value.is_constant();
  const uint8_t reg = floats ? in_float(value) : in_register(value);
  const Mem to = global_place(index);
  if (floats) {
    e_.op({static_cast<uint8_t>(wide ? 0xf2 : 0xf3), 1, 0x11}, k32, reg, to);
  } else {
    e_.store(wide, to, reg);
  }
  release(value);
  locked_ = locked_floats_ = 0;
}

}  // namespace mote::compile
