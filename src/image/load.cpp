// SPDX-License-Identifier: Apache-2.0
// Engine::load_image().
#include "compile/compile.hpp"
#include "image/hash.hpp"
#include "image/map.hpp"
#include "image/verify.hpp"
#include "image/words.hpp"
#include "runtime/engine.hpp"

namespace mote {

using runtime::LoadedModule;

namespace {

/// Verified, of this engine and CPU, and of the module that is at hand, if one is.
bool usable(std::span<const uint8_t> bytes, std::span<const uint8_t> module, Error& error) {
  if (!image::verify(bytes, error)) return false;
  const auto& header = *reinterpret_cast<const image::Header*>(bytes.data());
  if (!image::fits(header, error)) return false;
  if (module.empty() || image::fnv1a(module) == header.module_hash) return true;
  return image::mismatch(error, "the image is of another module");
}

/// nullptr: `error` says why.
LoadedModule* load_usable(runtime::Engine& engine, std::span<const uint8_t> bytes, Error& error) {
  Pool& pool = engine.pool;
  pool.clear_missing();
  auto* place = pool.array<std::byte>(sizeof(LoadedModule));
  if (place == nullptr) {
    runtime::refuse_memory(error, pool, "no memory for the module");
    return nullptr;
  }
  LoadedModule* loaded = &runtime::module_at_zeros(place);
  loaded->engine = &engine;
  if (image::map(bytes, pool, *loaded, error)) {
    if (runtime::register_types(engine, loaded->wasm, error)) return loaded;
    compile::release_code(*loaded, pool);
    runtime::release_tables(*loaded, pool);
  }
  pool.free(loaded);
  return nullptr;
}

}  // namespace

Result<Module> Engine::load_image(std::span<const uint8_t> bytes, const ImageOptions& options) {
  Error error;
  LoadedModule* loaded = nullptr;
  bool recompiles = config::kCompiler && !options.fallback.empty();
  if (state_ == nullptr) {
    runtime::refuse(error, "the pool is too small for an engine", sizeof(runtime::Engine));
    recompiles = false;
  } else if (!options.trusted) {
    image::untrusted(error, "an image is code that runs unchecked: trust it by ImageOptions::trusted");
  } else if (usable(bytes, options.fallback, error)) {
    loaded = load_usable(*state_, bytes, error);
    recompiles = false;
  }
  if constexpr (config::kCompiler) {
    if (recompiles) return load(options.fallback, options.fallback_options);
  }
  if (loaded == nullptr) return error;
  return Module(loaded);
}

}  // namespace mote
