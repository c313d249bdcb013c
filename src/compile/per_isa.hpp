// SPDX-License-Identifier: Apache-2.0
// What is asked of each ISA that the build compiles for: module_compiler.hpp instantiated, in
// isa/<isa>/compile.cpp. isa/target.hpp chooses between them.
#pragma once
#include "compile/code_buffer.hpp"
#include "compile/function_compiler.hpp"
#include "compile/offset_notes.hpp"
#include "config/tiers.hpp"
#include "runtime/instance.hpp"

namespace mote::compile {

/// `Type`: the ISA's class.
template <IsaId I>
struct AssemblerOf;

template <IsaId I>
struct PerIsa {
  static bool compile_functions(Pool&, runtime::LoadedModule&, CodeBuffer&, uint32_t* entries, Error&);
  static uint32_t locate_offset(const runtime::LoadedModule&, Pool&, uint32_t index, const wasm::Body&,
                                uint32_t code_offset);
  /// nullptr when memory does not suffice. `notes` are those of the function that was compiled last.
  static FunctionCompiler* make_compiler(Pool&, runtime::LoadedModule&, CodeBuffer&, uint32_t* entries,
                                         const Notes& notes, Error&);
};

}  // namespace mote::compile
