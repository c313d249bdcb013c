// SPDX-License-Identifier: Apache-2.0
// Between mote.h and the C++ API: C's handles are the states that C++'s handles own.
#pragma once
#include <mote/mote.h>

#include <cstring>
#include <mote/mote.hpp>
#include <new>
#include <utility>

#include "runtime/engine.hpp"

namespace mote::capi {

/// A C++ handle that gives nothing back: of a state that C holds, or about to go to C.
template <class Handle>
class Borrowed {
 public:
  template <class State>
  explicit Borrowed(State* state) : handle_(state) {}
  explicit Borrowed(Handle&& handle) : handle_(std::move(handle)) {}
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  ~Borrowed() {}

  Handle* operator->() { return &handle_; }
  Handle& operator*() { return handle_; }

 private:
  union {
    Handle handle_;
  };
};

inline runtime::Engine* state_of(const mote_engine* engine) {
  return reinterpret_cast<runtime::Engine*>(const_cast<mote_engine*>(engine));
}
inline runtime::LoadedModule* state_of(const mote_module* module) {
  return reinterpret_cast<runtime::LoadedModule*>(const_cast<mote_module*>(module));
}
inline runtime::Instance* state_of(const mote_instance* instance) {
  return reinterpret_cast<runtime::Instance*>(const_cast<mote_instance*>(instance));
}
inline runtime::Function* state_of(const mote_function* function) {
  return reinterpret_cast<runtime::Function*>(const_cast<mote_function*>(function));
}

inline Borrowed<Engine> borrow(const mote_engine* engine) {
  return Borrowed<Engine>(state_of(engine));
}
inline Borrowed<Module> borrow(const mote_module* module) {
  return Borrowed<Module>(state_of(module));
}
inline Borrowed<Instance> borrow(const mote_instance* instance) {
  return Borrowed<Instance>(state_of(instance));
}

inline mote_text to_c(std::string_view text) {
  return {text.data(), text.size()};
}

mote_extern_type to_c(const ExternType& type);
/// Fills in *out when it is asked for; false, for the caller to return.
bool fail(const Error& error, mote_error* out);

inline mote_extern to_c(const Extern& item) {
  return {static_cast<mote_extern_kind>(item.kind), item.item, item.owner, item.index};
}
inline Extern to_cpp(const mote_extern& item) {
  return {static_cast<ExternKind>(item.kind), item.item, static_cast<runtime::Instance*>(item.owner),
          item.index};
}

/// Values are little-endian in their union, as they are in slots.
inline Value to_cpp(const mote_value& value) {
  const auto type = static_cast<ValueType>(value.type);
  uint32_t slots[4];
  std::memcpy(slots, &value.of, sizeof slots);
  return detail::read_value(type, slots);
}
inline mote_value to_c(const Value& value) {
  mote_value out;
  out.type = static_cast<mote_value_type>(value.type);
  uint32_t slots[4] = {};
  detail::write_value(slots, value);
  std::memcpy(&out.of, slots, sizeof out.of);
  return out;
}

}  // namespace mote::capi
