// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <mote/mote.hpp>

#include <span>

namespace mote::spec {

/// Loads a module by way of an image: builds one as `mote compile` does, from pieces of odd sizes, and loads
/// that. The image lives as long as the process.
Result<Module> load_via_image(Engine& engine, std::span<const uint8_t> module, const LoadOptions& options);
/// Likewise; native code is for a CPU with nothing beyond its ISA's baseline, for example without an FPU.
Result<Module> load_via_baseline_image(Engine& engine, std::span<const uint8_t> module,
                                       const LoadOptions& options);

}  // namespace mote::spec
