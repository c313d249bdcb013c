// SPDX-License-Identifier: Apache-2.0
#include "wasm/const_expr.hpp"

#include "wasm/subtype.hpp"

namespace mote::wasm {

namespace {

/// The validator's operand stack. The first error sticks in the reader.
class Operands {
 public:
  Operands(Reader& reader, const Module& module) : reader_(reader), module_(module) {}

  void push(ValType type) {
    if (size_ == types_.size()) {
      reader_.fail("constant expression with more than 16 operands on its stack");
    } else {
      types_[size_++] = type;
    }
  }
  /// What was there.
  ValType pop(ValType expected, uint32_t offset) {
    if (size_ == 0 || !matches(module_, types_[--size_], expected)) {
      mismatch(offset);
      return kBottom;
    }
    return types_[size_];
  }
  bool empty() const { return size_ == 0; }
  void mismatch(uint32_t offset) { reader_.fail_at("type mismatch", offset); }

 private:
  Reader& reader_;
  const Module& module_;
  std::array<ValType, limits::kConstStack> types_;
  uint32_t size_ = 0;
};

void global_get(Reader& reader, const Module& module, uint32_t visible, Operands& operands, uint32_t offset) {
  const uint32_t index = reader.u32();
  if (index >= visible) return reader.fail_at("unknown global", offset, index);
  const GlobalType& type = module.globals[index].type;
  if (type.mutable_) {
    return reader.fail_at("constant expression required", offset, index);
  }
  operands.push(type.type);
}

void ref_func(Reader& reader, Module& module, Operands& operands, uint32_t offset) {
  const uint32_t index = reader.u32();
  if (index >= module.functions.count) return reader.fail_at("unknown function", offset, index);
  module.declare(index);
  operands.push(reference_to(module, index));
}

constexpr ValType unpacked(ValType type) {
  return type == kI8 || type == kI16 ? kI32 : type;
}

/// struct.new and array.new in all constant forms: operands, then the reference.
void construct(Reader& reader, const Module& module, Op op, Operands& operands, uint32_t offset) {
  const bool is_struct = op <= Op::StructNewDefault;
  const uint32_t index = reader.u32();
  if (!reader.ok()) return;
  const TypeKind kind = is_struct ? TypeKind::Struct : TypeKind::Array;
  if (index >= module.types.count || module.types[index].more.kind != kind)
    return reader.fail_at("unknown type: it is missing or of another kind", offset, index);
  const FuncType& type = module.types[index];
  uint32_t values = is_struct ? type.param_count : op == Op::ArrayNewFixed ? reader.u32() : 1;
  const bool with_default = op == Op::StructNewDefault || op == Op::ArrayNewDefault;
  if (op == Op::ArrayNew || op == Op::ArrayNewDefault) operands.pop(kI32, offset);
  const uint8_t* fields = type.params;
  for (uint32_t i = 0; with_default && i < values; ++i) {
    if (!next_field(fields).type.has_default())
      return reader.fail_at("field type is not defaultable", offset, index);
  }
  for (; !with_default && values > 0 && reader.ok(); --values) {
    const uint8_t* at = type.params;
    Field field = next_field(at);
    for (uint32_t i = 1; is_struct && i < values; ++i) field = next_field(at);
    operands.pop(unpacked(field.type), offset);
  }
  operands.push(ValType::defined(index).non_null());
}

/// False: not constant.
bool aggregate(Reader& reader, const Module& module, Op op, Operands& operands, uint32_t offset) {
  switch (op) {
    case Op::StructNew:
    case Op::StructNewDefault:
    case Op::ArrayNew:
    case Op::ArrayNewDefault:
    case Op::ArrayNewFixed:
      construct(reader, module, op, operands, offset);
      return true;
    case Op::RefI31:
      operands.pop(kI32, offset);
      operands.push(non_null(kI31Ref));
      return true;
    case Op::AnyConvertExtern:
      operands.push(operands.pop(kExternRef, offset).nullable() ? kAnyRef : non_null(kAnyRef));
      return true;
    case Op::ExternConvertAny:
      operands.push(operands.pop(kAnyRef, offset).nullable() ? kExternRef : non_null(kExternRef));
      return true;
    default:
      return false;
  }
}

void arithmetic(Reader& reader, ValType type, Operands& operands, uint32_t offset) {
  require(reader, Proposal::ExtendedConst, offset);
  operands.pop(type, offset);
  operands.pop(type, offset);
  operands.push(type);
}

}  // namespace

ConstExpr validate_const_expr(Reader& reader, Module& module, ValType expected, uint32_t visible) {
  const ConstExpr expression{reader.position()};
  Operands operands(reader, module);
  while (reader.ok()) {
    const uint32_t offset = reader.offset();
    Op op;
    const OpcodeRow row = read_opcode(reader, op);
    if (!row.valid) break;
    switch (op) {
      case Op::End:
        operands.pop(expected, offset);
        if (!operands.empty()) operands.mismatch(offset);
        return expression;
      case Op::I32Const:
        reader.s32();
        operands.push(kI32);
        break;
      case Op::I64Const:
        reader.s64();
        operands.push(kI64);
        break;
      case Op::F32Const:
        reader.bytes(4);
        operands.push(kF32);
        break;
      case Op::F64Const:
        reader.bytes(8);
        operands.push(kF64);
        break;
      case Op::V128Const:
        reader.bytes(16);
        operands.push(kV128);
        break;
      case Op::RefNull:
        operands.push(heap_type(reader, module.types.count));
        break;
      case Op::RefFunc:
        ref_func(reader, module, operands, offset);
        break;
      case Op::GlobalGet:
        global_get(reader, module, visible, operands, offset);
        break;
      case Op::I32Add:
      case Op::I32Sub:
      case Op::I32Mul:
      case Op::I64Add:
      case Op::I64Sub:
      case Op::I64Mul:
        arithmetic(reader, row.result(), operands, offset);
        break;
      default:
        if constexpr (enabled(Proposal::Gc)) {
          if (aggregate(reader, module, op, operands, offset)) break;
        }
        reader.fail_at("constant expression required", offset);
    }
  }
  return expression;
}

}  // namespace mote::wasm
