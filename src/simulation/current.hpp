// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <mote/simulation.hpp>

namespace mote::simulation {

/// Has the drivers act on that board. It is defined beside them, so that a linker that comes by the
/// simulation first takes them along.
void make_current(Simulation* board);

}  // namespace mote::simulation
