// SPDX-License-Identifier: Apache-2.0
// Vectors: values of four slots that are in their homes or in locals, and operations by helpers.

namespace mote::compile {

/// A constant, laid into its home: no place of a Value has room for it.
template <Isa I>
void SinglePass<I>::vector_constant(const uint8_t* bytes) {
  const Value vector = in_home(wasm::kV128);
  need_slots(vector.home + vector.slots());
  spill();
  for (uint32_t half = 0; half < 2 && live(); ++half) {
    Value constant = vector;
    constant.type = wasm::kI64;
    constant.kind = Value::Kind::Constant;
    constant.home = static_cast<uint16_t>(vector.home + 2 * half);
    for (uint32_t i = 8; i > 0; --i) constant.constant = constant.constant << 8 | bytes[8 * half + i - 1];
    isa_.move(constant.home, constant);
  }
  push(vector);
}

/// A lane's number (core spec, 3.4.6).
template <Isa I>
uint32_t SinglePass<I>::read_lane(uint32_t lanes) {
  const uint32_t lane = reader_.u8();
  if (reader_.ok() && lane >= lanes) fail("invalid lane index");
  return lane;
}

/// An access to memory by a helper; a lane is an operand more.
template <Isa I>
void SinglePass<I>::vector_access(Op op, const wasm::OpcodeRow& row) {
  const MemArg arg = read_memarg(row);
  const bool has_lane = row.immediate == wasm::Immediate::MemArgLane;
  const uint32_t lane = has_lane ? read_lane(16u >> row.align) : 0;
  if (!reader_.ok()) return;
  const ValType address = memory_address(arg.memory), result = row.result();
  const auto offset = static_cast<uint32_t>(arg.offset);
  if (has_lane) {
    constant(wasm::kI32, lane);
    help(op, {address, wasm::kV128, wasm::kI32}, result, arg.memory, offset);
  } else if (result == wasm::kBottom) {
    help(op, {address, wasm::kV128}, result, arg.memory, offset);
  } else {
    help(op, {address}, result, arg.memory, offset);
  }
}

template <Isa I>
void SinglePass<I>::shuffle() {
  const uint8_t* lanes = reader_.position();
  for (uint32_t i = 0; i < 16; ++i) read_lane(32);
  if (!reader_.ok()) return;
  vector_constant(lanes);
  help(Op::I8x16Shuffle, {wasm::kV128, wasm::kV128, wasm::kV128}, wasm::kV128, 0, 0);
}

/// Any opcode behind the prefix 0xfd.
template <Isa I>
void SinglePass<I>::vector(Op op, const wasm::OpcodeRow& row) {
  switch (row.immediate) {
    case wasm::Immediate::V128: {
      const uint8_t* bytes = reader_.bytes(16);
      return reader_.ok() ? vector_constant(bytes) : void();
    }
    case wasm::Immediate::Lanes16:
      return shuffle();
    case wasm::Immediate::MemArg:
    case wasm::Immediate::MemArgLane:
      return vector_access(op, row);
    case wasm::Immediate::Lane:
      return help_by_row(op, row, read_lane(16u >> row.align), 0);
    default:
      return help_by_row(op, row, 0, 0);
  }
}

/// select of the two topmost vectors, the condition popped: the second takes the first's home.
template <Isa I>
void SinglePass<I>::select_vector(Value condition) {
  const bool there = values_.size() >= controls_.top().height + 2;
  if (live() && there) {
    if (needs_flush(2)) keep(condition);
    flush(2);
  }
  const Value second = pop(wasm::kV128), first = pop(wasm::kV128);
  if (!reader_.ok()) return;
  if (live()) {
    Label chosen;
    isa_.branch(condition, true, chosen);
    isa_.move(first.home, second);
    isa_.bind(chosen);
  }
  push_type(wasm::kV128);
}

}  // namespace mote::compile
