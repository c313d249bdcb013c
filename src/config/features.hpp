// SPDX-License-Identifier: Apache-2.0
// Which proposals of WebAssembly this build has: a choice between named profiles (proposals.inc), not a
// product of flags.
#pragma once
#include <cstdint>

#define MOTE_PROFILE_TINY 0  // WebAssembly 1.0 and the Lime1 set
#define MOTE_PROFILE_MCU \
  1  // 2.0 without vectors, tail calls, exceptions, multiple memories, custom page sizes
#define MOTE_PROFILE_FULL 2  // everything that Mote implements

#ifndef MOTE_PROFILE
#define MOTE_PROFILE MOTE_PROFILE_FULL
#endif

/// MACRO(the profile's column, text), for tables of proposals.inc.
#if MOTE_PROFILE == MOTE_PROFILE_TINY
#define MOTE_OF_PROFILE(macro, tiny, mcu, full, text) macro(tiny, text)
#elif MOTE_PROFILE == MOTE_PROFILE_MCU
#define MOTE_OF_PROFILE(macro, tiny, mcu, full, text) macro(mcu, text)
#else
#define MOTE_OF_PROFILE(macro, tiny, mcu, full, text) macro(full, text)
#endif

namespace mote {

enum class Proposal : uint8_t {
#define MOTE_PROPOSAL(name, text, tiny, mcu, full) name,
#include "config/proposals.inc"
};

/// The proposals of each profile, a bit each.
inline constexpr uint32_t kProfiles[] = {
#define MOTE_PROPOSAL(name, text, tiny, mcu, full) uint32_t{tiny} << static_cast<unsigned>(Proposal::name) |
#include "config/proposals.inc"
    0,
#define MOTE_PROPOSAL(name, text, tiny, mcu, full) uint32_t{mcu} << static_cast<unsigned>(Proposal::name) |
#include "config/proposals.inc"
    0,
#define MOTE_PROPOSAL(name, text, tiny, mcu, full) uint32_t{full} << static_cast<unsigned>(Proposal::name) |
#include "config/proposals.inc"
    0,
};

/// Whether this build has the proposal. What it lacks costs no flash but its name.
constexpr bool enabled(Proposal proposal) {
  constexpr uint32_t kBits = kProfiles[MOTE_PROFILE];
  return kBits >> static_cast<unsigned>(proposal) & 1;
}

/// The proposal's usual name, e.g. "exception-handling".
const char* to_string(Proposal proposal);

}  // namespace mote
