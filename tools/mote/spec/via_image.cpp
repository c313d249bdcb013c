// SPDX-License-Identifier: Apache-2.0
#include "via_image.hpp"

#include <algorithm>
#include <list>
#include <vector>

#include "image/build.hpp"
#include "native/features.hpp"

namespace mote::spec {

namespace {

constexpr size_t kPiece = 1021;

image::BuildOptions build_options(const LoadOptions& options, bool baseline) {
  image::BuildOptions build{.bounds = static_cast<runtime::Bounds>(options.bounds), .fuel = options.fuel};
  if constexpr (config::kNative) {
    if (options.tier == Tier::Native) {
      build.isa = config::kNativeIsa;
      if (!baseline) build.features = native::cpu_features();
    }
  }
  return build;
}

Result<Module> load(Engine& engine, std::span<const uint8_t> module, const image::BuildOptions& options) {
  thread_local std::list<std::vector<uint8_t>>
      images;  // scripts have threads, each with an engine of its own
  thread_local std::vector<std::byte> memory(32 << 20);
  std::vector<uint8_t> image((64 << 10) + 64 * module.size());
  Pool pool(memory);
  image::Builder builder(pool, image::memory_sink(image), options);
  for (size_t at = 0; at < module.size(); at += kPiece)
    (void)builder.feed(module.subspan(at, std::min(kPiece, module.size() - at)));
  const bool done = builder.finish();
  images.push_back(std::move(image));  // an error's names may lie in it, too
  if (!done) return builder.error();
  images.back().resize(builder.length());
  images.back().shrink_to_fit();
  return engine.load_image(images.back(), {.trusted = true});
}

}  // namespace

Result<Module> load_via_image(Engine& engine, std::span<const uint8_t> module, const LoadOptions& options) {
  return load(engine, module, build_options(options, false));
}

Result<Module> load_via_baseline_image(Engine& engine, std::span<const uint8_t> module,
                                       const LoadOptions& options) {
  return load(engine, module, build_options(options, true));
}

}  // namespace mote::spec
