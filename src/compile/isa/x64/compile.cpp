// SPDX-License-Identifier: Apache-2.0
// The pass, instantiated for x86-64.
#include "compile/isa/x64/assembler.hpp"
#include "compile/module_compiler.hpp"

namespace mote::compile {

template <>
struct AssemblerOf<IsaId::X64> {
  using Type = X64Assembler;
};
template struct PerIsa<IsaId::X64>;

}  // namespace mote::compile
