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
    if (!wasm::require(reader_, Proposal::MultiMemory, at_)) return arg;
    align &= ~0x40u;
    arg.memory = reader_.u32();
  }
  if (align >= 0x80) {
    reader_.fail_at("malformed memop flags", at_);
    return arg;
  }
  arg.offset = reader_.u64();
  if (!reader_.ok()) return arg;
  if constexpr (enabled(Proposal::Memory64)) {
    const bool is_long = arg.memory < module_.memories.count && memory_address(arg.memory) == wasm::kI64;
    // Outside of every memory, like anything above.
    if (is_long && arg.offset > 0xffff'ffff) arg.offset = 0xffff'ffff;
  }
  if (arg.offset > 0xffff'ffff) fail("offset out of range");
  if (arg.memory >= module_.memories.count) {
    fail("unknown memory");
    return arg;
  }
  if (align > row.align) fail("alignment must not be larger than natural");
  const wasm::MemoryType& type = module_.memories[arg.memory];
  arg.minimum = uint64_t{type.limits.min} << type.page_log2;
  touches_memory_ = true;
  return arg;
}

/// A popped address as one of 32 bits; where a 64-bit one does not fit, a trap: nothing lies there.
template <Isa I>
Value SinglePass<I>::narrow(const Value& address, Trap outside) {
  if (!(address.type == wasm::kI64)) return address;
  Value result = address;
  result.type = wasm::kI32;
  if (!live()) return result;
  if (address.is_constant() && address.constant >> 32 == 0) return result;
  spill();
  result.kind = Value::Kind::Register;
  need_slots(result.home + 1u);
  isa_.narrow(result, address, outside);
  return result;
}

template <Isa I>
void SinglePass<I>::load(Op op, const wasm::OpcodeRow& row) {
  const MemArg arg = read_memarg(row);
  if (!reader_.ok()) return;
  const ValType type = memory_address(arg.memory);
  Value address = pop(type);
  if (!reader_.ok()) return;
  if constexpr (enabled(Proposal::MultiMemory)) {
    if (arg.memory != 0) {
      push(address);
      return help_by_row(op, row, arg.memory, static_cast<uint32_t>(arg.offset), type);
    }
  }
  if constexpr (enabled(Proposal::Memory64)) address = narrow(address, Trap::MemoryOutOfBounds);
  spill();
  Value result = register_result(row.result());
  if (live()) isa_.load(op, result, address, arg);
  push(result);
}

template <Isa I>
void SinglePass<I>::store(Op op, const wasm::OpcodeRow& row) {
  const MemArg arg = read_memarg(row);
  if (!reader_.ok()) return;
  const ValType type = memory_address(arg.memory);
  if constexpr (enabled(Proposal::MultiMemory)) {
    if (arg.memory != 0) return help_by_row(op, row, arg.memory, static_cast<uint32_t>(arg.offset), type);
  }
  Value value = pop(row.param(1));
  Value address = pop(type);
  if (!reader_.ok()) return;
  if constexpr (enabled(Proposal::Memory64)) {
    if (type == wasm::kI64) keep(value);
    address = narrow(address, Trap::MemoryOutOfBounds);
  }
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
    reader_.fail_at("data count section required", at_);
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
  const auto count = static_cast<uint32_t>(operands.size());
  if (pop_for_help(op, operands.begin(), count, a, b) && result != wasm::kBottom) push_type(result);
}

/// Likewise, with operands and results as the row's signature says.
template <Isa I>
void SinglePass<I>::help_by_row(Op op, const wasm::OpcodeRow& row, uint32_t a, uint32_t b, ValType address,
                                ValType element) {
  ValType operands[wasm::OpcodeRow::kMaxParams];
  const uint32_t count = row.param_count();
  for (uint32_t i = 0; i < count; ++i) operands[i] = row.param(i, address, element);
  if (!pop_for_help(op, operands, count, a, b)) return;
  for (uint32_t i = 0; i < row.result_count(); ++i) push_type(row.result(i, address, element));
}

template <Isa I>
bool SinglePass<I>::pop_for_help(Op op, const ValType* operands, uint32_t count, uint32_t a, uint32_t b) {
  if (!reader_.ok()) return false;
  if (live() && values_.size() >= controls_.top().height + count) flush(count);
  for (uint32_t i = count; i > 0; --i) pop(operands[i - 1]);
  if (!reader_.ok()) return false;
  const uint16_t base = top_home_;
  if (live()) isa_.helper(op, base, a, b);
  return true;
}

/// Any opcode behind the prefix 0xfe (threads proposal).
template <Isa I>
void SinglePass<I>::atomic(Op op, const wasm::OpcodeRow& row) {
  if (op == Op::AtomicFence) {
    if (reader_.u8() != 0) return reader_.fail_at("zero byte expected", at_);
    return help(op, {}, wasm::kBottom, 0, 0);
  }
  wasm::Reader ahead = reader_;
  const uint32_t align = ahead.u32() & ~0x40u;
  const MemArg arg = read_memarg(row);
  if (reader_.ok() && align != row.align) fail("alignment must be natural");
  if (!reader_.ok()) return;
  help_by_row(op, row, arg.memory, static_cast<uint32_t>(arg.offset), memory_address(arg.memory));
}

/// memory.size to memory.fill and data.drop: operands as the row says, but of copies between memories whose
/// addresses differ.
template <Isa I>
void SinglePass<I>::bulk(Op op, const wasm::OpcodeRow& row) {
  if (op == Op::DataDrop) return help_by_row(op, row, read_data(), 0);
  uint32_t other = op == Op::MemoryInit ? read_data() : 0;
  const uint32_t memory = read_memory();
  if (op == Op::MemoryCopy) other = read_memory();
  if (!reader_.ok()) return;
  const ValType a = memory_address(memory);
  if (op == Op::MemoryCopy) return copy(op, a, memory_address(other), memory, other);
  help_by_row(op, row, memory, other, a);
}

/// Operands of memory.copy and table.copy: where to, where from, how much.
template <Isa I>
void SinglePass<I>::copy(Op op, ValType a, ValType b, uint32_t to, uint32_t from) {
  const ValType operands[] = {a, b, lesser(a, b)};
  pop_for_help(op, operands, 3, to, from);
}

/// table.get to table.fill and elem.drop.
template <Isa I>
void SinglePass<I>::table_op(Op op, const wasm::OpcodeRow& row) {
  if (op == Op::ElemDrop) return help_by_row(op, row, read_element(), 0);
  uint32_t other = op == Op::TableInit ? read_element() : 0;
  const uint32_t table = read_table();
  if (op == Op::TableCopy) other = read_table();
  if (!reader_.ok()) return;
  const ValType element = module_.tables[table].type.element, a = table_address(table);
  if (op == Op::TableInit || op == Op::TableCopy) {
    const ValType from =
        op == Op::TableInit ? module_.elements[other].type : module_.tables[other].type.element;
    if (!wasm::matches(module_, from, element)) return mismatch();
  }
  if (op == Op::TableCopy) return copy(op, a, table_address(other), table, other);
  help_by_row(op, row, table, other, a, element);
}

template <Isa I>
void SinglePass<I>::select(bool typed) {
  ValType type = wasm::kBottom;
  if (typed) {
    if (reader_.u32() != 1) return reader_.fail_at("invalid result arity", at_);
    type = wasm::value_type(reader_, reader_.u8(), module_.types.count);
    if (!reader_.ok()) return;
  }
  const Value condition = pop(wasm::kI32);
  if constexpr (enabled(Proposal::Simd)) {
    const uint32_t there = values_.size() - controls_.top().height;
    const bool vectors = (there > 0 && values_.top().type == wasm::kV128) ||
                         (there > 1 && values_.from_top(1).type == wasm::kV128);
    if (type == wasm::kV128 || (!typed && vectors)) return select_vector(condition);
  }
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
    if (pop_for_help(op, nullptr, 0, function, 0)) push_type(wasm::reference_to(module_, function));
    return;
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
