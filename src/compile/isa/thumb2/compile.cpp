// SPDX-License-Identifier: Apache-2.0
// The pass, instantiated for Thumb-2.
#include "compile/isa/thumb2/assembler.hpp"
#include "compile/module_compiler.hpp"

namespace mote::compile {

bool compile_functions_native(Pool& pool, runtime::LoadedModule& loaded, CodeBuffer& code, uint32_t* entries,
                              Error& error) {
  return compile_functions<Thumb2Assembler>(pool, loaded, code, entries, error);
}

uint32_t locate_offset_native(const runtime::LoadedModule& loaded, Pool& pool, uint32_t index,
                              const wasm::Body& body, uint32_t code_offset) {
  return locate_offset<Thumb2Assembler>(loaded, pool, index, body, code_offset);
}

}  // namespace mote::compile
