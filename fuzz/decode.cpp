// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: reader and decoder alone, in a pool that the input's last byte makes large or scarce.
#include <cstring>

#include "exercise.hpp"
#include "target.hpp"
#include "wasm/disassemble.hpp"
#include "wasm/module.hpp"

namespace {

alignas(8) std::byte memory[1 << 20];

void look_at(const mote::wasm::Module& module) {
  mote::wasm::Imports imports(module);
  for (mote::wasm::Import import; imports.next(import);) {
  }
  mote::wasm::Exports exports(module);
  for (mote::wasm::Export item; exports.next(item);) {
  }
  size_t length = 0;
  const mote::wasm::TextSink sink{
      [](void* sum, std::string_view text) { *static_cast<size_t*>(sum) += text.size(); }, &length};
  for (uint32_t i = 0; i < module.functions.count; ++i) {
    length += mote::wasm::function_name(module, i).size();
    mote::Error error;
    if (i < module.defined_functions()) mote::wasm::disassemble(module, i, sink, error);
  }
}

}  // namespace

bool mote_fuzz_one(std::span<const uint8_t> bytes) {
  const size_t scarce = bytes.empty() || bytes.back() % 4 != 0 ? sizeof memory : size_t{bytes.back()} * 16;
  mote::Pool pool({memory, scarce});
  mote::wasm::Module module;
  mote::Error error;
  bool valid = false;
  if (mote::wasm::decode(bytes, pool, module, error)) {
    valid = true;
    look_at(module);
    mote::wasm::release(module, pool);
  } else if (error.message[0] == '\0') {
    mote::fuzz::fail("an error that says nothing");
  }
  if (!pool.empty() || !pool.consistent()) mote::fuzz::fail("the pool is not as it was");
  return valid;
}
