// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <mote/error.hpp>

#include <span>

#include "image/format.hpp"
#include "runtime/instance.hpp"

namespace mote::image {

/// In builds with typed references, whose modules say more than rows can: decodes the module in the image as
/// any other, so that everything in it is valid, and takes code's tables only from the image. False: `error`
/// says why, and the pool is as it was.
bool decode_module(const Header& header, std::span<const uint8_t> image, Pool& pool,
                   runtime::LoadedModule& loaded, Error& error);

}  // namespace mote::image
