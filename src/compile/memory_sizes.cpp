// SPDX-License-Identifier: Apache-2.0
// How large memories are at first. A module none of whose instructions touches a memory, or moves a stack
// pointer in it, is given only what its data segments fill, whatever pages it declares: nobody can tell,
// unless another instance imports the memory, which then gets all its pages (runtime::complete()). Pages of a
// byte say what is needed, e.g. for buffers that are only handed on to host functions: it gets them all.
#include "compile/compile.hpp"

namespace mote::compile {

namespace {

/// Bytes that active segments at constant places fill; the whole memory when a place is not constant.
uint64_t filled_bytes(const wasm::Module& module, uint32_t memory, uint64_t whole) {
  uint64_t end = 0;
  for (const wasm::DataSegment& segment : module.data) {
    if (segment.mode != wasm::SegmentMode::Active || segment.memory != memory) continue;
    const bool long_address = enabled(Proposal::Memory64) && *segment.offset.at == 0x42;  // i64.const
    if (*segment.offset.at != 0x41 && !long_address) return whole;                        // not i32.const
    wasm::Walk walk(module.bytes, segment.offset.at + 1);
    const uint64_t address =
        long_address ? static_cast<uint64_t>(walk.s64()) : uint64_t{static_cast<uint32_t>(walk.s32())};
    const uint64_t segment_end = address + segment.size;
    if (segment_end < address || segment_end > whole || walk.u8() != 0x0b) return whole;
    if (segment_end > end) end = segment_end;
  }
  return end;
}

uint64_t bytes_at_first(const wasm::Module& module, uint32_t index, bool touches_memory) {
  const wasm::MemoryType& type = module.memories[index];
  // Sizes beyond 32 bits, which memory64 can declare, fit into no pool.
  if (enabled(Proposal::Memory64) && type.limits.min > 0xffff'ffff) return wasm::MemoryType::kTooMuch;
  const uint64_t declared = uint64_t{type.limits.min} << type.page_log2;
  if (touches_memory || type.page_log2 == 0 || type.limits.is_shared()) return declared;
  return filled_bytes(module, index, declared);
}

}  // namespace

void size_memories(wasm::Module& module, bool touches_memory) {
  constexpr uint32_t kTooMuch = wasm::MemoryType::kTooMuch;
  for (uint32_t i = module.imported_memories; i < module.memories.count; ++i) {
    const uint64_t bytes = bytes_at_first(module, i, touches_memory);
    module.memories[i].at_first = bytes > kTooMuch ? kTooMuch : static_cast<uint32_t>(bytes);
  }
}

}  // namespace mote::compile
