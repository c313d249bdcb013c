// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>

#include "native/faults.hpp"
#include "native/guard_pages.hpp"

namespace mote::native {

uint8_t* reserve_memory(size_t bytes) {
  if (!catch_faults()) return nullptr;
  void* pages = mmap(nullptr, kReservation, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) return nullptr;
  auto* memory = static_cast<uint8_t*>(pages);
  if (grow_reserved(memory, bytes)) return memory;
  release_reserved(memory);
  return nullptr;
}

bool grow_reserved(uint8_t* memory, size_t bytes) {
  return bytes == 0 || mprotect(memory, bytes, PROT_READ | PROT_WRITE) == 0;
}

void release_reserved(uint8_t* memory) {
  if (memory != nullptr) munmap(memory, kReservation);
}

}  // namespace mote::native
