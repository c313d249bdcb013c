// SPDX-License-Identifier: Apache-2.0
// A module's functions compiled one by one, as their bodies arrive: for images, whose code leaves for a file
// or for flash when a function is done.
#pragma once
#include <cstdint>
#include <span>

#include "runtime/instance.hpp"

namespace mote::compile {

class FunctionCompiler {
 public:
  /// Compiles the next function in order. False: `error` says why, or the code buffer is not ok().
  virtual bool compile(const wasm::Body& body) = 0;
  virtual bool touches_memory() const = 0;
  /// The catch clauses of the functions so far.
  virtual std::span<const runtime::Handler> handlers() const = 0;
  /// Whether finished functions are never written again, so that their code may leave the buffer.
  virtual bool leaves() const = 0;
  /// Bytes before the first function's code, for jumps to functions that were called before they were known.
  virtual uint32_t reserved_bytes() const = 0;
  /// Fills `bytes` of the reserved area from offset `at` on, when all entries are known.
  virtual void write_reserved(uint32_t at, uint8_t* to, uint32_t bytes) const = 0;
  /// Bytes of the guest's stack that a call of the function with this code takes; `code` is at its entry.
  virtual uint32_t frame_bytes(const uint8_t* code) const = 0;
  /// What the CPU must have for the code so far, in the bits of isa/<isa>/features.hpp.
  virtual uint32_t features() const = 0;
  /// Destroys it and gives its memory back.
  virtual void end() = 0;

 protected:
  ~FunctionCompiler() = default;
};

}  // namespace mote::compile
