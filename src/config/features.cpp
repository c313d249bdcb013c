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

}  // namespace

const char* to_string(Proposal proposal) {
  return config::text_at(kNames, static_cast<unsigned>(proposal));
}

}  // namespace mote
