// SPDX-License-Identifier: Apache-2.0
// WebAssembly code as text, for tools. Nothing on a board refers to it, so boards do not link it.
#pragma once
#include <string_view>

#include "wasm/module.hpp"
#include "wasm/opcodes.hpp"

namespace mote::wasm {

/// Where text goes, piece by piece.
struct TextSink {
  void (*write)(void* context, std::string_view text) = nullptr;
  void* context = nullptr;
};

/// Reads one instruction and writes it as in the text format, without a line end: "i32.load offset=8".
/// Indices of functions that have a name get it as a comment: "call 3 (;fib;)". What cannot be read is the
/// reader's error.
Op write_instruction(Reader& reader, const Module& module, TextSink sink);

/// Writes a function's body, a line each: byte offset, indentation by nesting, text. False when it cannot be
/// decoded: `error` says where, the lines up to there are written.
bool disassemble(const Module& module, uint32_t function, TextSink sink, Error& error);

}  // namespace mote::wasm
