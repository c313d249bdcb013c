// SPDX-License-Identifier: Apache-2.0
// A guest's time: a timer's signal stops it, whichever tier runs it.
#pragma once
#include <mote/mote.hpp>

namespace mote::tool {

/// From now on `instance` may run for `seconds` (0: for ever); then its calls answer ErrorCode::Suspended.
/// One at a time in a process, on the thread that makes it.
class Timeout {
 public:
  Timeout(const Instance& instance, double seconds);
  ~Timeout();
  Timeout(const Timeout&) = delete;
  Timeout& operator=(const Timeout&) = delete;
};

}  // namespace mote::tool
