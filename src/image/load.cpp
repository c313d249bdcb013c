// SPDX-License-Identifier: Apache-2.0
// Engine::load_image().
#include "compile/compile.hpp"
#include "image/hash.hpp"
#include "image/map.hpp"
#include "image/verify.hpp"
#include "runtime/engine.hpp"

namespace mote {

namespace {

/// Verified, of this engine and CPU, and of the module that is at hand, if one is.
bool usable(std::span<const uint8_t> bytes, std::span<const uint8_t> module, Error& error) {
  if (!image::verify(bytes, error)) return false;
  const auto& header = *reinterpret_cast<const image::Header*>(bytes.data());
  if (!image::fits(header, error)) return false;
  if (module.empty() || image::fnv1a(module) == header.module_hash) return true;
  error = {.code = ErrorCode::ImageMismatch, .message = "the image was made from another module"};
  return false;
}

}  // namespace

Result<Module> Engine::load_image(std::span<const uint8_t> bytes, const ImageOptions& options) {
  if (state_ == nullptr) {
    return Error{.code = ErrorCode::OutOfMemory,
                 .detail = sizeof(runtime::Engine),
                 .message = "the pool is too small for an engine"};
  }
  Error error;
  if (!options.trusted) {
    error = {
        .code = ErrorCode::Untrusted,
        .message = "an image is code that runs unchecked: say that it is trusted, by ImageOptions::trusted"};
  } else if (usable(bytes, options.fallback, error)) {
    Pool& pool = state_->pool;
    pool.clear_missing();
    void* place = pool.allocate(sizeof(runtime::LoadedModule));
    if (place == nullptr) return runtime::out_of_memory(pool, "no memory for a module");
    auto* loaded = new (place) runtime::LoadedModule;
    loaded->engine = state_;
    if (!image::map(bytes, pool, *loaded, error)) {
      pool.free(loaded);
      return error;
    }
    if (runtime::register_types(*state_, loaded->wasm, error)) return Module(loaded);
    compile::release_code(*loaded, pool);
    wasm::release(loaded->wasm, pool);
    pool.free(loaded);
    return error;
  }
  if constexpr (config::kCompiler) {
    if (!options.fallback.empty()) return load(options.fallback, options.fallback_options);
  }
  return error;
}

}  // namespace mote
