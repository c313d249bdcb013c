// SPDX-License-Identifier: Apache-2.0
// Faults in native code become traps. A fault is the guest's when the program counter lies in published code
// and the address in its instance's reservation; every other goes to whoever handled the signal before.
#pragma once
#include <cstddef>
#include <cstdint>

namespace mote::native {

/// Installs the handler of SIGSEGV and SIGBUS, once in a process. False when the system refuses it.
bool catch_faults();

/// Tells the handler of code; false when there are too many pieces already (kMostCode).
inline constexpr size_t kMostCode = 4096;
bool add_code(const uint8_t* code, size_t bytes);
void remove_code(const uint8_t* code);

}  // namespace mote::native
