// SPDX-License-Identifier: Apache-2.0
// Host functions: what they are to the engine, and what they may ask of it. To write one, see bind.hpp.
#pragma once
#include <mote/error.hpp>

#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

/// What a C host function has of a mote::Context (mote.h).
struct mote_context {};

namespace mote {

namespace runtime {
struct Instance;
}

/// How a call of a host function ended.
enum class HostStatus : uint8_t {
  Done,     ///< results are in place
  Trapped,  ///< Context::trap() said why
  Waiting,  ///< not ready: the instance is suspended, and the call made again when it is resumed
};

/// What a host function may ask of its caller. Valid during the call only.
class Context : public mote_context {
 public:
  Context(runtime::Instance& instance, void* data) : instance_(instance), data_(data) {}

  /// InstanceOptions::data, or the closure of a function made by Engine::new_function().
  void* data() const { return data_; }
  template <class T>
  T& data_as() const {
    return *static_cast<T*>(data_);
  }

  /// `size` bytes of the guest's memory 0 from `address`, or nullptr when they are not all inside. The view
  /// ends when guest code may run again or the memory may grow.
  uint8_t* guest_bytes(uint32_t address, uint32_t size) const;
  /// The text from `address` to the next NUL; false when there is none inside the memory.
  bool guest_string(uint32_t address, std::string_view& text) const;

  /// Ends the guest's call with a trap; `message` must be static text. For thunks: return what it returns.
  HostStatus trap(Trap kind, const char* message = nullptr) const;

  /// Goes on with the exception that a call of guest code ended with (Error::trap is Trap::Exception). For
  /// thunks: return what it returns.
  HostStatus rethrow() const;

  runtime::Instance& instance() const { return instance_; }
  static Context& of(mote_context* context) { return *static_cast<Context*>(context); }

 private:
  runtime::Instance& instance_;
  void* data_;
};

/// One row of a host's table: constant data, in flash. `signature` is "params:results" in the letters of
/// WasmType. In C it is a mote_host_function, member by member.
struct HostFunction {
  /// Finds arguments in 4-byte slots and leaves results from slots[0] on; a HostStatus.
  using Thunk = uint8_t (*)(mote_context* context, uint32_t* slots);

  const char* module = "";
  const char* name = "";
  const char* signature = "";
  Thunk thunk = nullptr;
  /// Where a pointer to a function lies that compiled code may call itself, made by bind(): nullptr if it
  /// must go through the thunk.
  const void* direct = nullptr;
};

}  // namespace mote
