// SPDX-License-Identifier: Apache-2.0
#include "image/verify.hpp"

#include "image/crc32.hpp"
#include "image/words.hpp"
#include "native/features.hpp"
#include "native/mpu.hpp"
#include "runtime/engine.hpp"

namespace mote::image {

namespace {

[[gnu::noinline]] bool refuse(Error& error, ErrorCode code, Words words, uint32_t detail) {
  words.write(error, code);
  error.detail = detail;
  return false;
}

}  // namespace

bool damaged(Error& error, Words words, uint32_t detail) {
  return refuse(error, ErrorCode::ImageDamaged, words, detail);
}

bool mismatch(Error& error, Words words, uint32_t detail) {
  return refuse(error, ErrorCode::ImageMismatch, words, detail);
}

bool no_memory(Error& error, Words words, const Pool& pool) {
  return refuse(error, ErrorCode::OutOfMemory, words, static_cast<uint32_t>(pool.missing()));
}

bool untrusted(Error& error, Words words) {
  return refuse(error, ErrorCode::Untrusted, words, 0);
}

namespace {

bool parts_inside(const Header& header) {
  for (const Part& part : header.parts) {
    if (part.at > header.length || part.bytes > header.length - part.at) return false;
  }
  const Part &code = header.part(kCodePart), &tables = header.part(kTablesPart);
  bool ok = ((code.at | tables.at) % kSectionAlign) == 0 && header.imports <= header.length &&
            header.exports <= header.length && header.handlers <= header.length / kHandlerBytes;
  // The index spaces' sizes are in the order of what of them is imported.
  for (uint32_t i = 0; i < std::size(header.imported); ++i) ok = ok && header.imported[i] <= header.counts[i];
  const uint32_t kept = header.flags & kWide ? handlers_end(header) : rows_at(header);
  return ok && kept <= tables.bytes && (header.start == kNone || header.start < header.counts[kFunctions]);
}

/// Offsets within the parts that code is entered by and types are found by.
bool indices_inside(const Header& header, const uint8_t* base) {
  const uint8_t* tables = base + header.part(kTablesPart).at;
  const auto* entries = reinterpret_cast<const uint32_t*>(tables);
  for (uint32_t i = 0; i < header.defined_functions(); ++i) {
    if (entries[i] >= header.part(kCodePart).bytes) return false;
  }
  const auto* types = reinterpret_cast<const uint16_t*>(tables + types_at(header));
  // Those of tags follow those of functions.
  const uint32_t tags = wasm::kExceptions ? header.counts[kTags] : 0;
  const uint32_t typed = header.flags & kWide ? 0 : header.counts[kFunctions] + tags;
  for (uint32_t i = 0; i < typed; ++i) {
    if (types[i] >= header.counts[kTypes]) return false;
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

namespace {

/// Whether the machine has what keeps the code's accesses inside.
bool bounds_fit(runtime::Bounds bounds, Error& error) {
  using runtime::Bounds;
  if (bounds == Bounds::Software || (config::kGuardPages && bounds == Bounds::GuardPages)) return true;
  if constexpr (sizeof(size_t) > 4) {  // no image for a board has another
    if (bounds != Bounds::Mpu)
      return mismatch(error, "the image needs another bounds mode", static_cast<uint32_t>(bounds));
  }
  if constexpr (config::kMpu) {
    if (native::mpu::is_usable()) return true;
  }
  return mismatch(error, "the image needs an MPU");
}

}  // namespace

bool fits(const Header& header, Error& error) {
  const auto isa = static_cast<IsaId>(header.isa);
  const bool interpreted = isa == IsaId::Vm;
  if (interpreted ? !config::kInterpreter : !config::kNative || isa != config::kNativeIsa)
    return mismatch(error, "the image is for another CPU or tier", header.isa);
  if (((header.flags & kWide) != 0) != wasm::kTypedReferences)
    return mismatch(error, "the image is for another profile", header.flags);
  if (header.abi != abi_of(isa))
    return mismatch(error, "the image is for another engine version", header.abi);
  if constexpr (config::kNative) {
    const uint32_t missing = interpreted ? 0 : header.features & ~native::cpu_features();
    if (missing != 0) return mismatch(error, native::why_missing(missing), missing);
  }
  if (!wasm::kExceptions && (header.handlers | header.counts[kTags]) != 0)
    return mismatch(error, "the image has exceptions");
  return bounds_fit(static_cast<runtime::Bounds>(header.bounds), error);
}

}  // namespace mote::image
