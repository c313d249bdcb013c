// SPDX-License-Identifier: Apache-2.0
#include <mote/error.hpp>

namespace mote {

const char* to_string(ErrorCode code) {
  switch (code) {
#define MOTE_ERROR(name, text) \
  case ErrorCode::name:        \
    return text;
#include <mote/errors.inc>
  }
  return "unknown error";
}

const char* to_string(Trap trap) {
  switch (trap) {
#define MOTE_TRAP(name, text) \
  case Trap::name:            \
    return text;
#include <mote/errors.inc>
  }
  return "unknown trap";
}

}  // namespace mote
