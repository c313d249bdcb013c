// SPDX-License-Identifier: Apache-2.0
// Blobs in one of Mbed's key-value stores. Names are as long as its keys may be (128 bytes in TDBStore).
// Stack: the store's. From interrupts: none.
#include "mote/storage.hpp"

#include <mbed.h>
#include <cstring>
#include <mote/platform.hpp>

namespace mote::platform {

namespace {

mbed::KVStore* g_store;

struct Key {
  char text[kBlobName + 1];
  bool ok;
  explicit Key(std::string_view name)
      : ok(g_store != nullptr && !name.empty() && name.size() <= kBlobName && name.find('/') == name.npos) {
    if (!ok) return;
    std::memcpy(text, name.data(), name.size());
    text[name.size()] = 0;
  }
};

}  // namespace

void use_storage(mbed::KVStore& store) {
  g_store = &store;
}

int64_t blob_size(std::string_view name) {
  const Key key(name);
  mbed::KVStore::info_t info;
  return key.ok && g_store->get_info(key.text, &info) == MBED_SUCCESS ? static_cast<int64_t>(info.size) : -1;
}

int64_t blob_read(std::string_view name, uint64_t from, std::span<std::byte> out) {
  const Key key(name);
  const int64_t size = blob_size(name);
  if (!key.ok || size < 0) return -1;
  if (from >= static_cast<uint64_t>(size) || out.empty()) return 0;
  size_t count = 0;
  const int error = g_store->get(key.text, out.data(), out.size(), &count, static_cast<size_t>(from));
  return error == MBED_SUCCESS ? static_cast<int64_t>(count) : -1;
}

bool blob_write(std::string_view name, std::span<const std::byte> bytes) {
  const Key key(name);
  return key.ok && g_store->set(key.text, bytes.data(), bytes.size(), 0) == MBED_SUCCESS;
}

bool blob_remove(std::string_view name) {
  const Key key(name);
  return key.ok && g_store->remove(key.text) == MBED_SUCCESS;
}

}  // namespace mote::platform
