// SPDX-License-Identifier: Apache-2.0
// Native code on a host: pages of its own, written first, then executable.
#include <mote/platform.hpp>

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
  std::byte* const pages = platform::map_code(loaded.code_bytes);
  if (pages == nullptr) return false;
  std::memcpy(pages, code, loaded.code_bytes);
  loaded.code = reinterpret_cast<uint8_t*>(pages);
  if (platform::seal_code(pages, loaded.code_bytes) && add_code(loaded.code, loaded.code_bytes)) return true;
  platform::unmap_code(pages, loaded.code_bytes);
  loaded.code = nullptr;
  return false;
}

void unpublish(runtime::LoadedModule& loaded, Pool&) {
  if (loaded.code != nullptr) {
    remove_code(loaded.code);
    platform::unmap_code(reinterpret_cast<std::byte*>(loaded.code), loaded.code_bytes);
  }
  loaded.code = nullptr;
}

}  // namespace mote::native
