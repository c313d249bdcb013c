// SPDX-License-Identifier: Apache-2.0
// Memory for an engine's pool. The machine gives pages as they are touched, so a large pool costs nothing.
#pragma once
#include <cstddef>
#include <memory>
#include <new>
#include <span>

namespace mote::tool {

class Workspace {
 public:
  static constexpr size_t kUsual = size_t{64} << 20;

  /// Throws std::bad_alloc, which main() explains.
  explicit Workspace(size_t bytes = kUsual) : bytes_(new (std::nothrow) std::byte[bytes]), size_(bytes) {
    if (bytes_ == nullptr) throw std::bad_alloc();  // AddressSanitizer's own `new` would not throw
  }
  std::span<std::byte> memory() { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<std::byte[]> bytes_;
  size_t size_;
};

}  // namespace mote::tool
