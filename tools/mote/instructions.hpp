// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "wasm/module.hpp"
#include "wasm/opcodes.hpp"

namespace mote::tool {

/// One instruction of a function's code.
struct Instruction {
  uint32_t function = 0;  ///< index in the module
  wasm::Op op{};
  wasm::Reader immediates;  ///< stands at them
};

/// Calls `visit(Instruction)` for each instruction of a valid module, in order.
template <class Visit>
void for_each_instruction(const wasm::Module& module, Visit visit) {
  wasm::Bodies bodies(module);
  wasm::Body body;
  for (uint32_t function = module.imported_functions; bodies.next(body); ++function) {
    Error error;
    wasm::Reader reader(body.begin, body.end, module.bytes.data(), error);
    for (uint32_t groups = reader.u32(); groups > 0 && reader.ok(); --groups) {
      reader.u32();
      wasm::value_type(reader, reader.u8(), module.types.count);
    }
    while (reader.ok() && !reader.at_end()) {
      wasm::Op op;
      const wasm::OpcodeRow row = wasm::read_opcode(reader, op);
      if (!reader.ok()) break;
      visit(Instruction{function, op, reader});
      wasm::skip_immediates(reader, row.immediate);
    }
  }
}

}  // namespace mote::tool
