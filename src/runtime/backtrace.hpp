// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>

#include "runtime/engine.hpp"

namespace mote::runtime {

/// The calls that are on the stack of a trapped or suspended instance, the innermost first; how many there
/// are. Byte offsets need some of the pool for the moment (compile::locate); without it they are
/// Error::kNoOffset.
uint32_t backtrace(Instance& instance, std::span<Frame> frames);

}  // namespace mote::runtime
