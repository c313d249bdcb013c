// SPDX-License-Identifier: Apache-2.0
// The native ISA that this build compiles to, beside the interpreter's: one at most.
#pragma once

#if defined(MOTE_TIER_THUMB2)
#include "compile/isa/thumb2/assembler.hpp"
namespace mote::compile {
using NativeIsa = Thumb2Assembler;
}
#elif defined(MOTE_TIER_X64)
#include "compile/isa/x64/assembler.hpp"
namespace mote::compile {
using NativeIsa = X64Assembler;
}
#endif
