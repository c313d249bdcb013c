// SPDX-License-Identifier: Apache-2.0
// The image format's bits; SPEC.md, "Image", says what they mean.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>

#include "config/tiers.hpp"

namespace mote::image {

static_assert(std::endian::native == std::endian::little, "images are little-endian and read in place");

inline constexpr uint32_t kMagic = 0x45544f4d;  // "MOTE"
inline constexpr uint16_t kVersion = 1;
inline constexpr uint32_t kAlign = 8;  ///< of the image in memory
inline constexpr uint32_t kSectionAlign =
    32;  ///< of its parts: no granule of flash is written for two of them
inline constexpr uint32_t kNone = 0xffff'ffff;

/// Bits of Header::flags.
inline constexpr uint8_t kFuel = 1;           ///< native code charges fuel
inline constexpr uint8_t kWideTypes = 4;      ///< types have extensions: for builds with typed references
inline constexpr uint8_t kTouchesMemory = 2;  ///< an instruction reads, writes, grows or measures a memory

/// The first bytes of an image. Offsets count from the image's begin; 0 is "absent" where a part may be.
struct Header {
  uint32_t magic;
  uint16_t version;
  uint16_t header_bytes;
  uint32_t length;  ///< of the image
  uint32_t abi;     ///< what code takes for granted of the engine: abi_of()
  uint8_t isa;      ///< IsaId
  uint8_t bounds;   ///< runtime::Bounds
  uint8_t flags;
  uint8_t reserved;
  uint32_t features;  ///< that the CPU must have: compile/isa/<isa>/features.hpp
  uint64_t module_hash;
  uint32_t module_bytes;
  uint32_t memory_bytes;  ///< of all linear memories together, at first
  uint32_t frame_bytes;   ///< of the guest's stack for the largest frame
  uint32_t code;
  uint32_t code_bytes;
  uint32_t entries;         ///< 32 bits for each defined function: its entry's offset in the code
  uint32_t function_types;  ///< 16 bits for each function: index of its type
  uint32_t declared;        ///< bitmap in words of 32 bits: functions that references may name
  uint32_t rows;            ///< types, tables, memories, globals, elements, data
  uint32_t rows_bytes;
  uint32_t imports;  ///< contents of the module's import section
  uint32_t exports;  ///< likewise
  uint32_t names;    ///< contents of its name section
  uint32_t names_bytes;
  uint32_t start;  ///< function index, or kNone
  uint32_t functions;
  uint16_t imported_functions, imported_tables, imported_memories, imported_globals;
  uint16_t types, tables, memories, globals, elements, data;
  uint32_t crc;  ///< CRC-32 of everything before it and everything behind it
};
static_assert(sizeof(Header) == 120 && offsetof(Header, crc) == 116);

/// The header's place is as large as whole granules of flash.
inline constexpr uint32_t kHeaderRoom = 128;
static_assert(kHeaderRoom >= sizeof(Header) && kHeaderRoom % kSectionAlign == 0);

constexpr uint32_t aligned(uint32_t offset) {
  return (offset + kSectionAlign - 1) & ~(kSectionAlign - 1);
}

/// What code of an ISA takes for granted of the engine that runs it, as a number: layouts that it reads, the
/// vm's instruction set. Computed from them, so that a change shows by itself.
uint32_t abi_of(IsaId isa);

}  // namespace mote::image
