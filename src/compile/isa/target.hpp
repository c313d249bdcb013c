// SPDX-License-Identifier: Apache-2.0
// Which ISA this build compiles to.
#pragma once
#include "compile/isa/vm/assembler.hpp"

namespace mote::compile {

using TargetIsa = VmAssembler;

}  // namespace mote::compile
