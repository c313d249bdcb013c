// SPDX-License-Identifier: Apache-2.0
// The machine's state while it runs, and how one handler reaches the next: three drivers with one interface.
#pragma once
#include "config/tuning.hpp"
#include "vm/inline.hpp"

namespace mote::vm {

/// How an instruction's body ends.
enum class Flow {
  Next,    ///< on to the instruction behind this one
  Next64,  ///< likewise; the accumulator holds 64 bits
  Goto,    ///< ip is set
  Goto64,  ///< likewise; the accumulator holds 64 bits
  Slow,    ///< a memory access that the limit does not cover: Run::address holds the effective address
  Leave,   ///< leave the interpreter: Run::trap, or the exit, is set
  End,     ///< on to the end that the handler shares with others (ends.hpp); the accumulator holds 32 bits
  End64,   ///< likewise; the accumulator holds 64 bits
};

}  // namespace mote::vm

#if MOTE_VM_DRIVER == MOTE_VM_DRIVER_REGISTERS
#include "vm/driver_registers.hpp"
#elif MOTE_VM_DRIVER == MOTE_VM_DRIVER_TAIL_CALLS
#include "vm/driver_tail_calls.hpp"
#else
#include "vm/driver_loop.hpp"
#endif
