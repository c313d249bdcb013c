// SPDX-License-Identifier: Apache-2.0
// What checks of accesses have proven, and checks that may still be widened (checks.cpp).
#pragma once
#include "compile/isa/thumb2/registers.hpp"

namespace mote::compile::thumb2 {

/// Local + constant, checked to be inside memory with `reach` bytes from there, by code at `since` and on
/// every way from there to here.
struct Fact {
  Reg local = kNoReg;
  uint32_t constant = 0;
  uint32_t reach = 0;
  uint32_t since = 0;
};

/// A short check of local + constant that accesses further on may still widen: nothing that anyone sees has
/// happened since.
struct Group {
  Reg local = kNoReg;
  uint16_t stub = 0;  ///< the last of its members
  uint32_t constant = 0;
  uint32_t limit = 0;  ///< the immediate of its comparison
  uint64_t minimum = 0;
};

}  // namespace mote::compile::thumb2
