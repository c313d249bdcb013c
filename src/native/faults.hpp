// SPDX-License-Identifier: Apache-2.0
// Faults in native code become traps. A fault is the guest's when the program counter lies in native code
// (code_ranges.hpp) and the address in its instance's reservation; every other goes to whoever handled the
// signal before.
#pragma once

namespace mote::native {

/// Installs the handler of SIGSEGV and SIGBUS, once in a process. False when the system refuses it.
bool catch_faults();

}  // namespace mote::native
