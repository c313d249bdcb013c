// SPDX-License-Identifier: Apache-2.0
// Structures, arrays, i31 and casts at run time (core spec, 4.4.5 and 4.4.6).
#pragma once
#include "runtime/engine.hpp"

namespace mote::runtime {

/// How a field or element is stored, and what reading it gives.
enum class Storage : uint8_t { Word, Long, Vector, SignedByte, UnsignedByte, SignedHalf, UnsignedHalf };

constexpr Storage storage_of(wasm::ValType type, bool is_signed = false) {
  if (type == wasm::kI8) return is_signed ? Storage::SignedByte : Storage::UnsignedByte;
  if (type == wasm::kI16) return is_signed ? Storage::SignedHalf : Storage::UnsignedHalf;
  const uint32_t slots = wasm::slots_of(type);
  return slots == 1 ? Storage::Word : slots == 2 ? Storage::Long : Storage::Vector;
}

/// A field as an immediate: where it lies, and how.
constexpr uint32_t field_immediate(uint32_t offset, Storage storage) {
  return offset << 8 | static_cast<uint8_t>(storage);
}

/// A heap type as immediates of casts and tests: the index of a defined type or kAbstract, and the abstract
/// type's code with kNullable if null passes.
inline constexpr uint32_t kAbstract = 0xffff, kNullable = 0x100;

/// Whether a reference is one of a type of the module's.
bool is_reference_of(const Instance& instance, uint32_t reference, uint32_t index, uint32_t code);

/// The operation behind prefix 0xfb with the number `which`, done on operands in `slots` in the order of the
/// stack; the result replaces them. For `a` and `b` see compile/aggregates.inl.
Trap aggregate(Instance& instance, uint32_t which, uint32_t* slots, uint32_t a, uint32_t b);

/// any.convert_extern of a host's reference: its box, or 0 without memory.
uint32_t internalize(Engine& engine, uint32_t external, Trap& why);
uint32_t externalize(Engine& engine, uint32_t reference, Trap& why);

}  // namespace mote::runtime
