// SPDX-License-Identifier: Apache-2.0
#include "image/decoded.hpp"

#include "compile/compile.hpp"
#include "image/data_section.hpp"
#include "image/words.hpp"
#include "runtime/engine.hpp"

namespace mote::image {

namespace {

/// Those of the module: `error` says what is wrong.
bool decode(const Header& header, std::span<const uint8_t> image, Pool& pool, runtime::LoadedModule& loaded,
            Error& error) {
  wasm::Module& module = loaded.wasm;
  const Part prefix = header.part(kModulePart), data = header.part(kDataPart);
  if (!wasm::decode_prefix(image.subspan(prefix.at, prefix.bytes), pool, module, error)) return false;
  module.bytes = image;
  if (data.at != 0) {
    loaded.image_data.rows =
        read_data_section(image.subspan(data.at, data.bytes), image.data(), module, pool, error);
    if (error) return false;
  } else if (module.data.count > 0) {  // by a data count, or a forged section among those before the code
    return damaged(error, "the image's data section is missing");
  }
  compile::size_memories(module, (header.flags & kTouchesMemory) != 0);
  return compile::place_globals(module, error);
}

}  // namespace

bool decode_module(const Header& header, std::span<const uint8_t> image, Pool& pool,
                   runtime::LoadedModule& loaded, Error& error) {
  const bool decoded = decode(header, image, pool, loaded, error);
  if (decoded && header.counts[kFunctions] == loaded.wasm.functions.count &&
      header.imported[0] == loaded.wasm.imported_functions && header.counts[kTags] == loaded.wasm.tags.count)
    return true;
  if (decoded) damaged(error, "the image's tables are not those of its module");
  if (error.code != ErrorCode::OutOfMemory) error.code = ErrorCode::ImageDamaged;
  runtime::release_tables(loaded, pool);
  return false;
}

}  // namespace mote::image
