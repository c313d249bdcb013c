// SPDX-License-Identifier: Apache-2.0
// mote.h: types of imports and exports.
#include "capi/handles.hpp"

static_assert(static_cast<int>(mote::ValueType::ExternRef) == MOTE_EXTERNREF);
static_assert(static_cast<int>(mote::ExternKind::Global) == MOTE_GLOBAL);

namespace {

mote::ExternType function_type(const mote_extern_type* type) {
  mote::ExternType out;
  out.function = type->function;
  return out;
}

}  // namespace

namespace mote::capi {

mote_extern_type to_c(const ExternType& type) {
  return {static_cast<mote_extern_kind>(type.kind),
          static_cast<mote_value_type>(type.value),
          type.mutable_,
          {type.limits.min, type.limits.max, type.limits.page_log2, type.limits.is_64, type.limits.shared},
          type.function};
}

}  // namespace mote::capi

uint32_t mote_type_param_count(const mote_extern_type* type) {
  return function_type(type).param_count();
}
uint32_t mote_type_result_count(const mote_extern_type* type) {
  return function_type(type).result_count();
}
mote_value_type mote_type_param(const mote_extern_type* type, uint32_t index) {
  return static_cast<mote_value_type>(function_type(type).param(index));
}
mote_value_type mote_type_result(const mote_extern_type* type, uint32_t index) {
  return static_cast<mote_value_type>(function_type(type).result(index));
}
