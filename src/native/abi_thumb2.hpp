// SPDX-License-Identifier: Apache-2.0
// The calling convention of compiled functions on Cortex-M: the words of the arguments in order, the first
// four in r0 to r3; the others, and several results, in slots where r12 points, at their index. A single
// result is in r0, or r0 and r1. r10 holds the instance, r11 its memory's base; r4 to r11 are the callee's to
// save.
#pragma once
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "config/tuning.hpp"
#include "native/thumb2.hpp"
#include "runtime/instance.hpp"
#include "vm/arithmetic.hpp"
#include "vm/soft_double.hpp"

// Floats as bits: these take and return core registers, whatever the convention for floats is.
extern "C" {
uint64_t __aeabi_dadd(uint64_t, uint64_t);
uint64_t __aeabi_dsub(uint64_t, uint64_t);
uint64_t __aeabi_dmul(uint64_t, uint64_t);
uint64_t __aeabi_ddiv(uint64_t, uint64_t);
uint32_t __aeabi_dcmpeq(uint64_t, uint64_t);
uint32_t __aeabi_dcmplt(uint64_t, uint64_t);
uint32_t __aeabi_dcmple(uint64_t, uint64_t);
uint32_t __aeabi_fadd(uint32_t, uint32_t);
uint32_t __aeabi_fsub(uint32_t, uint32_t);
uint32_t __aeabi_fmul(uint32_t, uint32_t);
uint32_t __aeabi_fdiv(uint32_t, uint32_t);
uint32_t __aeabi_fcmpeq(uint32_t, uint32_t);
uint32_t __aeabi_fcmplt(uint32_t, uint32_t);
uint32_t __aeabi_fcmple(uint32_t, uint32_t);
}

namespace mote::native {

/// Registers of a call; see enter_thumb2.S. r12 is `sp`. At its return the first two hold the result.
struct CallImage {
  uint32_t words[4] = {};
  uintptr_t sp = 0;
  const uint8_t* entry = nullptr;
};

/// What a jump by address takes: with the Thumb bit.
inline const void* code_address(const uint8_t* code) {
  return code + 1;
}

/// A return address as the place of the call: without the Thumb bit, inside the instruction before.
inline const uint8_t* call_before(const uint8_t* return_address) {
  return reinterpret_cast<const uint8_t*>((reinterpret_cast<uintptr_t>(return_address) & ~uintptr_t{1}) - 1);
}

/// Bytes on the stack that a call of this type needs.
inline uint32_t outgoing_bytes(const wasm::FuncType& type) {
  uint32_t slots = type.param_slots > 4 ? type.param_slots : 0;
  if (type.results_in_slots() && type.result_slots > slots) slots = type.result_slots;
  return (4 * slots + 15) & ~15u;
}

inline void set_arguments(const wasm::FuncType& type, const uint32_t* slots, CallImage& image,
                          uint8_t* outgoing) {
  const uint32_t words = type.param_slots < 4 ? type.param_slots : 4;
  std::memcpy(image.words, slots, 4u * words);
  if (type.param_slots > 4) std::memcpy(outgoing + 16, slots + 4, 4u * (type.param_slots - 4u));
}

/// Of a call that goes out: all words lie where r12 points.
inline void get_arguments(const wasm::FuncType& type, const CallImage&, const uint8_t* outgoing,
                          uint32_t* slots) {
  std::memcpy(slots, outgoing, 4u * type.param_slots);
}

inline void set_results(const wasm::FuncType& type, const uint32_t* slots, CallImage& image,
                        uint8_t* outgoing) {
  uint8_t* to = type.results_in_slots() ? outgoing : reinterpret_cast<uint8_t*>(image.words);
  std::memcpy(to, slots, 4u * type.result_slots);
}

inline void get_results(const wasm::FuncType& type, const CallImage& image, const uint8_t* outgoing,
                        uint32_t* slots) {
  const uint8_t* from = type.results_in_slots() ? outgoing : reinterpret_cast<const uint8_t*>(image.words);
  std::memcpy(slots, from, 4u * type.result_slots);
}

/// The image of a continuation's first call: the function itself, or of one of another kind the way to it,
/// which takes all arguments on the stack.
inline void set_first_call(const runtime::Function& function, const uint8_t* entry, bool outside,
                           const uint32_t* slots, CallImage& image, uint8_t* outgoing) {
  set_arguments(*function.type, slots, image, outgoing);
  image.entry = entry;
  if (!outside) return;
  std::memcpy(outgoing, slots, 4u * function.type->param_slots);
  image.words[0] = reinterpret_cast<uint32_t>(&function);
  image.words[1] = ~uint32_t{0};
}

/// Whether entry code can make a call across instances: arguments and results lie where r12 points.
inline bool can_cross(const wasm::FuncType&) {
  return true;
}

/// Below what a helper's call pushes: s16 to s31 of a stack that is left (switch_thumb2.S).
inline constexpr uint32_t kSavedSingles = config::kFloat32Unit ? 64 : 0;

/// A label of enter_<isa>.S or switch_<isa>.S as the CPU goes there.
inline const void* resume_address(const uint8_t* label) {
  return reinterpret_cast<const void*>(reinterpret_cast<uintptr_t>(label) | 1);
}

/// Those of singles are there only if code may need them.
struct Singles {
  uint32_t (*routines[7])(uint32_t, uint32_t) = {__aeabi_fadd,   __aeabi_fsub,   __aeabi_fmul,  __aeabi_fdiv,
                                                 __aeabi_fcmpeq, __aeabi_fcmplt, __aeabi_fcmple};
};
struct NoSingles {};
/// Routines that generated code finds behind the table's entry points, in the order of Routine.
struct Library {
  uint64_t (*arithmetic[4])(uint64_t, uint64_t);
  uint32_t (*comparisons[3])(uint64_t, uint64_t);
  [[no_unique_address]] std::conditional_t<config::kSoftFloat32, Singles, NoSingles> singles{};
};
static_assert(sizeof(Library) ==
              sizeof(void (*)()) *
                  static_cast<uint32_t>(config::kSoftFloat32 ? Routine::Count : Routine::SingleAdd));

inline uint32_t is_equal(uint64_t x, uint64_t y) {
  return vm::compare_f64(x, y) == vm::Order::Equal;
}
inline uint32_t is_less(uint64_t x, uint64_t y) {
  return vm::compare_f64(x, y) == vm::Order::Less;
}
inline uint32_t is_less_or_equal(uint64_t x, uint64_t y) {
  return vm::compare_f64(x, y) <= vm::Order::Equal;
}

inline constexpr Library kLibrary =
    config::kSoftF64 ? Library{{vm::add_f64, vm::subtract_f64, vm::multiply_f64, vm::divide_f64},
                               {is_equal, is_less, is_less_or_equal}}
                     : Library{{__aeabi_dadd, __aeabi_dsub, __aeabi_dmul, __aeabi_ddiv},
                               {__aeabi_dcmpeq, __aeabi_dcmplt, __aeabi_dcmple}};

}  // namespace mote::native
