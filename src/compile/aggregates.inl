// SPDX-License-Identifier: Apache-2.0
// Structures, arrays, i31, casts (core spec, 3.4.7 and 3.4.6). All but i31 and comparisons are done by
// runtime::aggregate(); its immediates are made here.

namespace mote::compile {

/// The index of a defined type of a kind.
template <Isa I>
uint32_t SinglePass<I>::read_type(wasm::TypeKind kind) {
  const uint32_t index = reader_.u32();
  if (!reader_.ok()) return 0;
  if (index >= module_.types.count || module_.types[index].more.kind != kind) {
    fail("unknown type: it is missing or of another kind");
    return 0;
  }
  return index;
}

/// A field of a structure type and where it lies.
template <Isa I>
wasm::Field SinglePass<I>::read_field(uint32_t type, uint32_t& offset) {
  const uint32_t index = reader_.u32();
  wasm::Field field;
  offset = 0;
  if (!reader_.ok()) return field;
  if (index >= module_.types[type].param_count) {
    fail("unknown field");
    return field;
  }
  const uint8_t* at = module_.types[type].params;
  for (uint32_t i = 0;; ++i) {
    field = wasm::next_field(at);
    offset = wasm::align_field(offset, field.type);
    if (i == index) return field;
    offset += wasm::bytes_of(field.type);
  }
}

template <Isa I>
wasm::Field SinglePass<I>::element_of(uint32_t array) const {
  const uint8_t* at = module_.types[array].params;
  return wasm::next_field(at);
}

/// What a field's values have on the stack.
inline wasm::ValType unpacked(wasm::ValType type) {
  return type == wasm::kI8 || type == wasm::kI16 ? wasm::kI32 : type;
}

/// Packed fields are read with a sign or without, others without.
template <Isa I>
bool SinglePass<I>::check_access(const wasm::Field& field, Op op, Op plain) {
  const bool packed = field.type == wasm::kI8 || field.type == wasm::kI16;
  if (reader_.ok() && packed == (op == plain)) fail("field is packed, or is not");
  return reader_.ok();
}

template <Isa I>
void SinglePass<I>::struct_op(Op op) {
  const uint32_t type = read_type(wasm::TypeKind::Struct);
  if (!reader_.ok()) return;
  const ValType reference = ValType::defined(type);
  uint32_t offset = 0;
  switch (op) {
    case Op::StructNew:
      return struct_new(type);
    case Op::StructNewDefault: {
      const uint8_t* at = module_.types[type].params;
      for (uint32_t i = module_.types[type].param_count; i > 0; --i) {
        if (!wasm::next_field(at).type.has_default()) return fail("field type is not defaultable");
      }
      return help(op, {}, reference.non_null(), type, 0);
    }
    case Op::StructSet: {
      const wasm::Field field = read_field(type, offset);
      if (reader_.ok() && !field.mutable_) return fail("immutable field");
      return help(op, {reference, unpacked(field.type)}, wasm::kBottom, type,
                  runtime::field_immediate(offset, runtime::storage_of(field.type)));
    }
    default: {
      const wasm::Field field = read_field(type, offset);
      if (!check_access(field, op, Op::StructGet)) return;
      return help(op, {reference}, unpacked(field.type), type,
                  runtime::field_immediate(offset, runtime::storage_of(field.type, op == Op::StructGetS)));
    }
  }
}

/// Its operands are checked like a block's parameters.
template <Isa I>
void SinglePass<I>::struct_new(uint32_t type) {
  const uint32_t count = module_.types[type].param_count;
  const uint32_t there = values_.size() - controls_.top().height;
  if (there < count && !controls_.top().unreachable) return mismatch();
  const uint32_t absent = count > there ? count - there : 0;
  const uint32_t base = values_.size() - (count - absent);
  if (live()) flush(count);
  const uint8_t* at = module_.types[type].params;
  for (uint32_t i = 0; i < count; ++i) {
    const ValType field = unpacked(wasm::next_field(at).type);
    if (i >= absent && !wasm::matches(module_, values_[base + i - absent].type, field)) return mismatch();
  }
  drop_values(base);
  help(Op::StructNew, {}, ValType::defined(type).non_null(), type, 0);
}

template <Isa I>
void SinglePass<I>::array_new_fixed(uint32_t type) {
  const uint32_t count = reader_.u32();
  if (!reader_.ok()) return;
  if (count > limits::kOperands) return reader_.fail_at("array.new_fixed with more than 10000 operands", at_);
  const ValType element = unpacked(element_of(type).type);
  if (live() && values_.size() >= controls_.top().height + count) flush(count);
  for (uint32_t left = count; left > 0 && reader_.ok(); --left) pop(element);
  help(Op::ArrayNewFixed, {}, ValType::defined(type).non_null(), type, count);
}

template <Isa I>
void SinglePass<I>::array_op(Op op) {
  constexpr ValType i = wasm::kI32, none = wasm::kBottom;
  if (op == Op::ArrayLen) return help(op, {wasm::kArrayRef}, i, 0, 0);
  const uint32_t type = read_type(wasm::TypeKind::Array);
  if (!reader_.ok()) return;
  const wasm::Field element = element_of(type);
  const ValType value = unpacked(element.type), array = ValType::defined(type), made = array.non_null();
  const auto access = [&](bool is_signed) {
    return runtime::field_immediate(wasm::bytes_of(element.type),
                                    runtime::storage_of(element.type, is_signed));
  };
  const bool writes = op == Op::ArraySet || op == Op::ArrayFill || op == Op::ArrayCopy ||
                      op == Op::ArrayInitData || op == Op::ArrayInitElem;
  if (writes && !element.mutable_) return fail("immutable array");
  switch (op) {
    case Op::ArrayNew:
      return help(op, {value, i}, made, type, 0);
    case Op::ArrayNewDefault:
      if (!element.type.has_default()) return fail("array type is not defaultable");
      return help(op, {i}, made, type, 0);
    case Op::ArrayNewFixed:
      return array_new_fixed(type);
    case Op::ArrayNewData:
    case Op::ArrayInitData: {
      const uint32_t segment = read_data();
      if (reader_.ok() && element.type.is_ref()) return fail("array type is not numeric or vector");
      if (op == Op::ArrayNewData) return help(op, {i, i}, made, type, segment);
      return help(op, {array, i, i, i}, none, type, segment);
    }
    case Op::ArrayNewElem:
    case Op::ArrayInitElem: {
      const uint32_t segment = read_element();
      if (reader_.ok() && !wasm::matches(module_, module_.elements[segment].type, element.type))
        return mismatch();
      if (op == Op::ArrayNewElem) return help(op, {i, i}, made, type, segment);
      return help(op, {array, i, i, i}, none, type, segment);
    }
    case Op::ArraySet:
      return help(op, {array, i, value}, none, type, access(false));
    case Op::ArrayFill:
      return help(op, {array, i, value, i}, none, type, 0);
    case Op::ArrayCopy: {
      const uint32_t from = read_type(wasm::TypeKind::Array);
      if (!reader_.ok()) return;
      const ValType other = element_of(from).type;
      if (!(other == element.type) && (!other.is_ref() || !wasm::matches(module_, other, element.type)))
        return fail("array types do not match");
      return help(op, {array, i, ValType::defined(from), i, i}, none, type, 0);
    }
    default:
      if (!check_access(element, op, Op::ArrayGet)) return;
      return help(op, {array, i}, value, type, access(op == Op::ArrayGetS));
  }
}

/// Immediates of a test for a type.
template <Isa I>
void SinglePass<I>::test_immediates(ValType type, uint32_t& index, uint32_t& code) {
  index = type.is_defined() ? type.index() : runtime::kAbstract;
  code = (type.is_defined() ? 0u : type.code()) | (type.nullable() ? runtime::kNullable : 0);
}

/// Continuations do not say what they are of.
template <Isa I>
bool SinglePass<I>::castable(ValType type) {
  if (!enabled(Proposal::StackSwitching) || !(wasm::top_of(module_, type) == wasm::kContRef)) return true;
  fail("invalid cast");
  return false;
}

template <Isa I>
void SinglePass<I>::cast(Op op) {
  ValType type = wasm::heap_type(reader_, module_.types.count);
  if (!reader_.ok()) return;
  if (op == Op::RefTest || op == Op::RefCast) type = type.non_null();
  if (!castable(type)) return;
  uint32_t index = 0, code = 0;
  test_immediates(type, index, code);
  const bool tests = op == Op::RefTest || op == Op::RefTestNull;
  help(op, {wasm::top_of(module_, type)}, tests ? wasm::kI32 : type, index, code);
}

/// br_on_cast, br_on_cast_fail: a copy of the reference is tested, the reference stays.
template <Isa I>
void SinglePass<I>::br_on_cast(bool on_failure) {
  const uint32_t flags_at = reader_.offset();
  const uint32_t flags = reader_.u8();
  if (flags > 3) return reader_.fail_at("malformed br_on_cast flags", flags_at, flags);
  Control* target = label_target(reader_.u32());
  ValType from = wasm::heap_type(reader_, module_.types.count),
          to = wasm::heap_type(reader_, module_.types.count);
  if (!reader_.ok() || target == nullptr) return;
  if ((flags & 1) == 0) from = from.non_null();
  if ((flags & 2) == 0) to = to.non_null();
  if (!castable(to) || !castable(from)) return;
  if (!wasm::matches(module_, to, from)) return mismatch();
  // What is left of the type when the cast fails: not null, if null would pass.
  const ValType rest = to.nullable() ? from.non_null() : from;
  if (live() && values_.size() > controls_.top().height) flush(1);
  Value value = pop(from);
  if (!reader_.ok()) return;
  value.type = on_failure ? rest : to;
  push(value);
  if (label_count(*target) == 0) return mismatch();
  check_label(*target);
  if (!reader_.ok()) return;
  if (live()) {
    Value copy = in_home(from);
    isa_.move(copy.home, value);
    push(copy);
    uint32_t index = 0, code = 0;
    test_immediates(to, index, code);
    help(Op::RefTest, {from}, wasm::kI32, index, code);
    const Value passed = pop(wasm::kI32);
    if (reader_.ok()) branch_on(passed, !on_failure, *target);
  }
  retype(*target);
  values_.top().type = on_failure ? to : rest;
}

/// ref.i31, i31.get_s, i31.get_u: an i31 is its number, doubled, and 1.
template <Isa I>
void SinglePass<I>::i31(Op op) {
  if (op == Op::RefI31) {
    arithmetic_with(Op::I32Shl, wasm::kI32, 1, wasm::kI32);
    return arithmetic_with(Op::I32Or, wasm::kI32, 1, wasm::non_null(wasm::kI31Ref));
  }
  if (live() && values_.size() > controls_.top().height) flush(1);
  const Value value = pop(wasm::kI31Ref);
  if (!reader_.ok()) return;
  if (live() && value.type.nullable()) check_null(value, Trap::NullI31Reference);
  Value number = value;
  number.type = wasm::kI32;
  push(number);
  arithmetic_with(op == Op::I31GetS ? Op::I32ShrS : Op::I32ShrU, wasm::kI32, 1, wasm::kI32);
}

/// An operation of the topmost value and a constant.
template <Isa I>
void SinglePass<I>::arithmetic_with(Op op, ValType type, uint32_t number, ValType result_type) {
  Value operands[] = {pop(type), Value()};
  if (!reader_.ok()) return;
  operands[1].type = wasm::kI32;
  operands[1].kind = Value::Kind::Constant;
  operands[1].home = static_cast<uint16_t>(operands[0].home + 1);
  operands[1].constant = number;
  need_slots(operands[1].home + 1u);
  spill();
  Value result = register_result(wasm::kI32);
  if (live()) isa_.operate(op, result, operands);
  result.type = result_type;
  push(result);
}

template <Isa I>
void SinglePass<I>::ref_eq() {
  Value second = pop(wasm::kEqRef);
  Value operands[] = {pop(wasm::kEqRef), second};
  if (!reader_.ok()) return;
  for (Value& operand : operands) operand.type = wasm::kI32;
  spill();
  Value result = register_result(wasm::kI32);
  if (live()) isa_.operate(Op::I32Eq, result, operands);
  push(result);
}

/// any.convert_extern and extern.convert_any keep nullness.
template <Isa I>
void SinglePass<I>::convert(Op op) {
  const bool to_internal = op == Op::AnyConvertExtern;
  const ValType from = to_internal ? wasm::kExternRef : wasm::kAnyRef;
  ValType to = to_internal ? wasm::kAnyRef : wasm::kExternRef;
  if (values_.size() > controls_.top().height && !values_.top().type.nullable()) to = to.non_null();
  help(op, {from}, to, 0, 0);
}

template <Isa I>
void SinglePass<I>::aggregate(Op op) {
  if (op == Op::RefEq) return ref_eq();
  if (op <= Op::StructSet) return struct_op(op);
  if (op <= Op::ArrayInitElem) return array_op(op);
  if (op <= Op::RefCastNull) return cast(op);
  if (op == Op::AnyConvertExtern || op == Op::ExternConvertAny) return convert(op);
  return i31(op);
}

}  // namespace mote::compile
