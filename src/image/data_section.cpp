// SPDX-License-Identifier: Apache-2.0
#include "image/data_section.hpp"

#include "runtime/engine.hpp"

namespace mote::image {

wasm::DataSegment* read_data_section(std::span<const uint8_t> contents, const uint8_t* base,
                                     wasm::Module& module, Pool& pool, Error& error) {
  wasm::Reader reader(contents.data(), contents.data() + contents.size(), base, error);
  const uint32_t count = reader.u32();
  if (!error && module.has_data_count && count != module.data.count) {
    reader.fail("data count and data section have inconsistent lengths");
  } else if (!error && count > reader.remaining()) {
    reader.fail("length out of bounds: more elements than the section has bytes");
  }
  if (error) return nullptr;
  auto* rows = pool.array<wasm::DataSegment>(count);
  if (rows == nullptr) {
    error = runtime::no_room(pool, "no memory for data segments");
  } else if (wasm::decode_data(contents, base, module, {rows, count}, error)) {
    module.data = {rows, count};
    return rows;
  }
  pool.free(rows);
  return nullptr;
}

}  // namespace mote::image
