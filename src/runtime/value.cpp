// SPDX-License-Identifier: Apache-2.0
#include <mote/value.hpp>

namespace mote {

const char* to_string(ValueType type) {
  switch (type) {
    case ValueType::I32:
      return "i32";
    case ValueType::I64:
      return "i64";
    case ValueType::F32:
      return "f32";
    case ValueType::F64:
      return "f64";
    case ValueType::V128:
      return "v128";
    case ValueType::FuncRef:
      return "funcref";
    case ValueType::ExternRef:
      return "externref";
    case ValueType::ExnRef:
      return "exnref";
    case ValueType::ArrayRef:
      return "arrayref";
    case ValueType::StructRef:
      return "structref";
    case ValueType::I31Ref:
      return "i31ref";
    case ValueType::EqRef:
      return "eqref";
    case ValueType::AnyRef:
      return "anyref";
    case ValueType::NullRef:
      return "nullref";
    case ValueType::NullExternRef:
      return "nullexternref";
    case ValueType::NullFuncRef:
      return "nullfuncref";
    case ValueType::NullExnRef:
      return "nullexnref";
    case ValueType::ContRef:
      return "contref";
    case ValueType::NullContRef:
      return "nullcontref";
    case ValueType::Ref:
    case ValueType::RefNull:
      return "ref";
    default:
      return "none";
  }
}

}  // namespace mote
