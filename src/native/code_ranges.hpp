// SPDX-License-Identifier: Apache-2.0
// Where native code lies on a host, for handlers of signals: they may ask at any time, from any thread.
#pragma once
#include <cstddef>
#include <cstdint>

namespace mote::native {

/// Pieces of code that a process can hold at once.
inline constexpr size_t kMostCode = 4096;

/// False when there are too many pieces already.
bool add_code(const uint8_t* code, size_t bytes);
void remove_code(const uint8_t* code);
/// Safe in handlers of signals.
bool is_code(uintptr_t pc);

}  // namespace mote::native
