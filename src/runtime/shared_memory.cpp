// SPDX-License-Identifier: Apache-2.0
// Shared memories (threads proposal): one Memory for instances of several engines, each in a thread of its
// own. It never moves, since nobody could be told in time; it is larger when its size says so.
#include "native/guard_pages.hpp"
#include "runtime/engine.hpp"
#include "runtime/threads.hpp"

namespace mote::runtime {

bool allocate_shared(Memory& memory, Pool& pool) {
  const auto bytes_for = [&](uint32_t pages) { return uint64_t{pages} << memory.type.page_log2; };
  const uint64_t now = bytes_for(memory.pages), room = bytes_for(memory.max_pages);
  if (now > 0xffff'ffff) return false;
  if (memory.guarded) {
    memory.data = allocate_memory(memory, pool, static_cast<size_t>(now));
    return memory.data != nullptr;
  }
  if (room <= 0xffff'ffff) memory.data = allocate_memory(memory, pool, static_cast<size_t>(room));
  if (memory.data != nullptr) return true;
  memory.max_pages = memory.pages;
  memory.data = allocate_memory(memory, pool, static_cast<size_t>(now));
  return memory.data != nullptr;
}

namespace {

// Templates, so that builds without threads, whose memories have no users, never look for them.
template <class Users>
void tell(const Users& users) {
  if constexpr (enabled(Proposal::Threads)) {
    for (MemoryUser* user = users.first; user != nullptr; user = user->next) refresh_memory(*user->instance);
  }
}

template <class Users>
void add(Users& users, MemoryUser& user) {
  if constexpr (enabled(Proposal::Threads)) {
    user.next = users.first;
    users.first = &user;
  }
}

/// Takes an instance off the list; nullptr if it was not there.
template <class Users>
MemoryUser* take(Users& users, const Instance& instance) {
  if constexpr (enabled(Proposal::Threads)) {
    for (MemoryUser** link = &users.first; *link != nullptr; link = &(*link)->next) {
      MemoryUser* user = *link;
      if (user->instance != &instance) continue;
      *link = user->next;
      return user;
    }
  }
  return nullptr;
}

}  // namespace

int32_t grow_shared(Memory& memory, uint32_t pages) {
  const SharedLock lock;
  const uint32_t old_pages = memory.pages;
  const uint64_t new_pages = uint64_t{old_pages} + pages;
  const uint64_t bytes = new_pages << memory.type.page_log2;
  if (new_pages > memory.max_pages || bytes > 0xffff'ffff) return -1;
  if constexpr (config::kGuardPages) {
    if (memory.guarded && !native::grow_reserved(memory.data, static_cast<size_t>(bytes))) return -1;
  }
  __atomic_store_n(&memory.bytes, static_cast<uint32_t>(bytes), __ATOMIC_RELAXED);
  __atomic_store_n(&memory.pages, static_cast<uint32_t>(new_pages), __ATOMIC_RELAXED);
  tell(memory.users);
  return static_cast<int32_t>(old_pages);
}

bool join_users([[maybe_unused]] Instance& instance) {
  if constexpr (enabled(Proposal::Threads)) {
    if (instance.module->wasm.memories.count == 0 || !instance.memories[0]->is_shared()) return true;
    auto* user = static_cast<MemoryUser*>(instance.pool->allocate(sizeof(MemoryUser)));
    if (user == nullptr) return false;
    const SharedLock lock;
    *user = {&instance, nullptr};
    add(instance.memories[0]->users, *user);
    refresh_memory(instance);
  }
  return true;
}

void leave_users([[maybe_unused]] Instance& instance) {
  if constexpr (enabled(Proposal::Threads)) {
    const bool any = instance.attached != nullptr && instance.module->wasm.memories.count > 0;
    if (!any || instance.memories[0] == nullptr || !instance.memories[0]->is_shared()) return;
    const SharedLock lock;
    instance.pool->free(take(instance.memories[0]->users, instance));
  }
}

}  // namespace mote::runtime
