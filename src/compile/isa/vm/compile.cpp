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

bool compile_functions_interpreted(Pool& pool, runtime::LoadedModule& loaded, CodeBuffer& code,
                                   uint32_t* entries, Error& error) {
  return compile_functions<LocalAssembler>(pool, loaded, code, entries, error);
}

uint32_t locate_offset_interpreted(const runtime::LoadedModule& loaded, Pool& pool, uint32_t index,
                                   const wasm::Body& body, uint32_t code_offset) {
  return locate_offset<LocalAssembler>(loaded, pool, index, body, code_offset);
}

}  // namespace mote::compile
