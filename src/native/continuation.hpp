// SPDX-License-Identifier: Apache-2.0
// Native code's part of stack switching: guest code goes from stack to stack through C++, which runs on its
// own, so that nothing of it lies in between.
#pragma once
#include "native/native.hpp"
#include "runtime/continuation.hpp"

extern "C" const uint8_t mote_native_started[];  // switch_<isa>.S

namespace mote::native {

/// Where an operation's instruction is, and its frame, on a stack that is suspended in it.
Place place_of(const runtime::Position& position);

/// At the end of what unwind() finds: whether that is where a continuation's stack begins. Then `place`
/// becomes where it was resumed, and `stack` and `inside` what that belongs to.
bool to_resumer(const runtime::Run& run, Place& place, const runtime::GuestStack*& stack,
                const runtime::Instance*& inside);

/// An operation that leaves the stack. As mote_native_help_function().
uint32_t switch_stacks(runtime::Instance& instance, uint32_t which, uint32_t* slots, uint32_t a, uint32_t b);

/// Looks for a handler of the exception on its way, from a place on the run's stack on: MOTE_EXIT_CAUGHT, or
/// the run has trapped.
uint32_t throw_from(runtime::Instance& instance, runtime::Run& run, Place place);

}  // namespace mote::native
