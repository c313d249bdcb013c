// SPDX-License-Identifier: Apache-2.0
// How a module's accesses are kept inside its memory: what is asked for, as far as machine and module allow.
#pragma once
#include "native/mpu.hpp"
#include "native/mpu_layout.hpp"
#include "runtime/instance.hpp"

namespace mote::runtime {

/// What this machine has of what is asked for.
inline Bounds machine_bounds(Bounds wanted) {
  if (wanted == Bounds::GuardPages && config::kGuardPages) return wanted;
  if constexpr (config::kMpu) {
    if (wanted == Bounds::Mpu && native::mpu::is_usable()) return wanted;
  }
  return Bounds::Software;
}

/// What a module allows, on a machine that has it. Guard pages need a memory of whole pages of the machine,
/// the MPU one that regions can cover now and when it has grown; both one that the instance makes itself.
inline Bounds module_bounds(const wasm::Module& module, Bounds wanted) {
  if (wanted == Bounds::Software || module.memories.count == 0 || module.imported_memories > 0)
    return Bounds::Software;
  const wasm::MemoryType& memory = module.memories[0];
  if (wanted == Bounds::GuardPages) return memory.page_log2 >= 12 ? wanted : Bounds::Software;
  using native::mpu::Layout;
  const uint64_t bytes = uint64_t{memory.limits.min} << memory.page_log2;
  const bool fixed = memory.page_log2 >= Layout::kLeastPageLog2 || memory.limits.min == memory.limits.max;
  return fixed && bytes < 0x8000'0000 && Layout::is_coverable(static_cast<uint32_t>(bytes))
             ? Bounds::Mpu
             : Bounds::Software;
}

}  // namespace mote::runtime
