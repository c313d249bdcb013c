// SPDX-License-Identifier: Apache-2.0
// The guest's stack: one area with two stacks. Frames of 4-byte slots grow up from its start: a callee's
// frame begins at its first argument, results return in the same place. Links grow down from its end. They
// meet: one comparison covers both.
#pragma once
#include <cstdint>

#include "runtime/instance.hpp"

namespace mote::vm {

/// What a call pushes: where to go on, and the caller's frame.
struct Link {
  const uint8_t* ip;
  uint32_t* fp;
};
static_assert(sizeof(Link) == 2 * sizeof(uintptr_t));

/// What a call into another instance pushes between the two: who called, and which run was active in the
/// callee before. The callee's own Link returns to kLeaveInstance, which pops this.
struct InstanceLink {
  runtime::Instance* caller;
  runtime::Run* callee_active;
};
static_assert(sizeof(InstanceLink) == sizeof(Link));

/// Code that is in no module: where calls from outside return to, and calls into another instance.
extern const uint8_t kHaltCode[];
extern const uint8_t kLeaveInstanceCode[];
/// What a continuation's stack begins and ends with; only in builds with stack switching.
extern const uint8_t kStackStartCode[];
extern const uint8_t kStackEndCode[];

/// Before a function's entry: its frame's size in slots (16 bits, little-endian).
inline constexpr int kFrameHeader = 2;

}  // namespace mote::vm
