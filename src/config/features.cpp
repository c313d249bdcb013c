// SPDX-License-Identifier: Apache-2.0
#include "config/features.hpp"

namespace mote {

const char* to_string(Proposal proposal) {
  switch (proposal) {
#define MOTE_PROPOSAL(name, text, tiny, mcu, full) \
  case Proposal::name:                             \
    return text;
#include "config/proposals.inc"
  }
  return "";
}

namespace {
template <Proposal P>
constexpr const char* message(const char* text) {
  return enabled(P) ? "" : text;  // an enabled proposal's message is never needed, and costs no flash
}
}  // namespace

const char* needs(Proposal proposal) {
  switch (proposal) {
#define MOTE_PROPOSAL(name, text, tiny, mcu, full) \
  case Proposal::name:                             \
    return message<Proposal::name>("needs the " text " proposal");
#include "config/proposals.inc"
  }
  return "";
}

}  // namespace mote
