// SPDX-License-Identifier: Apache-2.0
// How much of the linear memory that a module declares it really needs, as far as the module itself tells.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "wasm/module.hpp"

namespace mote::tool {

struct MemoryNeed {
  uint64_t declared = 0;           ///< bytes of memory 0 at the start
  std::optional<uint64_t> needed;  ///< bytes of data, zeroed data and stack; nothing when it cannot be told
  uint64_t data_end = 0;           ///< where the last data segment at a constant place ends
  bool asks_for_memory = false;    ///< an instruction measures or grows it: there is a heap
  bool end_in_code = false;        ///< a constant in the code is the declared size: perhaps the heap's end
  std::string why;                 ///< what the number rests on, or why there is none
};

/// Rests on what the linker says: the export __heap_base (of AssemblyScript: its global of that name), or the
/// stack pointer's initial value by the name section. A module none of whose instructions touches a memory
/// needs its data alone.
MemoryNeed memory_need(const wasm::Module& module, bool touches_memory);

}  // namespace mote::tool
