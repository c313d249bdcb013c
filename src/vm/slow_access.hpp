// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "runtime/instance.hpp"

namespace mote::vm {

/// Does the access of memory 0 at `ip` exactly: what handlers' one comparison does not cover. `acc` is the
/// accumulator, and receives what was loaded. Where execution goes on; nullptr: out of bounds.
const uint8_t* access_at(runtime::Instance& instance, const uint8_t* ip, uint32_t* fp, uint64_t& acc);

}  // namespace mote::vm
