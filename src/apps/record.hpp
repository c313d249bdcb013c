// SPDX-License-Identifier: Apache-2.0
// What makes a slot valid: SPEC.md, "Slots".
#pragma once
#include <mote/apps.hpp>

#include "image/crc32.hpp"
#include "image/format.hpp"

namespace mote::apps {

inline constexpr uint32_t kRecordMagic = 0x50504153;  // "SAPP"

/// At the slot's begin; the image follows.
struct Record {
  uint32_t magic;
  uint32_t sequence;
  uint32_t image_bytes;
  uint32_t image_crc;
  char name[AppStore::kNameBytes];
  uint32_t reserved[3];
  uint32_t crc;  ///< CRC-32 of what is before it
};
static_assert(sizeof(Record) == 64 && sizeof(Record) % image::kSectionAlign == 0);

inline uint32_t crc_of(const Record& record) {
  return image::crc32({reinterpret_cast<const uint8_t*>(&record), offsetof(Record, crc)});
}

}  // namespace mote::apps
