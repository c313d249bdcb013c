// SPDX-License-Identifier: Apache-2.0
#include "platform/ram_storage.hpp"

#include <mote/platform.hpp>

#include <cstring>
#include <new>

#include "runtime/pool.hpp"

namespace mote::platform {

namespace {

struct Blob {
  Blob* next;
  uint32_t size;
  uint8_t name_size;
  char name[kBlobName];
  std::byte* bytes() { return reinterpret_cast<std::byte*>(this + 1); }
};

alignas(Pool) std::byte g_pool_place[sizeof(Pool)];
Pool* g_pool;
Blob* g_first;

Blob** find(std::string_view name) {
  Blob** link = &g_first;
  while (*link != nullptr && std::string_view((*link)->name, (*link)->name_size) != name)
    link = &(*link)->next;
  return link;
}

}  // namespace

void use_storage(std::span<std::byte> region) {
  g_pool = new (g_pool_place) Pool(region);
  g_first = nullptr;
}

int64_t blob_size(std::string_view name) {
  const Blob* blob = *find(name);
  return blob == nullptr ? -1 : int64_t{blob->size};
}

int64_t blob_read(std::string_view name, uint64_t from, std::span<std::byte> out) {
  Blob* blob = *find(name);
  if (blob == nullptr) return -1;
  if (from >= blob->size) return 0;
  const size_t left = blob->size - static_cast<size_t>(from);
  const size_t count = left < out.size() ? left : out.size();
  if (count > 0) std::memcpy(out.data(), blob->bytes() + from, count);
  return static_cast<int64_t>(count);
}

bool blob_write(std::string_view name, std::span<const std::byte> bytes) {
  if (g_pool == nullptr || name.empty() || name.size() > kBlobName || name.find('/') != name.npos)
    return false;
  auto* blob = static_cast<Blob*>(g_pool->allocate(sizeof(Blob) + bytes.size()));
  if (blob == nullptr) return false;
  new (blob) Blob;
  blob->size = static_cast<uint32_t>(bytes.size());
  blob->name_size = static_cast<uint8_t>(name.size());
  std::memcpy(blob->name, name.data(), name.size());
  if (!bytes.empty()) std::memcpy(blob->bytes(), bytes.data(), bytes.size());
  Blob** link = find(name);
  Blob* old = *link;
  blob->next = old != nullptr ? old->next : nullptr;
  *link = blob;
  g_pool->free(old);
  return true;
}

bool blob_remove(std::string_view name) {
  Blob** link = find(name);
  Blob* old = *link;
  if (old == nullptr) return false;
  *link = old->next;
  g_pool->free(old);
  return true;
}

}  // namespace mote::platform
