// SPDX-License-Identifier: Apache-2.0
#include "compile/code_buffer.hpp"

namespace mote::compile {

namespace {
constexpr uint32_t kStep = 256;
}

bool CodeBuffer::reserve(uint32_t bytes) {
  return bytes <= capacity_ || grow(bytes);
}

bool CodeBuffer::grow(uint32_t bytes) {
  if (!ok_) return false;
  const uint32_t wanted = (bytes + kStep - 1) / kStep * kStep;
  if (data_ != nullptr && (pool_.extend(data_, wanted) || pool_.extend(data_, bytes))) {
    capacity_ = static_cast<uint32_t>(pool_.size_of(data_));
    return true;
  }
  auto* moved = static_cast<uint8_t*>(pool_.allocate(bytes));
  if (moved == nullptr) {
    ok_ = false;
    return false;
  }
  if (data_ != nullptr) std::memcpy(moved, data_, size_);
  pool_.free(data_);
  data_ = moved;
  capacity_ = static_cast<uint32_t>(pool_.size_of(data_));
  return true;
}

uint8_t* CodeBuffer::release() {
  uint8_t* code = data_;
  if (code != nullptr) (void)pool_.extend(code, size_);  // shrinking in place always succeeds
  data_ = nullptr;
  capacity_ = size_ = 0;
  return code;
}

}  // namespace mote::compile
