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
inline constexpr uint16_t kVersion = 3;
inline constexpr uint32_t kAlign = 8;  ///< of the image in memory
inline constexpr uint32_t kSectionAlign =
    32;  ///< of its parts: no granule of flash is written for two of them
inline constexpr uint32_t kNone = 0xffff'ffff;

/// Bits of Header::flags.
inline constexpr uint8_t kFuel = 1;           ///< native code charges fuel
inline constexpr uint8_t kTouchesMemory = 2;  ///< an instruction reads, writes, grows or measures a memory
inline constexpr uint8_t kWide = 4;           ///< for builds with typed references, which decode the module
inline constexpr uint8_t kMapped = 8;         ///< an offset map follows the tables

/// Where a part of an image lies, in bytes from its begin.
struct Part {
  uint32_t at = 0, bytes = 0;
};
enum PartId : uint8_t { kModulePart, kCodePart, kTablesPart, kDataPart, kNamesPart, kParts };

/// What an image counts, in order: first what exports name, as they number it.
enum CountId : uint8_t {
  kFunctions,
  kTables,
  kMemories,
  kGlobals,
  kTags,
  kTypes,
  kElements,
  kSegments,
  kCounts
};

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
  uint32_t start;         ///< function index, or kNone
  Part parts[kParts];
  uint32_t imports;          ///< contents of the module's import section
  uint32_t exports;          ///< likewise
  uint16_t imported[4];      ///< functions, tables, memories, globals
  uint16_t counts[kCounts];  ///< imports included
  uint32_t handlers;         ///< catch clauses
  uint32_t crc;              ///< CRC-32 of everything before it and everything behind it

  constexpr const Part& part(PartId id) const { return parts[id]; }
  constexpr uint32_t defined_functions() const { return counts[kFunctions] - uint32_t{imported[0]}; }
};
static_assert(sizeof(Header) == 128 && offsetof(Header, crc) == 124);

/// The header's place is as large as whole granules of flash.
inline constexpr uint32_t kHeaderRoom = 128;
static_assert(kHeaderRoom >= sizeof(Header) && kHeaderRoom % kSectionAlign == 0);

constexpr uint32_t aligned(uint32_t offset) {
  return (offset + kSectionAlign - 1) & ~(kSectionAlign - 1);
}

// Where what the part "tables" has lies in it. Behind the entries come handlers, then what builds without a
// decoder read: declared functions, types of functions and of tags, rows.
/// A catch clause: see runtime::Handler.
inline constexpr uint32_t kHandlerBytes = 20;
constexpr uint32_t handlers_end(const Header& header) {
  return 4 * header.defined_functions() + kHandlerBytes * header.handlers;
}
constexpr uint32_t declared_at(const Header& header) {
  return handlers_end(header);
}
constexpr uint32_t types_at(const Header& header) {
  return declared_at(header) + 4 * ((header.counts[kFunctions] + 31u) / 32);
}
constexpr uint32_t tags_at(const Header& header) {
  return types_at(header) + 2 * header.counts[kFunctions];
}
constexpr uint32_t rows_at(const Header& header) {
  return tags_at(header) + 2 * header.counts[kTags];
}

/// Where an offset map begins; it goes on to the image's end.
constexpr uint32_t map_at(const Header& header) {
  return aligned(header.part(kTablesPart).at + header.part(kTablesPart).bytes);
}

/// What code of an ISA takes for granted of the engine that runs it, as a number: layouts that it reads, the
/// vm's instruction set. Computed from them, so that a change shows by itself.
uint32_t abi_of(IsaId isa);

}  // namespace mote::image
