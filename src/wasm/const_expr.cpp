// SPDX-License-Identifier: Apache-2.0
#include "wasm/const_expr.hpp"

namespace mote::wasm {

namespace {

/// The validator's operand stack. The first error sticks in the reader.
class Operands {
 public:
  explicit Operands(Reader& reader) : reader_(reader) {}

  void push(ValType type) {
    if (size_ == types_.size()) {
      reader_.fail(ErrorCode::Limit, "constant expression with more than 16 operands on its stack");
    } else {
      types_[size_++] = type;
    }
  }
  void pop(ValType expected, uint32_t offset) {
    if (size_ == 0 || types_[--size_] != expected) mismatch(offset);
  }
  bool empty() const { return size_ == 0; }
  void mismatch(uint32_t offset) {
    reader_.fail_at(ErrorCode::Invalid, "type mismatch in a constant expression", offset);
  }

 private:
  Reader& reader_;
  std::array<ValType, limits::kConstStack> types_;
  uint32_t size_ = 0;
};

void global_get(Reader& reader, const Module& module, uint32_t visible, Operands& operands, uint32_t offset) {
  const uint32_t index = reader.u32();
  if (index >= visible) return reader.fail_at(ErrorCode::Invalid, "unknown global", offset, index);
  const GlobalType& type = module.globals[index].type;
  if (type.mutable_) {
    return reader.fail_at(ErrorCode::Invalid, "constant expression required: the global is mutable", offset,
                          index);
  }
  operands.push(type.type);
}

void ref_func(Reader& reader, Module& module, Operands& operands, uint32_t offset) {
  const uint32_t index = reader.u32();
  if (index >= module.functions.count)
    return reader.fail_at(ErrorCode::Invalid, "unknown function", offset, index);
  module.declare(index);
  operands.push(kFuncRef);
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
  Operands operands(reader);
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
      case Op::RefNull:
        operands.push(heap_type(reader));
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
        reader.fail_at(ErrorCode::Invalid, "constant expression required", offset);
    }
  }
  return expression;
}

}  // namespace mote::wasm
