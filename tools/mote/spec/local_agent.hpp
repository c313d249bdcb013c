// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

namespace mote::spec {

/// `mote spec-agent`: answers lines of standard input until it ends. False when there is not enough memory.
bool serve_stdio(size_t pool_bytes, size_t store_bytes, unsigned stack_bytes);

}  // namespace mote::spec
