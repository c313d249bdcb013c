// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>

namespace mote::image {

/// CRC-32 as in IEEE 802.3 (reflected, polynomial 0xedb88320); goes on from `crc`, which is 0 at first.
uint32_t crc32(std::span<const uint8_t> bytes, uint32_t crc = 0);

}  // namespace mote::image
