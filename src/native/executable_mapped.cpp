// SPDX-License-Identifier: Apache-2.0
// Native code on a host: pages of its own, written first, then executable.
#include <sys/mman.h>

#include <cstring>

#include "native/code_ranges.hpp"
#include "native/executable.hpp"

namespace mote::native {

bool publish(runtime::LoadedModule& loaded, compile::CodeBuffer& code) {
  return publish_image(loaded, code.data());
}

bool publish_image(runtime::LoadedModule& loaded, const uint8_t* code) {
  loaded.code = nullptr;
  if (loaded.code_bytes == 0) return true;
  void* pages = mmap(nullptr, loaded.code_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return false;
  std::memcpy(pages, code, loaded.code_bytes);
  if (mprotect(pages, loaded.code_bytes, PROT_READ | PROT_EXEC) != 0 ||
      !add_code(static_cast<uint8_t*>(pages), loaded.code_bytes)) {
    munmap(pages, loaded.code_bytes);
    return false;
  }
  loaded.code = static_cast<uint8_t*>(pages);
  return true;
}

void unpublish(runtime::LoadedModule& loaded, Pool&) {
  if (loaded.code != nullptr) {
    remove_code(loaded.code);
    munmap(loaded.code, loaded.code_bytes);
  }
  loaded.code = nullptr;
}

}  // namespace mote::native
