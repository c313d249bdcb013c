// SPDX-License-Identifier: Apache-2.0
// Vectors by SSE4.1, where a few instructions do: operands come from their homes and the result goes there,
// so that neither the pass nor the register file knows of it. Everything else is a helper's work.
#include "compile/isa/x64/assembler.hpp"
#include "compile/isa/x64/opcodes.hpp"

namespace mote::compile {

using namespace x64;

namespace {

/// x = x op y, with the operands the other way round, or the result inverted.
struct Binary {
  Op op;
  Opcode code;
  bool swapped = false, inverted = false;
};
constexpr Binary kBinary[] = {
    {Op::I8x16Add, {0x66, 1, 0xfc}},
    {Op::I16x8Add, {0x66, 1, 0xfd}},
    {Op::I32x4Add, {0x66, 1, 0xfe}},
    {Op::I64x2Add, {0x66, 1, 0xd4}},
    {Op::I8x16Sub, {0x66, 1, 0xf8}},
    {Op::I16x8Sub, {0x66, 1, 0xf9}},
    {Op::I32x4Sub, {0x66, 1, 0xfa}},
    {Op::I64x2Sub, {0x66, 1, 0xfb}},
    {Op::I8x16AddSatS, {0x66, 1, 0xec}},
    {Op::I16x8AddSatS, {0x66, 1, 0xed}},
    {Op::I8x16AddSatU, {0x66, 1, 0xdc}},
    {Op::I16x8AddSatU, {0x66, 1, 0xdd}},
    {Op::I8x16SubSatS, {0x66, 1, 0xe8}},
    {Op::I16x8SubSatS, {0x66, 1, 0xe9}},
    {Op::I8x16SubSatU, {0x66, 1, 0xd8}},
    {Op::I16x8SubSatU, {0x66, 1, 0xd9}},
    {Op::I16x8Mul, {0x66, 1, 0xd5}},
    {Op::I32x4Mul, {0x66, 2, 0x40}},
    {Op::I32x4DotI16x8S, {0x66, 1, 0xf5}},
    {Op::I8x16MinU, {0x66, 1, 0xda}},
    {Op::I8x16MaxU, {0x66, 1, 0xde}},
    {Op::I16x8MinS, {0x66, 1, 0xea}},
    {Op::I16x8MaxS, {0x66, 1, 0xee}},
    {Op::I8x16MinS, {0x66, 2, 0x38}},
    {Op::I8x16MaxS, {0x66, 2, 0x3c}},
    {Op::I16x8MinU, {0x66, 2, 0x3a}},
    {Op::I16x8MaxU, {0x66, 2, 0x3e}},
    {Op::I32x4MinS, {0x66, 2, 0x39}},
    {Op::I32x4MaxS, {0x66, 2, 0x3d}},
    {Op::I32x4MinU, {0x66, 2, 0x3b}},
    {Op::I32x4MaxU, {0x66, 2, 0x3f}},
    {Op::I8x16AvgrU, {0x66, 1, 0xe0}},
    {Op::I16x8AvgrU, {0x66, 1, 0xe3}},
    {Op::I8x16NarrowI16x8S, {0x66, 1, 0x63}},
    {Op::I8x16NarrowI16x8U, {0x66, 1, 0x67}},
    {Op::I16x8NarrowI32x4S, {0x66, 1, 0x6b}},
    {Op::I16x8NarrowI32x4U, {0x66, 2, 0x2b}},
    {Op::V128And, {0x66, 1, 0xdb}},
    {Op::V128Andnot, {0x66, 1, 0xdf}, true},
    {Op::V128Or, {0x66, 1, 0xeb}},
    {Op::V128Xor, {0x66, 1, 0xef}},
    {Op::I8x16Eq, {0x66, 1, 0x74}},
    {Op::I16x8Eq, {0x66, 1, 0x75}},
    {Op::I32x4Eq, {0x66, 1, 0x76}},
    {Op::I64x2Eq, {0x66, 2, 0x29}},
    {Op::I8x16Ne, {0x66, 1, 0x74}, false, true},
    {Op::I16x8Ne, {0x66, 1, 0x75}, false, true},
    {Op::I32x4Ne, {0x66, 1, 0x76}, false, true},
    {Op::I64x2Ne, {0x66, 2, 0x29}, false, true},
    {Op::I8x16GtS, {0x66, 1, 0x64}},
    {Op::I16x8GtS, {0x66, 1, 0x65}},
    {Op::I32x4GtS, {0x66, 1, 0x66}},
    {Op::I8x16LtS, {0x66, 1, 0x64}, true},
    {Op::I16x8LtS, {0x66, 1, 0x65}, true},
    {Op::I32x4LtS, {0x66, 1, 0x66}, true},
    {Op::I8x16LeS, {0x66, 1, 0x64}, false, true},
    {Op::I16x8LeS, {0x66, 1, 0x65}, false, true},
    {Op::I32x4LeS, {0x66, 1, 0x66}, false, true},
    {Op::I8x16GeS, {0x66, 1, 0x64}, true, true},
    {Op::I16x8GeS, {0x66, 1, 0x65}, true, true},
    {Op::I32x4GeS, {0x66, 1, 0x66}, true, true},
    {Op::F32x4Add, {0, 1, 0x58}},
    {Op::F32x4Sub, {0, 1, 0x5c}},
    {Op::F32x4Mul, {0, 1, 0x59}},
    {Op::F32x4Div, {0, 1, 0x5e}},
    {Op::F64x2Add, {0x66, 1, 0x58}},
    {Op::F64x2Sub, {0x66, 1, 0x5c}},
    {Op::F64x2Mul, {0x66, 1, 0x59}},
    {Op::F64x2Div, {0x66, 1, 0x5e}},
    {Op::F32x4Pmin, {0, 1, 0x5d}, true},
    {Op::F32x4Pmax, {0, 1, 0x5f}, true},
    {Op::F64x2Pmin, {0x66, 1, 0x5d}, true},
    {Op::F64x2Pmax, {0x66, 1, 0x5f}, true},
};

/// x = op y.
struct Unary {
  Op op;
  Opcode code;
  uint8_t immediate_bytes = 0, immediate = 0;
};
constexpr Unary kUnary[] = {
    {Op::I8x16Abs, {0x66, 2, 0x1c}},
    {Op::I16x8Abs, {0x66, 2, 0x1d}},
    {Op::I32x4Abs, {0x66, 2, 0x1e}},
    {Op::F32x4Sqrt, {0, 1, 0x51}},
    {Op::F64x2Sqrt, {0x66, 1, 0x51}},
    {Op::F32x4Ceil, {0x66, 3, 0x08}, 1, 10},
    {Op::F32x4Floor, {0x66, 3, 0x08}, 1, 9},
    {Op::F32x4Trunc, {0x66, 3, 0x08}, 1, 11},
    {Op::F32x4Nearest, {0x66, 3, 0x08}, 1, 8},
    {Op::F64x2Ceil, {0x66, 3, 0x09}, 1, 10},
    {Op::F64x2Floor, {0x66, 3, 0x09}, 1, 9},
    {Op::F64x2Trunc, {0x66, 3, 0x09}, 1, 11},
    {Op::F64x2Nearest, {0x66, 3, 0x09}, 1, 8},
    {Op::F32x4ConvertI32x4S, {0, 1, 0x5b}},
    {Op::F64x2ConvertLowI32x4S, {0xf3, 1, 0xe6}},
    {Op::F64x2PromoteLowF32x4, {0, 1, 0x5a}},
    {Op::F32x4DemoteF64x2Zero, {0x66, 1, 0x5a}},
    {Op::I16x8ExtendLowI8x16S, {0x66, 2, 0x20}},
    {Op::I16x8ExtendLowI8x16U, {0x66, 2, 0x30}},
    {Op::I32x4ExtendLowI16x8S, {0x66, 2, 0x23}},
    {Op::I32x4ExtendLowI16x8U, {0x66, 2, 0x33}},
    {Op::I64x2ExtendLowI32x4S, {0x66, 2, 0x25}},
    {Op::I64x2ExtendLowI32x4U, {0x66, 2, 0x35}},
};

/// Loads, by how the vector is made of memory.
struct Load {
  Op op;
  uint32_t bytes;
  Opcode code;
};
constexpr Load kLoads[] = {
    {Op::V128Load, 16, {0, 1, 0x10}},          {Op::V128Load8x8S, 8, {0x66, 2, 0x20}},
    {Op::V128Load8x8U, 8, {0x66, 2, 0x30}},    {Op::V128Load16x4S, 8, {0x66, 2, 0x23}},
    {Op::V128Load16x4U, 8, {0x66, 2, 0x33}},   {Op::V128Load32x2S, 8, {0x66, 2, 0x25}},
    {Op::V128Load32x2U, 8, {0x66, 2, 0x35}},   {Op::V128Load32Splat, 4, {0x66, 1, 0x6e}},
    {Op::V128Load64Splat, 8, {0xf3, 1, 0x7e}}, {Op::V128Load32Zero, 4, {0x66, 1, 0x6e}},
    {Op::V128Load64Zero, 8, {0xf3, 1, 0x7e}},
};

/// Shifts of lanes by a count in an xmm register, which is masked to the lane's width before.
struct ShiftRow {
  Op op;
  uint8_t code, mask;
};
constexpr ShiftRow kShifts[] = {
    {Op::I16x8Shl, 0xf1, 15},  {Op::I32x4Shl, 0xf2, 31},  {Op::I64x2Shl, 0xf3, 63},
    {Op::I16x8ShrU, 0xd1, 15}, {Op::I32x4ShrU, 0xd2, 31}, {Op::I64x2ShrU, 0xd3, 63},
    {Op::I16x8ShrS, 0xe1, 15}, {Op::I32x4ShrS, 0xe2, 31},
};

template <class Row, size_t N>
const Row* find(const Row (&rows)[N], Op op) {
  for (const Row& row : rows) {
    if (row.op == op) return &row;
  }
  return nullptr;
}

constexpr Opcode kMovups = {0, 1, 0x10}, kMovupsStore = {0, 1, 0x11}, kMovd = {0x66, 1, 0x6e},
                 kPshufd = {0x66, 1, 0x70}, kPxor = {0x66, 1, 0xef}, kPshufb = {0x66, 2, 0x00};

}  // namespace

/// A vector from its home to a register that nobody owns.
uint8_t X64Assembler::vector_at(uint16_t home) {
  const uint8_t reg = allocate_float();
  e_.op(kMovups, k32, reg, slot(home));
  return reg;
}

void X64Assembler::store_vector(uint8_t reg, uint16_t home) {
  e_.op(kMovupsStore, k32, reg, slot(home));
}

void X64Assembler::invert_vector(uint8_t reg) {
  e_.op({0x66, 1, 0x76}, k32, kFloatScratch, kFloatScratch);  // pcmpeqd: ones
  e_.op(kPxor, k32, reg, kFloatScratch);
}

/// Loads and stores of memory 0; the address is in its home.
bool X64Assembler::vector_access(Op op, uint16_t first, uint32_t memory, uint32_t offset) {
  const Load* load = find(kLoads, op);
  if (memory != 0 || module_.memories[0].limits.is_64 || (load == nullptr && op != Op::V128Store))
    return false;
  Value place;
  place.type = wasm::kI32;
  place.home = first;
  MemArg arg;
  arg.offset = offset;
  if (load == nullptr) {
    const uint8_t value = vector_at(static_cast<uint16_t>(first + 1));
    e_.op(kMovupsStore, k32, value, address(place, arg, 16));
    return true;
  }
  e_.op(load->code, k32, kFloatScratch, address(place, arg, load->bytes));
  if (op == Op::V128Load32Splat) e_.op(kPshufd, k32, kFloatScratch, kFloatScratch, 1, 0);
  if (op == Op::V128Load64Splat) e_.op(kPshufd, k32, kFloatScratch, kFloatScratch, 1, 0x44);
  store_vector(kFloatScratch, first);
  return true;
}

/// Scalars to and from lanes: a lane is a place in the vector's home.
bool X64Assembler::vector_lane(Op op, uint16_t first, uint32_t lane) {
  const uint32_t log2 = wasm::row_of(op).align;
  Mem place = slot(first);
  place.displacement += static_cast<int32_t>(lane << log2);
  const Mem scalar = slot(first + 4u);
  switch (op) {
    case Op::I8x16ExtractLaneS:
      e_.op({0, 1, 0xbe}, k32, kScratch, place);
      break;
    case Op::I8x16ExtractLaneU:
      e_.op({0, 1, 0xb6}, k32, kScratch, place);
      break;
    case Op::I16x8ExtractLaneS:
      e_.op({0, 1, 0xbf}, k32, kScratch, place);
      break;
    case Op::I16x8ExtractLaneU:
      e_.op({0, 1, 0xb7}, k32, kScratch, place);
      break;
    case Op::I32x4ExtractLane:
    case Op::F32x4ExtractLane:
      e_.mov(false, kScratch, place);
      break;
    case Op::I64x2ExtractLane:
    case Op::F64x2ExtractLane:
      e_.mov(true, kScratch, place);
      e_.store(true, slot(first), kScratch);
      return true;
    default: {
      e_.mov(log2 == 3, kScratch, scalar);
      const auto prefix = static_cast<uint8_t>(log2 == 1 ? 0x66 : 0);
      e_.op({prefix, 0, static_cast<uint8_t>(log2 == 0 ? 0x88 : 0x89)}, {log2 == 3, log2 == 0, false},
            kScratch, place);
      return true;
    }
  }
  e_.store(false, slot(first), kScratch);
  return true;
}

bool X64Assembler::vector_splat(Op op, uint16_t first) {
  const uint8_t reg = kFloatScratch;
  switch (op) {
    case Op::I8x16Splat: {
      const uint8_t zeros = allocate_float();
      e_.op(kMovd, k32, reg, slot(first));
      e_.op(kPxor, k32, zeros, zeros);
      e_.op(kPshufb, k32, reg, zeros);
      break;
    }
    case Op::I16x8Splat:
      e_.op(kMovd, k32, reg, slot(first));
      e_.op({0xf2, 1, 0x70}, k32, reg, reg, 1, 0);  // pshuflw
      e_.op(kPshufd, k32, reg, reg, 1, 0);
      break;
    case Op::I32x4Splat:
    case Op::F32x4Splat:
      e_.op(kMovd, k32, reg, slot(first));
      e_.op(kPshufd, k32, reg, reg, 1, 0);
      break;
    default:
      e_.op({0xf3, 1, 0x7e}, k32, reg, slot(first));  // movq
      e_.op(kPshufd, k32, reg, reg, 1, 0x44);
      break;
  }
  store_vector(reg, first);
  return true;
}

/// Comparisons of floats: eq lt le unordered neq, by number; gt and ge are the others the other way round.
void X64Assembler::vector_float_compare(Op op, uint16_t first) {
  const bool wide = op >= Op::F64x2Eq;
  constexpr uint8_t kPredicates[] = {0, 4, 1, 1, 2, 2};  // eq ne lt gt le ge
  const uint32_t which = wasm::code_of(op) - wasm::code_of(wide ? Op::F64x2Eq : Op::F32x4Eq);
  const bool swapped = which == 3 || which == 5;
  const uint8_t x = vector_at(swapped ? static_cast<uint16_t>(first + 4) : first);
  const uint8_t y = vector_at(swapped ? first : static_cast<uint16_t>(first + 4));
  e_.op({static_cast<uint8_t>(wide ? 0x66 : 0), 1, 0xc2}, k32, x, y, 1, kPredicates[which]);
  store_vector(x, first);
}

/// Bytes of two vectors, or of one, by the numbers in a third.
void X64Assembler::vector_shuffle(Op op, uint16_t first) {
  const bool two = op == Op::I8x16Shuffle;
  const uint8_t x = vector_at(first), limit = allocate_float();
  const uint8_t lanes = vector_at(static_cast<uint16_t>(first + (two ? 8 : 4)));
  const auto spread = [&](uint32_t bytes) {
    e_.constant(kScratch, false, bytes);
    e_.op(kMovd, k32, limit, kScratch);
    e_.op(kPshufd, k32, limit, limit, 1, 0);
  };
  // Bit 7 makes a zero: of numbers from 16 on, and of those below 16 in the second vector's turn.
  spread(0x7070'7070);
  e_.op({0x66, 1, 0x6f}, k32, kFloatScratch, lanes);  // movdqa
  e_.op({0x66, 1, 0xdc}, k32, kFloatScratch, limit);  // paddusb
  e_.op(kPshufb, k32, x, kFloatScratch);
  if (two) {
    const uint8_t y = vector_at(static_cast<uint16_t>(first + 4));
    spread(0x1010'1010);
    e_.op({0x66, 1, 0xf8}, k32, lanes, limit);  // psubb
    e_.op(kPshufb, k32, y, lanes);
    e_.op({0x66, 1, 0xeb}, k32, x, y);
  }
  store_vector(x, first);
}

/// The rest, a few instructions each.
bool X64Assembler::vector_other(Op op, uint16_t first) {
  const auto at = [&](uint32_t index) { return static_cast<uint16_t>(first + 4 * index); };
  switch (op) {
    case Op::V128Not: {
      const uint8_t x = vector_at(first);
      invert_vector(x);
      store_vector(x, first);
      return true;
    }
    case Op::V128Bitselect:
    case Op::I8x16RelaxedLaneselect:
    case Op::I16x8RelaxedLaneselect:
    case Op::I32x4RelaxedLaneselect:
    case Op::I64x2RelaxedLaneselect: {  // ((x ^ y) & mask) ^ y
      const uint8_t x = vector_at(first), y = vector_at(at(1)), mask = vector_at(at(2));
      e_.op(kPxor, k32, x, y);
      e_.op({0x66, 1, 0xdb}, k32, x, mask);
      e_.op(kPxor, k32, x, y);
      store_vector(x, first);
      return true;
    }
    case Op::F32x4RelaxedMadd:
    case Op::F64x2RelaxedMadd: {
      const auto prefix = static_cast<uint8_t>(op == Op::F64x2RelaxedMadd ? 0x66 : 0);
      const uint8_t x = vector_at(first), y = vector_at(at(1)), z = vector_at(at(2));
      e_.op({prefix, 1, 0x59}, k32, x, y);
      e_.op({prefix, 1, 0x58}, k32, x, z);
      store_vector(x, first);
      return true;
    }
    case Op::V128AnyTrue: {
      const uint8_t x = vector_at(first);
      e_.op({0x66, 2, 0x17}, k32, x, x);                       // ptest
      e_.op({0, 1, 0x95}, {false, false, true}, 0, kScratch);  // setne
      e_.op({0, 1, 0xb6}, {false, false, true}, kScratch, kScratch);
      e_.store(false, slot(first), kScratch);
      return true;
    }
    case Op::I8x16Bitmask:
    case Op::I32x4Bitmask:
    case Op::I64x2Bitmask: {
      const uint8_t x = vector_at(first);
      const auto prefix = static_cast<uint8_t>(op == Op::I32x4Bitmask ? 0 : 0x66);
      e_.op({prefix, 1, static_cast<uint8_t>(op == Op::I8x16Bitmask ? 0xd7 : 0x50)}, k32, kScratch, x);
      e_.store(false, slot(first), kScratch);
      return true;
    }
    case Op::I8x16Swizzle:
    case Op::I8x16RelaxedSwizzle:
    case Op::I8x16Shuffle:
      return vector_shuffle(op, first), true;
    default:
      return false;
  }
}

/// Does an operation on vectors at once, operands and result in their homes from `first` on; false: a helper
/// must.
bool X64Assembler::inline_vector(Op op, uint16_t first, uint32_t a, uint32_t b) {
  if (wasm::prefix_of(op) != 0xfd || !cpu_.sse41) return false;
  flush();
  locked_ = locked_floats_ = 0;
  const auto second = static_cast<uint16_t>(first + 4);
  bool done = true;
  if (const Binary* row = find(kBinary, op)) {
    const uint8_t x = vector_at(row->swapped ? second : first), y = vector_at(row->swapped ? first : second);
    e_.op(row->code, k32, x, y);
    if (row->inverted) invert_vector(x);
    store_vector(x, first);
  } else if (const Unary* unary = find(kUnary, op)) {
    const uint8_t y = vector_at(first);
    e_.op(unary->code, k32, kFloatScratch, y, unary->immediate_bytes, unary->immediate);
    store_vector(kFloatScratch, first);
  } else if (const ShiftRow* shift = find(kShifts, op)) {
    const uint8_t x = vector_at(first);
    e_.mov(false, kScratch, slot(second));
    e_.alu_immediate(4, false, kScratch, shift->mask);
    e_.op(kMovd, k32, kFloatScratch, kScratch);
    e_.op({0x66, 1, shift->code}, k32, x, kFloatScratch);
    store_vector(x, first);
  } else if (op >= Op::F32x4Eq && op <= Op::F64x2Ge) {
    vector_float_compare(op, first);
  } else if (op >= Op::I8x16Splat && op <= Op::F64x2Splat) {
    done = vector_splat(op, first);
  } else if (op >= Op::I8x16ExtractLaneS && op <= Op::F64x2ReplaceLane) {
    done = vector_lane(op, first, a);
  } else if (wasm::row_of(op).immediate == wasm::Immediate::MemArg) {
    done = vector_access(op, first, a, b);
  } else {
    done = vector_other(op, first);
  }
  locked_ = locked_floats_ = 0;
  if (done) forget_flags();
  return done;
}

}  // namespace mote::compile
