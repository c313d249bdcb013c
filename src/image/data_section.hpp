// SPDX-License-Identifier: Apache-2.0
// A data section whose contents lie in an image, apart from the module that they belong to.
#pragma once
#include "wasm/module.hpp"

namespace mote::image {

/// Validates the section's contents and gives the module its segments: rows in the pool, which are the
/// caller's to free. `base` is what error offsets count from. nullptr, with an error: what is wrong.
wasm::DataSegment* read_data_section(std::span<const uint8_t> contents, const uint8_t* base,
                                     wasm::Module& module, Pool& pool, Error& error);

}  // namespace mote::image
