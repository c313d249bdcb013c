// SPDX-License-Identifier: Apache-2.0
// Host functions, bound by type: `bind<gpio_write>("gpio", "write")` is a constant table row in flash.
#pragma once
#include <mote/error.hpp>

#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace mote {

namespace runtime {
struct Instance;
}

/// How a host function ended.
enum class HostStatus : uint8_t {
  Done,     ///< results are in place
  Trapped,  ///< Context::trap() was called
  Waiting,  ///< not ready: suspend the instance; the call is made again when it is resumed
};

class Context;

/// One row of a host's table. `signature` is "params:results" with i, l (i64), f, d (f64), r (funcref), e (externref).
struct HostFunction {
  using Thunk = HostStatus (*)(Context& context, uint32_t* slots);

  std::string_view module;
  std::string_view name;
  const char* signature;
  Thunk thunk;            ///< reads arguments from 4-byte slots and leaves results from slots[0] on
  const void* direct;     ///< the function itself, for compiled code to call
};

/// What a host function may ask of its caller. Valid during the call only.
class Context {
 public:
  Context(runtime::Instance& instance, void* data, std::string_view* trap_message)
      : instance_(instance), data_(data), trap_message_(trap_message) {}

  /// The pointer given to the embedder's InstanceOptions::data (or, for C API functions, their closure).
  void* data() const { return data_; }
  template <class T>
  T& data_as() const {
    return *static_cast<T*>(data_);
  }

  /// `size` bytes of the guest's memory 0 from `address`, or nullptr when they are not all inside.
  /// The view ends when guest code may run again or memory may grow.
  uint8_t* guest_bytes(uint32_t address, uint32_t size) const;
  /// Address of the next NUL from `address`; false when there is none inside memory.
  bool guest_string(uint32_t address, std::string_view& text) const;

  runtime::Instance& instance() const { return instance_; }
  void set_trap_message(const char* message) { *trap_message_ = message; }

 private:
  runtime::Instance& instance_;
  void* data_;
  std::string_view* trap_message_;
};

/// A parameter pair (address, count): `count` objects of T in the guest's memory, checked before the host function runs.
template <class T>
class GuestSpan {
 public:
  static_assert(std::is_trivially_copyable_v<T>);
  GuestSpan(uint8_t* bytes, uint32_t count) : bytes_(bytes), count_(count) {}
  uint32_t size() const { return count_; }
  T operator[](uint32_t i) const {
    T value;
    std::memcpy(&value, bytes_ + i * sizeof(T), sizeof(T));
    return value;
  }
  void set(uint32_t i, const T& value)
    requires(!std::is_const_v<T>)
  {
    std::memcpy(bytes_ + i * sizeof(T), &value, sizeof(T));
  }
  uint8_t* bytes() const { return bytes_; }

 private:
  uint8_t* bytes_;  // guest addresses need not be aligned
  uint32_t count_;
};

/// A parameter pair (address, length): text in the guest's memory.
struct GuestString : std::string_view {
  using std::string_view::string_view;
};
/// A single parameter: address of a NUL-terminated string in the guest's memory.
struct GuestCString : std::string_view {
  using std::string_view::string_view;
};
/// A parameter: one T at an address in the guest's memory.
template <class T>
class GuestRef;

}  // namespace mote
