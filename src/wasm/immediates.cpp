// SPDX-License-Identifier: Apache-2.0
#include "wasm/opcodes.hpp"

namespace mote::wasm {

namespace {

constexpr char kFields[][5] = {
#define MOTE_IMMEDIATE(name, fields) fields,
#include "wasm/immediates.inc"
};

/// A value type whole: what typed function references add has a heap type behind the code.
void skip_value_type(Reader& reader) {
  const uint8_t code = reader.u8();
  if (code == 0x63 || code == 0x64) reader.s33();
}

void skip_block_type(Reader& reader) {
  const int64_t type = reader.s33();
  if (type == -0x1d || type == -0x1c) reader.s33();  // 0x63, 0x64: a reference type, with its heap type
}

void skip_memarg(Reader& reader) {
  if (reader.u32() & 0x40) reader.u32();
  reader.u64();
}

/// A catch clause (core spec, 5.4.1): 0 tag label, 1 tag label, 2 label, 3 label.
void skip_catch(Reader& reader) {
  const uint8_t kind = reader.u8();
  if (kind > 3) reader.fail("malformed catch clause");
  if (kind < 2) reader.u32();
  reader.u32();
}

/// A handler of the stack-switching proposal: 0 tag label, 1 tag.
void skip_handler(Reader& reader) {
  const uint8_t kind = reader.u8();
  if (kind > 1) reader.fail("malformed handler");
  reader.u32();
  if (kind == 0) reader.u32();
}

/// A count and that many elements, and `more`.
void skip_vector(Reader& reader, uint32_t more, void (*skip)(Reader&)) {
  for (uint64_t left = uint64_t{reader.u32()} + more; left > 0 && reader.ok(); --left) skip(reader);
}

void skip_field(Reader& reader, char field) {
  switch (field) {
    case 'u':
      reader.u32();
      return;
    case '1':
      reader.u8();
      return;
    case 'b':
      return skip_block_type(reader);
    case 'm':
      return skip_memarg(reader);
    case 'h':
      reader.s33();
      return;
    case 'i':
      reader.s32();
      return;
    case 'l':
      reader.s64();
      return;
    case 'f':
      reader.bytes(4);
      return;
    case 'd':
      reader.bytes(8);
      return;
    case 'q':
      reader.bytes(16);
      return;
    case 'L':
      return skip_vector(reader, 1, [](Reader& r) { r.u32(); });
    case 'V':
      return skip_vector(reader, 0, skip_value_type);
    case 'C':
      return skip_vector(reader, 0, skip_catch);
    default:  // H
      return skip_vector(reader, 0, skip_handler);
  }
}

}  // namespace

const char* fields_of(Immediate immediate) {
  return kFields[static_cast<unsigned>(immediate)];
}

void skip_immediates(Reader& reader, Immediate immediate) {
  for (const char* field = fields_of(immediate); *field; ++field) skip_field(reader, *field);
}

}  // namespace mote::wasm
