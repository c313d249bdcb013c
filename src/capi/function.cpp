// SPDX-License-Identifier: Apache-2.0
// mote.h: calls with values whose types are known at run time.
#include <algorithm>

#include "capi/handles.hpp"
#include "config/limits.hpp"

using namespace mote::capi;

namespace {

using mote::Error;
using mote::ErrorCode;
using mote::ValueType;

constexpr uint32_t kSlots = std::max(mote::limits::kParamSlots, mote::limits::kResultSlots);  ///< of any call

Error put_arguments(const mote::wasm::FuncType& type, const mote_value* arguments, size_t count,
                    uint32_t* slots) {
  if (count != type.param_count) return {ErrorCode::Signature, "wrong number of arguments"};
  const uint8_t* types = type.params;
  for (size_t i = 0; i < count; ++i) {
    const auto argument = static_cast<ValueType>(arguments[i].type);
    if (argument != mote::runtime::public_type(mote::wasm::next_type(types))) {
      Error error{ErrorCode::Signature, "an argument has another type"};
      error.detail = static_cast<uint32_t>(i);
      return error;
    }
    std::memcpy(slots, &arguments[i].of, 4 * mote::slots_of(argument));
    slots += mote::slots_of(argument);
  }
  return {};
}

void take_results(const mote::wasm::FuncType& type, const uint32_t* slots, mote_value* results,
                  size_t count) {
  const uint8_t* types = type.results();
  for (size_t i = 0; i < type.result_count && i < count; ++i) {
    const ValueType result = mote::runtime::public_type(mote::wasm::next_type(types));
    results[i] = to_c(mote::detail::read_value(result, slots));
    slots += mote::slots_of(result);
  }
}

}  // namespace

mote_extern_type mote_function_type(const mote_function* function) {
  return to_c(mote::Function(state_of(function)).type());
}

bool mote_function_call(const mote_function* function, const mote_value* arguments, size_t argument_count,
                        mote_value* results, size_t result_count, mote_error* error) {
  const mote::runtime::Function& callee = *state_of(function);
  uint32_t slots[kSlots];
  if (result_count < callee.type->result_count)
    return fail({ErrorCode::Signature, "no room for the results"}, error);
  if (const Error wrong = put_arguments(*callee.type, arguments, argument_count, slots))
    return fail(wrong, error);
  Error failed;
  mote::runtime::call(callee, slots, slots, failed);
  if (failed) return fail(failed, error);
  take_results(*callee.type, slots, results, result_count);
  return true;
}

bool mote_instance_resume(mote_instance* instance, mote_value* results, size_t result_count,
                          mote_error* error) {
  mote::runtime::Instance& resumed = *state_of(instance);
  uint32_t slots[kSlots];
  Error failed;
  mote::runtime::resume(resumed, slots, failed);
  if (failed) return fail(failed, error);
  take_results(*resumed.run.callee->type, slots, results, result_count);
  return true;
}

uint32_t mote_function_reference(const mote_engine* engine, const mote_function* function) {
  return state_of(engine)->pool.handle(function);
}

mote_function* mote_function_of(const mote_engine* engine, uint32_t reference) {
  return state_of(engine)->pool.at<mote_function>(reference);
}
