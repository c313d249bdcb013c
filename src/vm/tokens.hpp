// SPDX-License-Identifier: Apache-2.0
// Numbers of instructions: what the encoder and the slow paths look up, computed from the lists in
// instruction_set.hpp.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "vm/instruction_set.hpp"

namespace mote::vm {

/// The first byte of a rare instruction; the second is its number in Extended.
inline constexpr uint8_t kExtend = 255;

/// A token: below 256 in one byte, otherwise Extend and a second byte.
using Token = uint16_t;

namespace detail {
template <class... Is>
constexpr size_t find_operation(Operation op, List<Is...>) {
  size_t index = 0, found = sizeof...(Is);
  ((Is::kOperation == op && found == sizeof...(Is) ? void(found = index) : void(), ++index), ...);
  return found;
}
template <class T, class... Is>
constexpr size_t find_type(List<Is...>) {
  size_t index = 0, found = sizeof...(Is);
  ((std::is_same_v<T, Is> ? void(found = index) : void(), ++index), ...);
  return found;
}
}  // namespace detail

/// Second byte of the only extended instruction of an operation.
consteval uint8_t extended_token(Operation op) {
  return static_cast<uint8_t>(detail::find_operation(op, Extended{}));
}

/// The token of an instruction type, which must be in the set.
template <class I>
consteval Token token_of() {
  constexpr size_t kPrimary = detail::find_type<I>(Primary{});
  if constexpr (kPrimary < Primary::kSize) {
    return static_cast<Token>(kPrimary);
  } else {
    constexpr size_t kExtended = detail::find_type<I>(Extended{});
    static_assert(kExtended < Extended::kSize, "this instruction is not in the set");
    return static_cast<Token>(256 + kExtended);
  }
}

/// What the slow path of a memory access needs to know of a one-byte token; positions are byte offsets in the
/// instruction.
struct AccessRow {
  Operation op = Operation::Raise;
  Place place = Place::N;        ///< of the value to store or of the result
  Offset offset = Offset::None;  ///< added to the address
  uint8_t at = 0;                ///< of the operand that names the value's place
  uint8_t address_at = 0;  ///< of the operand that names the address's slot; 0: it is in the accumulator
  uint8_t offset_at = 0;
  uint8_t size = 0;  ///< of the instruction
};

namespace detail {
/// The part that loads and stores share.
template <class Whole, size_t First>
constexpr AccessRow access_row(Operation op, Place address, Place value, Offset offset) {
  const size_t at = First + (address == Place::S ? 1 : 0);
  const size_t offset_index = at + (value == Place::A || value == Place::N ? 0 : 1);
  const auto byte_offset = [](bool exists, size_t index) {
    return static_cast<uint8_t>(exists ? Whole::kOperands.offset_of(index, false) : 0);
  };
  return {op,
          value,
          offset,
          byte_offset(value != Place::A, at),
          byte_offset(address != Place::A, First),
          byte_offset(offset != Offset::None, offset_index),
          static_cast<uint8_t>(Whole::kOperands.size(false))};
}
/// Not an access.
template <class Whole, size_t First, class I>
constexpr AccessRow access_row(I) {
  return {};
}
template <class Whole, size_t First, Operation Op, Place D, Place X, Offset O>
constexpr AccessRow access_row(Load<Op, D, X, O>) {
  return access_row<Whole, First>(Op, X, D, O);
}
template <class Whole, size_t First, Operation Op, Place X, Place Y, Offset O>
constexpr AccessRow access_row(Store<Op, X, Y, O>) {
  static_assert(Y != Place::A ||
                (Op != operation_of(wasm::Op::I64Store) && Op < operation_of(wasm::Op::I64Store8)));
  return access_row<Whole, First>(Op, X, Y, O);
}
template <class Whole, size_t First, class A, class B>
constexpr AccessRow access_row(Fused<A, B>) {
  return access_row<Whole, First + A::kOperands.count>(B{});
}
}  // namespace detail

template <class... Is>
constexpr std::array<AccessRow, sizeof...(Is)> access_rows(List<Is...>) {
  return {detail::access_row<Is, 0>(Is{})...};
}

/// The operation of an extended load or store (all have the same layout).
constexpr Operation general_access_operation(uint8_t second_byte) {
  constexpr auto kFirst =
      static_cast<uint8_t>(detail::find_operation(operation_of(wasm::Op::I32Load), Extended{}));
  constexpr uint8_t kOrder[] = {0x28, 0x29, 0x2c, 0x2d, 0x2e, 0x2f, 0x30, 0x31, 0x32, 0x33,
                                0x34, 0x35, 0x36, 0x37, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e};
  return static_cast<Operation>(kOrder[second_byte - kFirst]);
}

}  // namespace mote::vm
