// SPDX-License-Identifier: Apache-2.0
// Compiled for a Cortex-M when the tool is built, to assembly alone: its numbers are the sizes of the
// structures there. See layout.cmake.
#include "runtime/engine.hpp"

namespace mote {

extern const unsigned kLayout[] = {
#define MOTE_LAYOUT(name, type) sizeof(type),
#include "layout.inc"
};

}  // namespace mote
