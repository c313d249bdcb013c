// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "compile/growing.hpp"
#include "runtime/instance.hpp"

namespace mote::compile {

/// What the pass keeps to make a module's table of handlers. In builds without exceptions: nothing.
template <bool Enabled>
struct Tries {
  explicit Tries(Pool&) {}
};

template <>
struct Tries<true> {
  explicit Tries(Pool& pool) : handlers(pool) {}

  Growing<runtime::Handler> handlers;  ///< of all functions so far; inner ones before outer ones
  uint32_t first = 0;                  ///< of the function at hand
  uint32_t open = 0;                   ///< try_tables around the instruction at hand whose code can run
  uint32_t hole = 0;                   ///< where a call begins that exceptions pass by
};

}  // namespace mote::compile
