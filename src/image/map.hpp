// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <mote/error.hpp>

#include <span>

#include "runtime/instance.hpp"
#include "runtime/pool.hpp"

namespace mote::image {

/// Makes a loaded module of a verified image that fits. Code, entries, function types and segments stay in
/// the image; rows with pointers are copied to the pool: 16 bytes for each type, 24 for each global or
/// segment on a 32-bit machine. False: `error` says why, and the pool is as it was.
bool map(std::span<const uint8_t> image, Pool& pool, runtime::LoadedModule& loaded, Error& error);

}  // namespace mote::image
