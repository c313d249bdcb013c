// SPDX-License-Identifier: Apache-2.0
// Blobs in a region of RAM, for systems without a medium of their own, and for tests: what is in it is lost
// with the power. A blob is written beside the old one, which goes when the new one is whole.
#pragma once
#include <cstddef>
#include <span>

namespace mote::platform {

/// Where the blobs are kept from now on; empty, whatever is in it. 8-byte aligned.
void use_storage(std::span<std::byte> region);

}  // namespace mote::platform
