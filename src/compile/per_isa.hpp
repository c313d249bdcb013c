// SPDX-License-Identifier: Apache-2.0
// What compile.cpp asks of each ISA that the build has: the functions of module_compiler.hpp, instantiated.
#pragma once
#include "compile/code_buffer.hpp"
#include "runtime/instance.hpp"

namespace mote::compile {

bool compile_functions_interpreted(Pool&, runtime::LoadedModule&, CodeBuffer&, uint32_t* entries, Error&);
uint32_t locate_offset_interpreted(const runtime::LoadedModule&, Pool&, uint32_t index, const wasm::Body&,
                                   uint32_t code_offset);
bool compile_functions_native(Pool&, runtime::LoadedModule&, CodeBuffer&, uint32_t* entries, Error&);
uint32_t locate_offset_native(const runtime::LoadedModule&, Pool&, uint32_t index, const wasm::Body&,
                              uint32_t code_offset);

}  // namespace mote::compile
