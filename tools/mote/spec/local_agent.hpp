// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <mote/mote.hpp>

#include <cstddef>

namespace mote::spec {

/// What an agent of this process gets.
struct LocalAgentOptions {
  size_t pool_bytes = size_t{256} << 20;
  size_t store_bytes = size_t{4} << 20;  ///< for the modules' own bytes
  unsigned stack_bytes = 256 << 10;      ///< of each instance
  LoadOptions load = {};
  bool via_image = false;       ///< every module goes through an image
  bool baseline = false;        ///< and its code makes use of no feature of this CPU
  bool collect_always = false;  ///< the heap is collected at every allocation
};

/// `mote spec-agent`: answers lines of standard input until it ends. False when there is not enough memory.
bool serve_stdio(const LocalAgentOptions& options);

}  // namespace mote::spec
