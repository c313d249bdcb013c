// SPDX-License-Identifier: Apache-2.0
// POSIX: machine code has pages of its own. Stack: under 200 bytes. From signal handlers: none.
#include <sys/mman.h>
#include <mote/platform.hpp>

namespace mote::platform {

void sync_code(const void* begin, size_t bytes) {
  auto* const first = const_cast<char*>(static_cast<const char*>(begin));
  __builtin___clear_cache(first, first + bytes);
}

std::byte* map_code(size_t bytes) {
  void* pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return pages == MAP_FAILED ? nullptr : static_cast<std::byte*>(pages);
}

bool seal_code(std::byte* code, size_t bytes) {
  sync_code(code, bytes);
  return mprotect(code, bytes, PROT_READ | PROT_EXEC) == 0;
}

void unmap_code(std::byte* code, size_t bytes) {
  munmap(code, bytes);
}

}  // namespace mote::platform
