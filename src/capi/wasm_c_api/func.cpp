// SPDX-License-Identifier: Apache-2.0
// wasm.h: functions, of guests and of the host.
#include "capi/wasm_c_api/store.hpp"
#include "capi/wasm_c_api/types.hpp"
#include "capi/wasm_c_api/vector.hpp"
#include "runtime/engine.hpp"
#include "runtime/values.hpp"

using namespace mote::wasm_c;
using mote::Value;
using mote::ValueType;

namespace {

/// Arguments for the program, or its results, for the length of a call.
struct Values : std::vector<wasm_val_t> {
  explicit Values(size_t count) : std::vector<wasm_val_t>(count, wasm_val_t{WASM_I32, {.i64 = 0}}) {}
  Values(const Values&) = delete;
  Values& operator=(const Values&) = delete;
  ~Values() {
    for (wasm_val_t& value : *this) wasm_val_delete(&value);
  }
  wasm_val_vec_t view() { return {size(), data()}; }
};

wasm_trap_t* run_callback(const wasm_func_t& function, Values& arguments, Values& results) {
  const wasm_val_vec_t in = arguments.view();
  wasm_val_vec_t out = results.view();
  if (function.callback != nullptr) return function.callback(&in, &out);
  return function.callback_with_env(function.env, &in, &out);
}

/// What the engine calls: the function is the closure.
uint8_t enter_host(mote_context* caller, uint32_t* slots) {
  mote::Context& context = mote::Context::of(caller);
  const auto& function = context.data_as<wasm_func_t>();
  wasm_store_t* store = function.store;
  const auto trap = [&](wasm_trap_t* raised) {
    if (store->raised != raised) let_go(store->raised);
    store->raised = raised;
    return static_cast<uint8_t>(context.trap(mote::Trap::Host, raised->message.c_str()));
  };
  const wasm_valtype_vec_t &params = function.type->params, &types = function.type->results;
  Values arguments(params.size), results(types.size);
  const uint32_t* from = slots;
  for (size_t i = 0; i < params.size; ++i) {
    const ValueType type = value_type(params.data[i]->kind);
    arguments[i] = from_engine(store, Value(type, mote::detail::read_slots(from, slots_of(type))));
    from += slots_of(type);
  }
  // The program fills in only what its results are; the kinds are known.
  for (size_t i = 0; i < types.size; ++i) {
    results[i].kind = types.data[i]->kind;
    if (wasm_valkind_is_ref(results[i].kind)) results[i].of.ref = nullptr;
  }
  if (wasm_trap_t* raised = run_callback(function, arguments, results)) return trap(raised);
  for (size_t i = 0; i < types.size; ++i) {
    Value value;
    if (!to_engine(store, value_type(types.data[i]->kind), results[i], value))
      return trap(make_trap(store, "a host function returned a value of another type"));
    mote::runtime::write_value(slots, value);
    slots += slots_of(value.type);
  }
  return static_cast<uint8_t>(mote::HostStatus::Done);
}

wasm_func_t* make_function(wasm_store_t* store, const wasm_functype_t* type) {
  auto* function = new wasm_func_t(Kind::Func, store);
  function->type = wasm_functype_copy(type);
  for (size_t i = 0; i < type->params.size; ++i) function->signature += letter_of(type->params.data[i]->kind);
  function->signature += ':';
  for (size_t i = 0; i < type->results.size; ++i)
    function->signature += letter_of(type->results.data[i]->kind);
  function->row.signature = function->signature.c_str();
  function->row.thunk = enter_host;
  const mote::Result<mote::Extern> made = store->engine.new_function(function->row, function);
  if (!made) return let_go(function), nullptr;
  function->item = *made;
  store->objects.emplace(function->item.item, function);
  pin(function);
  return function;
}

}  // namespace

wasm_func_t* wasm_func_new(wasm_store_t* store, const wasm_functype_t* type, wasm_func_callback_t callback) {
  wasm_func_t* function = make_function(store, type);
  if (function != nullptr) function->callback = callback;
  return function;
}

wasm_func_t* wasm_func_new_with_env(wasm_store_t* store, const wasm_functype_t* type,
                                    wasm_func_callback_with_env_t callback, void* env,
                                    void (*finalizer)(void*)) {
  wasm_func_t* function = make_function(store, type);
  if (function == nullptr) return nullptr;
  function->callback_with_env = callback;
  function->env = env;
  function->env_finalizer = finalizer;
  return function;
}

wasm_functype_t* wasm_func_type(const wasm_func_t* function) {
  return function_type(mote::type_of(function->item));
}
size_t wasm_func_param_arity(const wasm_func_t* function) {
  return mote::type_of(function->item).param_count();
}
size_t wasm_func_result_arity(const wasm_func_t* function) {
  return mote::type_of(function->item).result_count();
}

wasm_trap_t* wasm_func_call(const wasm_func_t* function, const wasm_val_vec_t* args,
                            wasm_val_vec_t* results) {
  wasm_store_t* store = function->store;
  const mote::Function callee = mote::function_of(function->item);
  const mote::ExternType type = callee.type();
  std::vector<Value> in(type.param_count()), out(type.result_count());
  if (args->size != in.size()) return make_trap(store, "wrong number of arguments");
  for (uint32_t i = 0; i < in.size(); ++i) {
    if (!to_engine(store, type.param(i), args->data[i], in[i]))
      return make_trap(store, "an argument has another type");
  }
  // The function may let go of itself.
  wasm_func_t* held = hold(function);
  const mote::Result<void> done = callee.call(in, out);
  wasm_trap_t* trap = nullptr;
  if (done) {
    // A program that expects a trap may give no room.
    for (size_t i = 0; i < out.size() && i < results->size; ++i)
      results->data[i] = from_engine(store, out[i]);
  } else {
    trap = make_trap(store, done.error(), callee.state()->instance);
  }
  let_go(held);
  return trap;
}
