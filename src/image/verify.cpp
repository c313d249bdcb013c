// SPDX-License-Identifier: Apache-2.0
#include "image/verify.hpp"

#include "image/crc32.hpp"
#include "native/features.hpp"
#include "runtime/instance.hpp"

namespace mote::image {

namespace {

/// Of a fresh error: field by field, which takes a third of the flash of assigning a whole one.
bool refuse(Error& error, ErrorCode code, const char* message, uint32_t detail) {
  error.code = code;
  error.detail = detail;
  error.say(message);
  return false;
}

bool damaged(Error& error, const char* message, uint32_t detail = 0) {
  return refuse(error, ErrorCode::ImageDamaged, message, detail);
}

bool mismatch(Error& error, const char* message, uint32_t detail) {
  return refuse(error, ErrorCode::ImageMismatch, message, detail);
}

/// Whether `count` items of 1 << `log2` bytes lie behind the header, aligned, and within the image.
bool is_inside(const Header& header, uint32_t at, uint32_t count, unsigned log2) {
  return at >= kHeaderRoom && at <= header.length && (at & ((1u << log2) - 1)) == 0 &&
         count <= (header.length - at) >> log2;
}

bool parts_inside(const Header& header) {
  const auto is_absent_or_inside = [&](uint32_t at, uint32_t bytes) {
    return at == 0 || is_inside(header, at, bytes, 0);
  };
  const uint32_t functions = header.functions;
  return is_inside(header, header.code, header.code_bytes, 0) && header.code % kSectionAlign == 0 &&
         header.imported_functions <= functions && header.imported_tables <= header.tables &&
         header.imported_memories <= header.memories && header.imported_globals <= header.globals &&
         is_inside(header, header.entries, functions - header.imported_functions, 2) &&
         is_inside(header, header.function_types, functions, 1) &&
         is_inside(header, header.declared, functions / 32 + (functions % 32 != 0), 2) &&
         is_inside(header, header.rows, header.rows_bytes, 0) && is_absent_or_inside(header.imports, 1) &&
         is_absent_or_inside(header.exports, 1) && is_absent_or_inside(header.names, header.names_bytes) &&
         (header.start == kNone || header.start < functions);
}

/// Offsets within the parts that code is entered by and types are found by.
bool indices_inside(const Header& header, const uint8_t* base) {
  const auto* types = reinterpret_cast<const uint16_t*>(base + header.function_types);
  const auto* entries = reinterpret_cast<const uint32_t*>(base + header.entries);
  for (uint32_t i = 0; i < header.functions; ++i) {
    if (types[i] >= header.types) return false;
  }
  for (uint32_t i = 0; i < header.functions - header.imported_functions; ++i) {
    if (entries[i] >= header.code_bytes) return false;
  }
  return true;
}

}  // namespace

uint32_t crc_of(const Header& header, std::span<const uint8_t> image) {
  const uint32_t crc = crc32({reinterpret_cast<const uint8_t*>(&header), offsetof(Header, crc)});
  return crc32(image.subspan(sizeof(Header)), crc);
}

bool verify(std::span<const uint8_t> bytes, Error& error) {
  if (bytes.size() < kHeaderRoom) return damaged(error, "the image is shorter than its header");
  if (reinterpret_cast<uintptr_t>(bytes.data()) % kAlign != 0)
    return damaged(error, "the image must lie at a multiple of 8 bytes");
  const auto& header = *reinterpret_cast<const Header*>(bytes.data());
  if (header.magic != kMagic) return damaged(error, "not an image: it does not begin with MOTE");
  if (header.version != kVersion || header.header_bytes != sizeof(Header))
    return mismatch(error, "the image has another format version", header.version);
  if (header.length != bytes.size())
    return damaged(error, "the image is not as long as it says", header.length);
  if (crc_of(header, bytes) != header.crc) return damaged(error, "the image is damaged: its CRC differs");
  if (!parts_inside(header) || !indices_inside(header, bytes.data()))
    return damaged(error, "a part of the image lies outside of it");
  return true;
}

bool fits(const Header& header, Error& error) {
  const auto isa = static_cast<IsaId>(header.isa);
  const bool interpreted = isa == IsaId::Vm;
  if (interpreted ? !config::kInterpreter : !config::kNative || isa != config::kNativeIsa)
    return mismatch(error, "the image is for another CPU or tier", header.isa);
  if (((header.flags & kWideTypes) != 0) != wasm::kTypedReferences)
    return mismatch(error, "the image is for another profile", header.flags);
  if (header.abi != abi_of(isa))
    return mismatch(error, "the image is for another engine version", header.abi);
  if constexpr (config::kNative) {
    const uint32_t missing = interpreted ? 0 : header.features & ~native::cpu_features();
    if (missing != 0) return mismatch(error, native::why_missing(missing), missing);
  }
  const bool guarded = header.bounds == static_cast<uint8_t>(runtime::Bounds::GuardPages);
  if (guarded ? !config::kGuardPages : header.bounds != static_cast<uint8_t>(runtime::Bounds::Software))
    return mismatch(error, "the image needs another bounds mode", header.bounds);
  return true;
}

}  // namespace mote::image
