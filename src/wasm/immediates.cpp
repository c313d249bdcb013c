// SPDX-License-Identifier: Apache-2.0
#include "wasm/opcodes.hpp"

namespace mote::wasm {

namespace {

/// A value type or heap type whole: what GC adds has an index behind the code.
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
  if (kind > 3) reader.fail(ErrorCode::Malformed, "malformed catch clause");
  if (kind < 2) reader.u32();
  reader.u32();
}

/// A handler of the stack-switching proposal: 0 tag label, 1 tag.
void skip_handler(Reader& reader) {
  const uint8_t kind = reader.u8();
  if (kind > 1) reader.fail(ErrorCode::Malformed, "malformed handler");
  reader.u32();
  if (kind == 0) reader.u32();
}

template <class Skip>
void skip_vector(Reader& reader, uint32_t more, Skip skip) {
  for (uint64_t left = uint64_t{reader.u32()} + more; left > 0 && reader.ok(); --left) skip(reader);
}

}  // namespace

void skip_immediates(Reader& reader, Immediate immediate) {
  const auto index = [](Reader& r) { r.u32(); };
  switch (immediate) {
    case Immediate::None:
      return;
    case Immediate::Block:
      return skip_block_type(reader);
    case Immediate::LabelTable:
      return skip_vector(reader, 1, index);
    case Immediate::TypeTable:
    case Immediate::TableTable:
    case Immediate::ElementTable:
    case Immediate::MemoryMemory:
    case Immediate::DataMemory:
    case Immediate::TypeField:
    case Immediate::TypeCount:
    case Immediate::TypeData:
    case Immediate::TypeElement:
    case Immediate::TypeType:
    case Immediate::TypeTag:
      reader.u32();
      reader.u32();
      return;
    case Immediate::Label:
    case Immediate::Function:
    case Immediate::Type:
    case Immediate::Local:
    case Immediate::Global:
    case Immediate::Table:
    case Immediate::Element:
    case Immediate::Memory:
    case Immediate::Data:
    case Immediate::Tag:
      reader.u32();
      return;
    case Immediate::MemArg:
      return skip_memarg(reader);
    case Immediate::MemArgLane:
      skip_memarg(reader);
      reader.u8();
      return;
    case Immediate::Lane:
    case Immediate::Fence:
      reader.u8();
      return;
    case Immediate::I32:
      reader.s32();
      return;
    case Immediate::I64:
      reader.s64();
      return;
    case Immediate::F32:
      reader.bytes(4);
      return;
    case Immediate::F64:
      reader.bytes(8);
      return;
    case Immediate::Lanes16:
    case Immediate::V128:
      reader.bytes(16);
      return;
    case Immediate::HeapType:
      reader.s33();
      return;
    case Immediate::ValTypes:
      return skip_vector(reader, 0, skip_value_type);
    case Immediate::CastBranch:
      reader.u8();
      reader.u32();
      reader.s33();
      reader.s33();
      return;
    case Immediate::TryTable:
      skip_block_type(reader);
      return skip_vector(reader, 0, skip_catch);
    case Immediate::TypeTagHandlers:
      reader.u32();
      [[fallthrough]];
    case Immediate::TypeHandlers:
      reader.u32();
      return skip_vector(reader, 0, skip_handler);
  }
}

}  // namespace mote::wasm
