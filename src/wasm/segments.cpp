// SPDX-License-Identifier: Apache-2.0
// Element and data segments, and the frames of function bodies.
#include "wasm/const_expr.hpp"
#include "wasm/decoder.hpp"
#include "wasm/subtype.hpp"

namespace mote::wasm {

/// One of eight forms (core spec, 5.5.12). Bit 0: not active; bit 1: active with a table index, else
/// declarative; bit 2: the items are expressions.
void Decoder::read_element(Reader& reader, uint32_t index) {
  ElementSegment& segment = module_.elements[index];
  const uint32_t at = reader.offset();
  const uint32_t form = reader.u32();
  if (form > 7) return reader.fail_at("malformed element segment kind", at, form);
  if (form != 0) require(reader, Proposal::BulkMemory, at);
  if (form == 3 || form == 4 || form >= 6) require(reader, Proposal::ReferenceTypes, at);
  segment.expressions = form & 4;
  segment.type = non_null(kFuncRef);
  segment.mode = !(form & 1) ? SegmentMode::Active
                 : form & 2  ? SegmentMode::Declarative
                             : SegmentMode::Passive;
  if (segment.mode == SegmentMode::Active) {
    const uint32_t table = form & 2 ? reader.u32() : 0;
    if (table >= module_.tables.count) return invalid(reader, "unknown table", at, table);
    segment.table = static_cast<uint16_t>(table);
    segment.offset = validate_const_expr(reader, module_, module_.tables[table].type.limits.address_type(),
                                         module_.globals.count);
  }
  if (form == 4) segment.type = kFuncRef;
  if (form & 3) {
    if (segment.expressions) {
      segment.type = reference_type(reader, module_.types.count);
    } else if (const uint8_t kind = reader.u8(); kind != 0) {
      reader.fail_at("malformed element kind", reader.offset() - 1, kind);
    }
  }
  if (reader.ok() && segment.mode == SegmentMode::Active &&
      !matches(module_, segment.type, module_.tables[segment.table].type.element)) {
    invalid(reader, "type mismatch", at, segment.table);
  }
  read_items(reader, segment);
}

void Decoder::read_items(Reader& reader, ElementSegment& segment) {
  const uint32_t at = reader.offset();
  segment.count = reader.u32();
  if (segment.count > reader.remaining()) {
    return reader.fail_at("unexpected end of section or function", at, segment.count);
  }
  segment.items = reader.position();
  for (uint32_t i = 0; i < segment.count && reader.ok(); ++i) {
    if (segment.expressions) {
      validate_const_expr(reader, module_, segment.type, module_.globals.count);
      continue;
    }
    const uint32_t item_at = reader.offset();
    const uint32_t function = reader.u32();
    if (!reader.ok()) return;
    if (function >= module_.functions.count) return invalid(reader, "unknown function", item_at, function);
    module_.declare(function);
  }
}

void Decoder::read_data(Reader& reader, uint32_t index) {
  read_segment(reader, module_.data[index]);
}

bool Decoder::run_data(std::span<const uint8_t> section, const uint8_t* base, std::span<DataSegment> rows) {
  Reader reader(section.data(), section.data() + section.size(), base, error_);
  reader.u32();
  for (DataSegment& row : rows) read_segment(reader, row);
  finish(reader);
  return ok();
}

void Decoder::read_segment(Reader& reader, DataSegment& segment) {
  const uint32_t at = reader.offset();
  const uint32_t form = reader.u32();  // core spec, 5.5.14
  if (form > 2) return reader.fail_at("malformed data segment kind", at, form);
  if (form != 0) require(reader, Proposal::BulkMemory, at);
  segment.mode = SegmentMode::Passive;
  if (form != 1) {
    const uint32_t memory = form == 2 ? reader.u32() : 0;
    if (reader.ok() && memory >= module_.memories.count) return invalid(reader, "unknown memory", at, memory);
    segment.mode = SegmentMode::Active;
    segment.memory = static_cast<uint16_t>(memory);
    const ValType address =
        module_.memories.count == 0 ? kI32 : module_.memories[memory].limits.address_type();
    segment.offset = validate_const_expr(reader, module_, address, module_.globals.count);
  }
  segment.size = reader.u32();
  segment.bytes = reader.bytes(segment.size);
}

/// Function bodies are only measured here; the compiler validates them.
void Decoder::frame_body(Reader& reader, uint32_t) {
  reader.bytes(reader.u32());
}

}  // namespace mote::wasm
