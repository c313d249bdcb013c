// SPDX-License-Identifier: Apache-2.0
#include "config/features.hpp"

#include "config/texts.hpp"

namespace mote {

const char* config::find_text(const char* texts, unsigned number) {
  for (; number > 0; --number) {
    while (*texts++ != 0) {
    }
  }
  return texts;
}

namespace {

constexpr char kNames[] =
#define MOTE_PROPOSAL(name, text, tiny, mcu, full) text "\0"
#include "config/proposals.inc"
    ;

// An enabled proposal's message is never needed, and costs a byte.
#define MOTE_NEEDS_0(text) "needs the " text " proposal\0"
#define MOTE_NEEDS_1(text) "\0"
#define MOTE_NEEDS(enabled, text) MOTE_NEEDS_##enabled(text)
constexpr char kNeeds[] =
#define MOTE_PROPOSAL(name, text, tiny, mcu, full) MOTE_OF_PROFILE(MOTE_NEEDS, tiny, mcu, full, text)
#include "config/proposals.inc"
    ;

}  // namespace

const char* to_string(Proposal proposal) {
  return config::text_at(kNames, static_cast<unsigned>(proposal));
}

const char* needs(Proposal proposal) {
  return config::text_at(kNeeds, static_cast<unsigned>(proposal));
}

}  // namespace mote
