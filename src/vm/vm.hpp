// SPDX-License-Identifier: Apache-2.0
// The interpreter of vm code. It uses no C stack in proportion to the guest's calls: everything a call needs
// is in its Run.
#pragma once
#include <cstdint>

#include "runtime/instance.hpp"

namespace mote::vm {

enum class Exit : uint8_t { Returned, Trapped, OutOfFuel, Waiting };

/// Calls `function`, whose arguments lie at `frame` in slots; its results will lie there too. `run` must have
/// links set (the end of the stack, or what an outer call left) and fuel. After Trapped, OutOfFuel and
/// Waiting, `run` says where.
Exit enter(runtime::Run& run, const runtime::Function& function, uint32_t* frame);

/// Makes a continuation's stack ready to begin with its function.
void begin_stack(runtime::GuestStack& stack);

/// Goes on where `run` was suspended. After Waiting the host function is called again.
Exit resume(runtime::Run& run);

}  // namespace mote::vm
