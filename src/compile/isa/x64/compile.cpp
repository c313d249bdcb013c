// SPDX-License-Identifier: Apache-2.0
// The pass, instantiated for x86-64.
#include "compile/isa/x64/assembler.hpp"
#include "compile/module_compiler.hpp"

namespace mote::compile {

bool compile_functions_native(Pool& pool, runtime::LoadedModule& loaded, CodeBuffer& code, uint32_t* entries,
                              Error& error) {
  return compile_functions<X64Assembler>(pool, loaded, code, entries, error);
}

uint32_t locate_offset_native(const runtime::LoadedModule& loaded, Pool& pool, uint32_t index,
                              const wasm::Body& body, uint32_t code_offset) {
  return locate_offset<X64Assembler>(loaded, pool, index, body, code_offset);
}

}  // namespace mote::compile
