// SPDX-License-Identifier: Apache-2.0
#include "compile/growing.hpp"

#include <cstring>

namespace mote::compile {

bool GrowingBlock::grow(uint32_t capacity, uint32_t bytes) {
  constexpr uint32_t kFirst = 16;
  if (capacity == 0) capacity = capacity_ == 0 ? kFirst : 2 * capacity_;
  auto* more = static_cast<std::byte*>(pool_.allocate_high(size_t{capacity} * bytes));
  if (more == nullptr) return false;
  const size_t used = size_t{size_} * bytes;
  if (used > 0) std::memcpy(more, data_, used);
  pool_.free(data_);
  data_ = more;
  end_ = more + used;
  capacity_ = capacity;
  return true;
}

}  // namespace mote::compile
