// SPDX-License-Identifier: Apache-2.0
// Memories, tables, references: accesses are the ISA's, everything rarer is a helper's.

namespace mote::compile {

/// Reads an access's immediates: alignment with the multi-memory bit, memory index, offset (core
/// spec, 5.4.6).
template <Isa I>
MemArg SinglePass<I>::read_memarg(const wasm::OpcodeRow& row) {
  MemArg arg;
  uint32_t align = reader_.u32();
  if (align & 0x40) {
    if (!wasm::require(reader_, wasm::Proposal::MultiMemory, at_)) return arg;
    align &= ~0x40u;
    arg.memory = reader_.u32();
  }
  if (align >= 0x80) {
    reader_.fail_at(ErrorCode::Malformed, "malformed memop flags", at_);
    return arg;
  }
  arg.offset = reader_.u64();
  if (!reader_.ok()) return arg;
  if (arg.offset > 0xffff'ffff) fail("offset out of range");
  if (arg.memory >= module_.memories.count) {
    fail("unknown memory");
    return arg;
  }
  if (align > row.align) fail("alignment must not be larger than natural");
  const wasm::MemoryType& type = module_.memories[arg.memory];
  arg.minimum = type.limits.min << type.page_log2;
  touches_memory_ = true;
  return arg;
}

template <Isa I>
void SinglePass<I>::load(Op op, const wasm::OpcodeRow& row) {
  const MemArg arg = read_memarg(row);
  const Value address = pop(wasm::kI32);
  if (!reader_.ok()) return;
  if (arg.memory != 0) {
    push(address);
    return help(op, {wasm::kI32}, row.result(), arg.memory, static_cast<uint32_t>(arg.offset));
  }
  spill();
  Value result = register_result(row.result());
  if (live()) isa_.load(op, result, address, arg);
  push(result);
}

template <Isa I>
void SinglePass<I>::store(Op op, const wasm::OpcodeRow& row) {
  const MemArg arg = read_memarg(row);
  if (arg.memory != 0)
    return help(op, {wasm::kI32, row.param(1)}, wasm::kBottom, arg.memory, static_cast<uint32_t>(arg.offset));
  const Value value = pop(row.param(1));
  const Value address = pop(wasm::kI32);
  if (!reader_.ok()) return;
  spill();
  if (live()) isa_.store(op, address, value, arg);
}

template <Isa I>
uint32_t SinglePass<I>::read_memory() {
  const uint32_t index = reader_.u32();
  if (index >= module_.memories.count) fail("unknown memory");
  touches_memory_ = true;
  return index;
}

template <Isa I>
uint32_t SinglePass<I>::read_table() {
  const uint32_t index = reader_.u32();
  if (index < module_.tables.count) return index;
  fail("unknown table");
  return 0;
}

template <Isa I>
uint32_t SinglePass<I>::read_data() {
  const uint32_t index = reader_.u32();
  if (!module_.has_data_count && module_.data.count > 0) {
    reader_.fail_at(ErrorCode::Malformed, "data count section required", at_);
  } else if (index >= module_.data.count) {
    fail("unknown data segment");
  }
  return index;
}

template <Isa I>
uint32_t SinglePass<I>::read_element() {
  const uint32_t index = reader_.u32();
  if (index < module_.elements.count) return index;
  fail("unknown elem segment");
  return 0;
}

/// An operation whose operands and result are in their homes.
template <Isa I>
void SinglePass<I>::help(Op op, std::initializer_list<ValType> operands, ValType result, uint32_t a,
                         uint32_t b) {
  if (!reader_.ok()) return;
  const auto count = static_cast<uint32_t>(operands.size());
  if (live() && values_.size() >= controls_.top().height + count) flush(count);
  for (const ValType* type = operands.end(); type != operands.begin();) pop(*--type);
  if (!reader_.ok()) return;
  const uint16_t base = top_home_;
  if (live()) isa_.helper(op, base, a, b);
  if (result != wasm::kBottom) push_type(result);
}

/// memory.size to table.fill, without table.get and table.set.
template <Isa I>
void SinglePass<I>::bulk(Op op) {
  constexpr auto i = wasm::kI32, none = wasm::kBottom;
  switch (op) {
    case Op::MemorySize: {
      const uint32_t memory = read_memory();
      return help(op, {}, i, memory, 0);
    }
    case Op::MemoryGrow: {
      const uint32_t memory = read_memory();
      return help(op, {i}, i, memory, 0);
    }
    case Op::MemoryInit: {
      const uint32_t segment = read_data();
      const uint32_t memory = read_memory();
      return help(op, {i, i, i}, none, memory, segment);
    }
    case Op::DataDrop: {
      const uint32_t segment = read_data();
      return help(op, {}, none, segment, 0);
    }
    case Op::MemoryCopy: {
      const uint32_t to = read_memory();
      const uint32_t from = read_memory();
      return help(op, {i, i, i}, none, to, from);
    }
    default: {
      const uint32_t memory = read_memory();
      return help(op, {i, i, i}, none, memory, 0);
    }
  }
}

template <Isa I>
void SinglePass<I>::table_op(Op op) {
  constexpr auto i = wasm::kI32, none = wasm::kBottom;
  if (op == Op::ElemDrop) return help(op, {}, none, read_element(), 0);
  const uint32_t segment = op == Op::TableInit ? read_element() : 0;
  const uint32_t table = read_table();
  if (!reader_.ok()) return;
  const ValType element = module_.tables[table].type.element;
  switch (op) {
    case Op::TableGet:
      return help(op, {i}, element, table, 0);
    case Op::TableSet:
      return help(op, {i, element}, none, table, 0);
    case Op::TableSize:
      return help(op, {}, i, table, 0);
    case Op::TableGrow:
      return help(op, {element, i}, i, table, 0);
    case Op::TableFill:
      return help(op, {i, element, i}, none, table, 0);
    case Op::TableInit:
      if (!wasm::matches(module_, module_.elements[segment].type, element)) return mismatch();
      return help(op, {i, i, i}, none, table, segment);
    default: {
      const uint32_t from = read_table();
      if (!reader_.ok()) return;
      if (!wasm::matches(module_, module_.tables[from].type.element, element)) return mismatch();
      return help(op, {i, i, i}, none, table, from);
    }
  }
}

template <Isa I>
void SinglePass<I>::select(bool typed) {
  ValType type = wasm::kBottom;
  if (typed) {
    if (reader_.u32() != 1) return reader_.fail_at(ErrorCode::Invalid, "invalid result arity", at_);
    type = wasm::value_type(reader_, reader_.u8(), module_.types.count);
    if (!reader_.ok()) return;
  }
  const Value condition = pop(wasm::kI32);
  const Value second = pop(type);
  const Value first = pop(type);
  if (!typed) {
    type = first.type == wasm::kBottom ? second.type : first.type;
    const bool numbers = (first.type == wasm::kBottom || first.type.is_number()) &&
                         (second.type == wasm::kBottom || second.type.is_number());
    if (!numbers || (second.type != type && second.type != wasm::kBottom)) mismatch();
  }
  if (!reader_.ok()) return;
  spill();
  Value result = register_result(type);
  if (live()) isa_.select(result, first, second, condition);
  push(result);
}

template <Isa I>
void SinglePass<I>::reference(Op op) {
  if (op == Op::RefNull) {
    const ValType type = wasm::heap_type(reader_, module_.types.count);
    if (!reader_.ok()) return;
    Value null = in_home(type);
    null.kind = Value::Kind::Constant;
    return push(null);
  }
  if (op == Op::RefFunc) {
    const uint32_t function = reader_.u32();
    if (function >= module_.functions.count) return fail("unknown function");
    if (!module_.is_declared(function)) return fail("undeclared function reference");
    return help(op, {}, wasm::reference_to(module_, function), function, 0);
  }
  Value value = pop_any();
  if (value.type != wasm::kBottom && !value.type.is_ref()) return mismatch();
  if (!reader_.ok()) return;
  value.type = wasm::kI32;  // a reference is a 4-byte slot, and null is 0
  spill();
  Value result = register_result(wasm::kI32);
  if (live()) isa_.operate(Op::I32Eqz, result, std::span<const Value>(&value, 1));
  push(result);
}

}  // namespace mote::compile
