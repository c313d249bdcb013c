// SPDX-License-Identifier: Apache-2.0
// The part of Mbed OS' KVStore that ports/mbed-os uses; see mbed.h beside this folder.
#pragma once
#include <cstddef>
#include <cstdint>

namespace mbed {
class KVStore {
 public:
  struct info_t {
    size_t size;
    uint32_t flags;
  };
  virtual ~KVStore() = default;
  virtual int set(const char* key, const void* buffer, size_t size, uint32_t flags) = 0;
  virtual int get(const char* key, void* buffer, size_t buffer_size, size_t* actual_size = nullptr,
                  size_t offset = 0) = 0;
  virtual int get_info(const char* key, info_t* info = nullptr) = 0;
  virtual int remove(const char* key) = 0;
};
}  // namespace mbed
