// SPDX-License-Identifier: Apache-2.0
// Native code on a microcontroller: it runs where it was compiled to.
#include "native/executable.hpp"

#include <mote/platform.hpp>

#include <cstring>

#include "native/mpu_layout.hpp"

namespace mote::native {

namespace {

/// Moves code to where one region of the MPU can cover it: further on in its block if it can be had, or to a
/// block of its own.
uint8_t* place(uint8_t* code, uint32_t bytes, Pool& pool) {
  using mpu::Layout;
  const uint32_t whole = Layout::rounded(bytes), granule = Layout::granule(whole),
                 block = Layout::block(whole);
  const auto begin = reinterpret_cast<uintptr_t>(code);
  uintptr_t to = (begin + granule - 1) & ~uintptr_t{granule - 1};
  if (block != 0 && to / block != (to + whole - 1) / block) to = (to + block - 1) & ~uintptr_t{block - 1};
  const uintptr_t skipped = to - begin;
  if (skipped <= granule && pool.extend(code, skipped + whole)) {
    std::memmove(code + skipped, code, bytes);
    return static_cast<uint8_t*>(pool.drop_front(code, skipped));
  }
  auto* moved = static_cast<uint8_t*>(pool.allocate_placed(whole, granule, block));
  if (moved != nullptr) std::memcpy(moved, code, bytes);
  pool.free(code);
  return moved;
}

}  // namespace

bool publish(runtime::LoadedModule& loaded, compile::CodeBuffer& code) {
  Pool& pool = code.pool();
  loaded.code = code.release();
  if (loaded.options.bounds == runtime::Bounds::Mpu && loaded.code != nullptr) {
    loaded.code = place(loaded.code, loaded.code_bytes, pool);
    if (loaded.code == nullptr) return false;
  }
  platform::sync_code(loaded.code, loaded.code_bytes);
  return true;
}

bool publish_image(runtime::LoadedModule& loaded, const uint8_t* code) {
  loaded.code = const_cast<uint8_t*>(code);  // nobody writes to it
  return true;
}

void unpublish(runtime::LoadedModule& loaded, Pool& pool) {
  if (!loaded.in_image) pool.free(loaded.code);
  loaded.code = nullptr;
}

}  // namespace mote::native
