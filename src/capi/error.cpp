// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "capi/handles.hpp"

static_assert(static_cast<int>(mote::ErrorCode::Suspended) == MOTE_ERROR_Suspended);
static_assert(static_cast<int>(mote::Trap::Killed) == MOTE_TRAP_Killed);

const char* mote_error_text(mote_error_code code) {
  return mote::to_string(static_cast<mote::ErrorCode>(code));
}
const char* mote_trap_text(mote_trap_code trap) {
  return mote::to_string(static_cast<mote::Trap>(trap));
}

namespace mote::capi {

bool fail(const Error& error, mote_error* out) {
  if (out == nullptr) return false;
  *out = {static_cast<mote_error_code>(error.code),
          static_cast<mote_trap_code>(error.trap),
          error.offset,
          error.function,
          error.detail,
          to_c(error.module),
          to_c(error.name),
          {}};
  std::memcpy(out->message, error.message, sizeof out->message);
  return false;
}

}  // namespace mote::capi
