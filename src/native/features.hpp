// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "image/words.hpp"

namespace mote::native {

/// What this CPU has beyond its ISA's baseline, in the bits of compile/isa/<isa>/features.hpp.
uint32_t cpu_features();

/// Why code that needs these features does not run here, for people: names the first.
image::Words why_missing(uint32_t features);

}  // namespace mote::native
