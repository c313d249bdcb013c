// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace mote::compile {

/// An array whose elements hold nothing until they are assigned: somebody else knows which have been. It
/// costs neither time nor code when what it lies in is made.
template <class T, uint32_t kCount>
class Unmade {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  T& operator[](uint32_t index) { return reinterpret_cast<T*>(bytes_)[index]; }
  const T& operator[](uint32_t index) const { return reinterpret_cast<const T*>(bytes_)[index]; }
  T* begin() { return reinterpret_cast<T*>(bytes_); }
  T* end() { return begin() + kCount; }

 private:
  alignas(T) std::byte bytes_[kCount * sizeof(T)];
};

}  // namespace mote::compile
