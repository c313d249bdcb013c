// SPDX-License-Identifier: Apache-2.0
// The calling convention of the build's native ISA. Each defines
//   CallImage                     registers of a call, and `sp` and `entry`
//   outgoing_bytes(type)          what a call needs on the stack
//   set_/get_arguments, set_/get_results(type, slots, image, outgoing)
#pragma once

#if defined(MOTE_TIER_THUMB2)
#include "native/abi_thumb2.hpp"
#elif defined(MOTE_TIER_X64)
#include "native/abi_x64.hpp"
#else
namespace mote::native {
struct Library {};  // no native code in this build
}  // namespace mote::native
#endif
