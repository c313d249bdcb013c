// SPDX-License-Identifier: Apache-2.0
// The pass, instantiated for the interpreter's code.
#include "compile/isa/vm/assembler.hpp"
#include "compile/module_compiler.hpp"

namespace mote::compile {

namespace {
/// A type of this file alone: so the whole pass is, and the compiler knows every caller of its functions.
struct LocalAssembler : VmAssembler {
  using VmAssembler::VmAssembler;
};
}  // namespace

template <>
struct AssemblerOf<IsaId::Vm> {
  using Type = Driven<LocalAssembler>;
};
template struct PerIsa<IsaId::Vm>;

}  // namespace mote::compile
