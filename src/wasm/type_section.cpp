// SPDX-License-Identifier: Apache-2.0
#include "config/limits.hpp"
#include "wasm/decoder.hpp"

namespace mote::wasm {

namespace {

/// Which proposal a composite type's first byte belongs to (core spec, 5.3.7).
Proposal form_of(uint8_t form) {
  switch (form) {
    case 0x5f:  // struct
    case 0x5e:  // array
    case 0x50:  // sub
    case 0x4f:  // sub final
    case 0x4e:  // rec
      return Proposal::Gc;
    case 0x5d:  // cont
      return Proposal::StackSwitching;
    case 0x4d:  // descriptor
    case 0x4c:  // describes
      return Proposal::CustomDescriptors;
    default:
      return Proposal::Core;
  }
}

bool before(const void* context, uint32_t a, uint32_t b) {
  const FuncType* types = static_cast<const FuncType*>(context);
  const int order = compare(types[a], types[b]);
  return order != 0 ? order < 0 : a < b;
}

}  // namespace

void Decoder::read_value_types(Reader& reader, uint16_t& count, uint16_t& slots, uint32_t most,
                               Message beyond, uint32_t types) {
  const uint32_t at = reader.offset();
  const uint32_t number = reader.u32();
  uint32_t wide = 0;
  if (number > reader.remaining()) reader.fail_at("length out of bounds", at, number);
  for (uint32_t i = 0; i < number && reader.ok(); ++i)
    wide += slots_of(value_type(reader, reader.u8(), types));
  if (wide > most) reader.fail_at(beyond, at, number);
  count = static_cast<uint16_t>(number);
  slots = static_cast<uint16_t>(wide);
}

void Decoder::read_type(Reader& reader, uint32_t index) {
  const uint32_t at = reader.offset();
  const uint8_t form = reader.u8();
  if (form != 0x60) {
    if (form_of(form) == Proposal::Core) return reader.fail_at("malformed type form", at, form);
    return refuse(reader, form_of(form), at);
  }
  read_function_type(reader, module_.types[index], 0);
}

/// `types`: how many types it may refer to.
void Decoder::read_function_type(Reader& reader, FuncType& type, uint32_t types) {
  Reader start = reader;
  start.u32();
  type.params = start.position();
  read_value_types(reader, type.param_count, type.param_slots, limits::kParamSlots,
                   "parameters of more than 240 4-byte slots", types);
  start = reader;
  start.u32();
  type.results_at = static_cast<uint16_t>(start.position() - type.params);
  read_value_types(reader, type.result_count, type.result_slots, limits::kResultSlots,
                   "results of more than 240 4-byte slots", types);
}

/// Gives each type the index of the first that equals it, by sorting them.
void Decoder::find_equal_types() {
  const uint32_t count = module_.types.count;
  FuncType* types = module_.types.data;
  uint32_t few[kFew];
  uint32_t* order = scratch(few, count);
  if (order == nullptr) return;
  for (uint32_t i = 0; i < count; ++i) order[i] = i;
  sort(order, count, types, before);
  uint32_t first = 0;
  for (uint32_t i = 0; i < count; ++i) {
    if (i == 0 || compare(types[first], types[order[i]]) != 0) first = order[i];
    types[order[i]].canonical = static_cast<uint16_t>(first);
  }
  if (order != few) pool_.free(order);
}

}  // namespace mote::wasm
