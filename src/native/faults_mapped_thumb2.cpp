// SPDX-License-Identifier: Apache-2.0
// A 32-bit host has no address space for reservations: its code compares, and never faults.
#include "native/faults.hpp"

namespace mote::native {

bool catch_faults() {
  return true;
}

}  // namespace mote::native
