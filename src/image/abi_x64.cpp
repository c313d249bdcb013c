// SPDX-License-Identifier: Apache-2.0
#include "image/abi.hpp"
#include "native/layout_x64.hpp"

namespace mote::image {

const uint32_t kX64Abi = fingerprint({
    kAbiRevision,
#include "image/abi_layout.inc"
});

}  // namespace mote::image
