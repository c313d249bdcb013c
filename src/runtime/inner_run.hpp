// SPDX-License-Identifier: Apache-2.0
// Runs inside of another that have trapped: calls between tiers or instances that C++ makes. What backtraces
// need of each lies on the guest's stack, between its frames and the outer run's, and stays there until the
// next call.
#pragma once
#include "runtime/instance.hpp"

namespace mote::runtime {

struct InnerRun {
  const Instance* inside;
  const uint8_t* ip;
  uintptr_t stack;  ///< vm code: its links; native code: the stack pointer of the function that ip lies in
  const InnerRun* inner;  ///< of the run inside this one that trapped
};

/// Makes room for one above a run that is about to be entered. Frames leave more than that between them and
/// the links.
inline InnerRun* reserve_inner(Run& run) {
  auto* room = reinterpret_cast<InnerRun*>(run.links) - 1;
  run.links = reinterpret_cast<uintptr_t*>(room);
  return room;
}

/// What there is to know of the run, in that room; nullptr: vm code whose stack was too small to begin.
template <class R>
const InnerRun* keep_inner(const R& run, InnerRun* room, bool native) {
  if (!native && run.links == reinterpret_cast<uintptr_t*>(room)) return nullptr;
  *room = {run.inside, run.ip, native ? run.native.unwind_sp : reinterpret_cast<uintptr_t>(run.links),
           run.native.inner};
  return room;
}

/// Before the outer run goes on, or begins: whatever trapped inside of it.
template <class R>
void forget_inner(R& run) {
  run.native.inner = nullptr;
}

}  // namespace mote::runtime
