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
    case ValueType::FuncRef:
      return "funcref";
    case ValueType::ExternRef:
      return "externref";
    default:
      return "none";
  }
}

}  // namespace mote
