// SPDX-License-Identifier: Apache-2.0
#include <mote/error.hpp>

#include "config/texts.hpp"

namespace mote {

namespace {

constexpr char kErrors[] =
#define MOTE_ERROR(name, text) text "\0"
#include <mote/errors.inc>
    ;

constexpr char kTraps[] =
#define MOTE_TRAP(name, text) text "\0"
#include <mote/errors.inc>
    ;

}  // namespace

const char* to_string(ErrorCode code) {
  return config::text_at(kErrors, static_cast<unsigned>(code));
}

const char* to_string(Trap trap) {
  return config::text_at(kTraps, static_cast<unsigned>(trap));
}

}  // namespace mote
