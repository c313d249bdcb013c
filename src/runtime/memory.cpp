// SPDX-License-Identifier: Apache-2.0
// Linear memories at run time: growing, and the bulk instructions (core spec, 4.4.7).
#include <cstring>

#include "native/guard_pages.hpp"
#include "native/mpu.hpp"
#include "native/mpu_layout.hpp"
#include "native/native.hpp"
#include "runtime/engine.hpp"

namespace mote::runtime {

namespace {

/// Zeroed bytes where regions of the MPU can cover them exactly; nullptr also when none can.
[[maybe_unused]] uint8_t* place_memory(Pool& pool, size_t bytes) {
  const auto size = static_cast<uint32_t>(bytes);
  void* place = pool.allocate_placed(bytes, native::mpu::Layout::alignment(size));
  if (place == nullptr) return nullptr;
  if (!native::mpu::Layout::is_coverable(size)) {
    pool.free(place);
    return nullptr;
  }
  std::memset(place, 0, bytes);
  return static_cast<uint8_t*>(place);
}

/// Whether a memory can become so large where it is.
bool stays_placed(const Memory& memory, uint32_t bytes) {
  return native::mpu::Layout::is_coverable(bytes) &&
         reinterpret_cast<uintptr_t>(memory.data) % native::mpu::Layout::alignment(bytes) == 0;
}

/// As std::memmove, which small C libraries do byte by byte: four instructions each on a Cortex-M4, where
/// their std::memcpy takes half a one.
void move(uint8_t* to, const uint8_t* from, uint32_t size) {
  const auto a = reinterpret_cast<uintptr_t>(to), b = reinterpret_cast<uintptr_t>(from);
  if (a - b >= size && b - a >= size) {
    std::memcpy(to, from, size);
  } else {
    std::memmove(to, from, size);
  }
}

}  // namespace

bool can_move([[maybe_unused]] const Engine& engine) {
  if constexpr (config::kNative) {
    for (const Instance* instance = engine.instances; instance != nullptr; instance = instance->next) {
      if (native::stands_anywhere(instance->run)) return false;
    }
  }
  return true;
}

uint8_t* allocate_memory(const Memory& memory, Pool& pool, size_t bytes) {
  if constexpr (config::kGuardPages) {
    if (memory.guarded) return native::reserve_memory(bytes);
  }
  if constexpr (config::kMpu) {
    if (memory.placed) return place_memory(pool, bytes);
  }
  return pool.array<uint8_t>(bytes);
}

void free_memory(Memory& memory, Pool& pool) {
  if constexpr (config::kGuardPages) {
    if (memory.guarded) {
      native::release_reserved(memory.data);
      memory.data = nullptr;
      return;
    }
  }
  pool.free(memory.data);
}

void refresh_memory(Instance& instance) {
  if (instance.module->wasm.memories.count == 0) return;
  const Memory& memory = *instance.memories[0];
  const uint32_t bytes = bytes_of(memory);
  instance.memory = memory.data;
  instance.memory_limit = bytes > kMemorySlack ? bytes - kMemorySlack : 0;
  instance.native.set_memory_bytes(bytes);
  if constexpr (config::kMpu) native::mpu::refresh(instance);
}

namespace {

bool resize(Memory& memory, Engine& engine, uint32_t bytes) {
  Pool& pool = engine.pool;
  if (memory.host_owned) return false;
  if constexpr (config::kGuardPages) {
    if (memory.guarded) {
      if (!native::grow_reserved(memory.data, bytes)) return false;
      memory.bytes = bytes;
      return true;
    }
  }
  const bool stays = !config::kMpu || !memory.placed || stays_placed(memory, bytes);
  if (!stays || !pool.extend(memory.data, bytes)) {
    if (!can_move(engine)) return false;
    uint8_t* moved = allocate_memory(memory, pool, bytes);
    if (moved == nullptr) return false;
    std::memcpy(moved, memory.data, memory.bytes);
    pool.free(memory.data);
    memory.data = moved;
  }
  std::memset(memory.data + memory.bytes, 0, bytes - memory.bytes);
  memory.bytes = bytes;
  return true;
}

void refresh_users(Engine& engine, const Memory& memory) {
  for (Instance* instance = engine.instances; instance != nullptr; instance = instance->next) {
    if (instance->module->wasm.memories.count > 0 && instance->memories[0] == &memory)
      refresh_memory(*instance);
  }
}

bool inside(uint32_t at, uint32_t size, uint32_t limit) {
  return at <= limit && size <= limit - at;
}

/// The bytes of so many pages; false when 32 bits do not say them.
bool bytes_of_pages(const Memory& memory, uint32_t pages, uint32_t& bytes) {
  const unsigned log2 = memory.type.page_log2;
  bytes = pages << log2;
  return bytes >> log2 == pages;
}

}  // namespace

bool complete(Memory& memory, Engine& engine) {
  if (memory.is_shared()) return true;
  uint32_t bytes;
  if (!bytes_of_pages(memory, memory.pages, bytes)) return false;
  if (bytes == memory.bytes) return true;
  if (!resize(memory, engine, bytes)) return false;
  refresh_users(engine, memory);
  return true;
}

int32_t grow(Engine& engine, Memory& memory, uint32_t pages) {
  if constexpr (enabled(Proposal::Threads)) {
    if (memory.is_shared()) return grow_shared(memory, pages);
  }
  const uint32_t old_pages = memory.pages;
  uint32_t bytes;
  if (!inside(old_pages, pages, memory.max_pages) || !bytes_of_pages(memory, old_pages + pages, bytes))
    return -1;
  if (bytes != memory.bytes && !resize(memory, engine, bytes)) return -1;
  memory.pages = old_pages + pages;
  refresh_users(engine, memory);
  return static_cast<int32_t>(old_pages);
}

Trap memory_init(Instance& instance, uint32_t memory_index, uint32_t segment, uint32_t to, uint32_t from,
                 uint32_t size) {
  const wasm::DataSegment& data = instance.module->wasm.data[segment];
  const bool dropped = instance.dropped[segment / 32] >> (segment % 32) & 1;
  Memory& memory = *instance.memories[memory_index];
  if (!inside(from, size, dropped ? 0 : data.size) || !inside(to, size, bytes_of(memory)))
    return Trap::MemoryOutOfBounds;
  if (size > 0) std::memcpy(memory.data + to, data.bytes + from, size);
  return Trap::None;
}

Trap memory_copy(Memory& to_memory, const Memory& from_memory, uint32_t to, uint32_t from, uint32_t size) {
  if (!inside(to, size, bytes_of(to_memory)) || !inside(from, size, bytes_of(from_memory)))
    return Trap::MemoryOutOfBounds;
  if (size > 0) move(to_memory.data + to, from_memory.data + from, size);
  return Trap::None;
}

Trap memory_fill(Memory& memory, uint32_t to, uint8_t value, uint32_t size) {
  if (!inside(to, size, bytes_of(memory))) return Trap::MemoryOutOfBounds;
  if (size > 0) std::memset(memory.data + to, value, size);
  return Trap::None;
}

void data_drop(Instance& instance, uint32_t segment) {
  instance.dropped[segment / 32] |= uint32_t{1} << segment % 32;
}

}  // namespace mote::runtime
