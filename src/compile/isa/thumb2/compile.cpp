// SPDX-License-Identifier: Apache-2.0
// The pass, instantiated for Thumb-2.
#include "compile/isa/thumb2/assembler.hpp"
#include "compile/module_compiler.hpp"

namespace mote::compile {

template <>
struct AssemblerOf<IsaId::Thumb2> {
  using Type = Driven<Thumb2Assembler>;
};
template struct PerIsa<IsaId::Thumb2>;

}  // namespace mote::compile
