// SPDX-License-Identifier: Apache-2.0
// The calling convention of compiled functions on x86-64: integers and references in rdi, rsi, rdx, rcx, r8,
// r9, floats in xmm0 to xmm7, in the order of the arguments; those that are left over in words of 8 bytes in
// the caller's outgoing area. A single result is in rax or xmm0; several lie in the outgoing area, in slots.
// rbx holds the instance, r15 its memory's base; callee-saved registers are SysV's.
#pragma once
#include <cstdint>
#include <cstring>

#include "runtime/instance.hpp"

namespace mote::native {

inline constexpr uint32_t kIntegerArguments = 6, kFloatArguments = 8, kArgumentBytes = 8;

/// Registers of a call; see enter_x64.S. At its return the first of each kind hold the result.
struct CallImage {
  uint64_t integers[kIntegerArguments] = {};
  uint64_t floats[kFloatArguments] = {};
  uintptr_t sp = 0;
  const uint8_t* entry = nullptr;
};

constexpr bool is_float(wasm::ValType type) {
  return type == wasm::kF32 || type == wasm::kF64;
}

/// Where the next argument goes.
struct ArgumentPlaces {
  uint32_t integers = 0, floats = 0, words = 0;

  /// The register's number among its kind, or -1: it begins at word_of().
  int next(wasm::ValType type) {
    if (type == wasm::kV128) {
      words += 2;
      return -1;
    }
    uint32_t& used = is_float(type) ? floats : integers;
    if (used < (is_float(type) ? kFloatArguments : kIntegerArguments)) return static_cast<int>(used++);
    ++words;
    return -1;
  }
  /// The first word of an argument that next() has just counted.
  uint32_t word_of(wasm::ValType type) const { return words - (type == wasm::kV128 ? 2 : 1); }
};

/// Bytes of the outgoing area that a call of this type needs.
inline uint32_t outgoing_bytes(const wasm::FuncType& type) {
  ArgumentPlaces places;
  const uint8_t* at = type.params;
  for (uint32_t i = 0; i < type.param_count; ++i) (void)places.next(wasm::next_type(at));
  uint32_t bytes = places.words * kArgumentBytes;
  if (type.results_in_slots() && type.result_slots * 4u > bytes) bytes = type.result_slots * 4u;
  return (bytes + 15) & ~15u;
}

/// Calls `visit(uint64_t* words, slots)` for each argument's place, in order.
template <class Visit>
void each_argument(const wasm::FuncType& type, CallImage& image, uint8_t* outgoing, Visit visit) {
  ArgumentPlaces places;
  const uint8_t* at = type.params;
  for (uint32_t i = 0; i < type.param_count; ++i) {
    const wasm::ValType param = wasm::next_type(at);
    const int number = places.next(param);
    uint64_t* words = is_float(param) ? image.floats : image.integers;
    uint64_t* at_word = words + (number < 0 ? 0 : number);
    if (number < 0) at_word = reinterpret_cast<uint64_t*>(outgoing) + places.word_of(param);
    visit(at_word, wasm::slots_of(param));
  }
}

inline void set_arguments(const wasm::FuncType& type, const uint32_t* slots, CallImage& image,
                          uint8_t* outgoing) {
  each_argument(type, image, outgoing, [&](uint64_t* words, uint32_t count) {
    *words = 0;
    std::memcpy(words, slots, count * sizeof(uint32_t));
    slots += count;
  });
}

inline void get_arguments(const wasm::FuncType& type, CallImage& image, uint8_t* outgoing, uint32_t* slots) {
  each_argument(type, image, outgoing, [&](const uint64_t* words, uint32_t count) {
    std::memcpy(slots, words, count * sizeof(uint32_t));
    slots += count;
  });
}

/// The register that holds the only result.
inline uint64_t& single_result(const wasm::FuncType& type, CallImage& image) {
  const uint8_t* at = type.results();
  return is_float(wasm::next_type(at)) ? image.floats[0] : image.integers[0];
}

inline void set_results(const wasm::FuncType& type, const uint32_t* slots, CallImage& image,
                        uint8_t* outgoing) {
  if (type.results_in_slots()) {
    std::memcpy(outgoing, slots, type.result_slots * sizeof(uint32_t));
  } else if (type.result_count == 1) {
    uint64_t& word = single_result(type, image);
    word = 0;
    std::memcpy(&word, slots, type.result_slots * sizeof(uint32_t));
  }
}

inline void get_results(const wasm::FuncType& type, CallImage& image, const uint8_t* outgoing,
                        uint32_t* slots) {
  if (type.results_in_slots()) {
    std::memcpy(slots, outgoing, type.result_slots * sizeof(uint32_t));
  } else if (type.result_count == 1) {
    std::memcpy(slots, &single_result(type, image), type.result_slots * sizeof(uint32_t));
  }
}

/// The image of a continuation's first call: the function itself, or of one of another kind the way to it.
inline void set_first_call(const runtime::Function& function, const uint8_t* entry, bool,
                           const uint32_t* slots, CallImage& image, uint8_t* outgoing) {
  set_arguments(*function.type, slots, image, outgoing);
  image.sp = reinterpret_cast<uintptr_t>(&function);
  image.entry = entry;
}

/// Whether entry code can make a call across instances: with what lies in registers.
inline bool can_cross(const wasm::FuncType& type) {
  return outgoing_bytes(type) == 0;
}

/// Of registers for floats, calls keep none.
inline constexpr uint32_t kSavedSingles = 0;

/// A label of enter_<isa>.S or switch_<isa>.S as the CPU goes there.
inline const void* resume_address(const uint8_t* label) {
  return label;
}

/// Routines that generated code finds behind the table's entry points: none.
struct Library {};
inline constexpr Library kLibrary;

/// What a jump by address takes.
inline const void* code_address(const uint8_t* code) {
  return code;
}

/// A return address as the place of the call: inside the instruction before. What a guest that was stopped in
/// a prologue has there may be anything, also null.
inline const uint8_t* call_before(const uint8_t* return_address) {
  return reinterpret_cast<const uint8_t*>(reinterpret_cast<uintptr_t>(return_address) - 1);
}

}  // namespace mote::native
