// SPDX-License-Identifier: Apache-2.0

#include "wasm/decoder.hpp"

namespace mote::wasm {

namespace {

/// A validated name, from its length on.
std::string_view name_at(const uint8_t* at) {
  uint32_t size = 0;
  for (unsigned shift = 0;; shift += 7) {
    size |= static_cast<uint32_t>(*at & 0x7f) << shift;
    if (*at++ < 0x80) break;
  }
  return {reinterpret_cast<const char*>(at), size};
}

bool before(const void* context, uint32_t a, uint32_t b) {
  const uint8_t* module = static_cast<const uint8_t*>(context);
  return compare_names(name_at(module + a), name_at(module + b)) < 0;
}

}  // namespace

void Decoder::check_export(Reader& reader, unsigned kind, uint32_t index, uint32_t offset) {
  switch (kind) {
    case 0:
      if (index >= module_.functions.count) return invalid(reader, "unknown function", offset, index);
      return module_.declare(index);
    case 1:
      if (index >= module_.tables.count) invalid(reader, "unknown table", offset, index);
      return;
    case 2:
      if (index >= module_.memories.count) invalid(reader, "unknown memory", offset, index);
      return;
    case 3:
      if (index >= module_.globals.count) invalid(reader, "unknown global", offset, index);
      return;
    case 4:
      if (!require(reader, Proposal::ExceptionHandling, offset)) return;
      if (index >= module_.tags.count) invalid(reader, "unknown tag", offset, index);
      return;
    default:
      reader.fail_at("malformed export kind", offset, kind);
  }
}

void Decoder::read_export(Reader& reader, uint32_t) {
  reader.name();
  const uint32_t at = reader.offset();
  const unsigned kind = reader.u8();
  const uint32_t index = reader.u32();
  if (reader.ok()) check_export(reader, kind, index, at);
}

void Decoder::read_exports() {
  const uint32_t count = count_of(SectionId::Export, ~0u);
  each(SectionId::Export, 0, count, &Decoder::read_export);
  if (ok()) check_names_differ(count);
}

void Decoder::duplicate(const uint8_t* name) {
  Reader reader = section(SectionId::Export);
  reader.fail_at("duplicate export name", reader.offset_of(name));
  error_.name = name_at(name);
}

/// Sorts the names' places: no module takes quadratic time.
void Decoder::check_names_differ(uint32_t count) {
  if (count < 2) return;
  uint32_t few[kFew];
  uint32_t* names = scratch(few, count);
  if (names == nullptr) return;
  const uint8_t* module = module_.bytes.data();
  Reader reader = section(SectionId::Export);
  reader.u32();
  for (uint32_t i = 0; i < count; ++i) {
    names[i] = reader.offset();
    reader.bytes(reader.u32());
    reader.u8();
    reader.u32();
  }
  sort(names, count, module, before);
  for (uint32_t i = 1; i < count && ok(); ++i) {
    if (!before(module, names[i - 1], names[i])) duplicate(module + names[i]);
  }
  if (names != few) pool_.free(names);
}

}  // namespace mote::wasm
