// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <mote/error.hpp>

#include <span>

#include "image/format.hpp"

namespace mote::image {

/// Whether the bytes are a whole, undamaged image: magic, format version, length, CRC, and every part inside.
/// Reads nothing outside of `bytes`, whatever they are. Errors: ImageDamaged, ImageMismatch (format version).
bool verify(std::span<const uint8_t> bytes, Error& error);

/// Whether this build and CPU can run a verified image. Error: ImageMismatch, with what differs.
bool fits(const Header& header, Error& error);

/// The CRC that belongs into the header of an image that is otherwise complete.
uint32_t crc_of(const Header& header, std::span<const uint8_t> image);

}  // namespace mote::image
