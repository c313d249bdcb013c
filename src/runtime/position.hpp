// SPDX-License-Identifier: Apache-2.0
// Places in guest code that does not run: where it waits for a continuation that it has resumed, or until it
// is resumed itself.
#pragma once
#include <cstdint>
#include <type_traits>

#include "config/features.hpp"
#include "config/tiers.hpp"

namespace mote::wasm {
struct FuncType;
}

namespace mote::runtime {

struct Instance;
struct GuestStack;

inline constexpr bool kStackSwitching = enabled(Proposal::StackSwitching);

/// What native code adds to a position.
struct NativePosition {
  uintptr_t sp = 0;                      ///< where its registers lie
  uint32_t* frame = nullptr;             ///< as in NativeRun
  const wasm::FuncType* type = nullptr;  ///< likewise
};
struct NoNativePosition {
  static inline uintptr_t sp = 0;
  static inline uint32_t* frame = nullptr;
  static inline const wasm::FuncType* type = nullptr;
};

struct Position {
  const uint8_t* ip = nullptr;  ///< the next instruction; vm code
  uint32_t* fp = nullptr;
  uintptr_t* links = nullptr;  ///< nullptr: the stack runs
  Instance* inside = nullptr;  ///< whose code goes on
  uint32_t* slots = nullptr;   ///< where what comes back is left
  uint32_t outcome = 0;        ///< of a resume: slots from `slots` to the one that is told how it ended
  [[no_unique_address]] std::conditional_t<config::kNative, NativePosition, NoNativePosition> native;

  /// One past the last slot of the stack's lower part, and the first word of its upper part.
  const uint32_t* low() const { return native.frame != nullptr ? native.frame : slots; }
  const uint32_t* high() const {
    return native.sp != 0 ? reinterpret_cast<const uint32_t*>(native.sp) : reinterpret_cast<uint32_t*>(links);
  }
};

/// Which stack a run's code is on. Calls from C++ save and restore the first two.
struct RunStacks {
  GuestStack* current = nullptr;  ///< nullptr: the stack of the run's owner
  GuestStack* barrier = nullptr;  ///< what was current when C++ called: a suspension ends in front of it
  Position here;                  ///< of the owner's stack, while `current` is another
};
struct NoRunStacks {
  static inline GuestStack *current = nullptr, *barrier = nullptr;
  static inline Position here;
};
using Stacks = std::conditional_t<kStackSwitching, RunStacks, NoRunStacks>;

}  // namespace mote::runtime
