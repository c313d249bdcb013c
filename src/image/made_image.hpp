// SPDX-License-Identifier: Apache-2.0
// For tests: a module as an image for this machine.
#pragma once
#include <mote/mote.hpp>

#include <vector>

#include "image/build.hpp"
#include "native/features.hpp"

namespace mote::image::test {

/// Empty when the builder refuses the module; `why` says so.
inline std::vector<uint8_t> made_image(std::span<const uint8_t> module, const LoadOptions& options,
                                       Error& why) {
  std::vector<std::byte> memory(1 << 20);
  std::vector<uint8_t> image(1 << 17);
  BuildOptions build{.bounds = static_cast<runtime::Bounds>(options.bounds), .fuel = options.fuel};
  if constexpr (config::kNative) {
    if (options.tier == Tier::Native) {
      build.isa = config::kNativeIsa;
      build.features = native::cpu_features();
    }
  }
  Pool pool(memory);
  Builder builder(pool, memory_sink(image), build);
  const bool done = builder.feed(module) && builder.finish();
  why = builder.error();
  image.resize(done ? builder.length() : 0);
  return image;
}

}  // namespace mote::image::test
