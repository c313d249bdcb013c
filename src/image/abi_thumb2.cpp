// SPDX-License-Identifier: Apache-2.0
#include "image/abi.hpp"
#include "native/layout_thumb2.hpp"
#include "native/thumb2.hpp"

namespace mote::image {

const uint32_t kThumb2Abi = fingerprint({
    kAbiRevision,
    static_cast<uint32_t>(native::Routine::Count),
#include "image/abi_layout.inc"
});

}  // namespace mote::image
