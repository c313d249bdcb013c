// SPDX-License-Identifier: Apache-2.0
// How an instruction is described: an operation and the places of its operands, as types, so that the same
// description yields the encoder's table (isa/vm), the handler (handlers*.hpp) and the disassembler.
//
// Encoding (SPEC.md): a token byte (Extend and a second byte for rare instructions), then the 1-byte
// operands, a pad byte if needed, then the 2-byte operands, then the 4-byte operands. Of one width, sources
// come first, then immediates, then the destination, which the encoder learns last. Every instruction starts
// at an even address.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "vm/operation.hpp"

namespace mote::vm {

/// Where a value comes from or goes to.
enum class Place : uint8_t {
  A,  ///< the accumulator
  S,  ///< a slot of the frame, named by a byte; destinations in a slot set the accumulator as well
  K,  ///< a constant in the instruction: signed 16 bits; shift and rotate counts: one byte
  N,  ///< no operand
};

/// The immediate beside the operands of a load or store, or N/A.
enum class Offset : uint8_t {
  None,
  Byte,      ///< 8-bit offset added to the address
  Half,      ///< 16-bit offset
  Constant,  ///< no address operand: a 16-bit address that is known to be in bounds
};

/// Kind of one encoded operand, which gives its width.
enum class Kind : uint8_t { Slot, Byte, Half, Displacement, Word };

constexpr size_t width_of(Kind kind) {
  if (kind == Kind::Slot || kind == Kind::Byte) return 1;
  return kind == Kind::Word ? 4 : 2;
}

/// At most so many operands are encoded in one token (fused ones included).
inline constexpr size_t kMaxOperands = 10;

/// The encoded operands of an instruction, in the order of their meaning: sources, immediates,
/// destination.
struct Operands {
  std::array<Kind, kMaxOperands> kinds{};
  uint8_t count = 0;

  constexpr void add(Kind kind) { kinds[count++] = kind; }
  constexpr void add(Place place, bool shift_count = false) {
    if (place == Place::S) add(Kind::Slot);
    if (place == Place::K) add(shift_count ? Kind::Byte : Kind::Half);
  }
  constexpr void append(const Operands& more) {
    for (size_t i = 0; i < more.count; ++i) add(more.kinds[i]);
  }
  /// Byte offset of operand `index` from the start of the instruction; index == count gives the instruction's
  /// size.
  constexpr size_t offset_of(size_t index, bool extended) const {
    size_t at = extended ? 2 : 1;
    for (const size_t width : {size_t{1}, size_t{2}, size_t{4}}) {
      if (width == 2) at += at & 1;
      for (size_t i = 0; i < count; ++i) {
        if (width_of(kinds[i]) != width) continue;
        if (i == index) return at;
        at += width;
      }
    }
    return at;
  }
  constexpr size_t size(bool extended) const { return offset_of(count, extended); }
};

/// The form of an instruction: its operands' places packed into a byte, the encoder's search key beside the
/// operation.
constexpr uint8_t form_of(Place d, Place x, Place y, Offset offset = Offset::None) {
  return static_cast<uint8_t>((d == Place::S ? 1 : 0) | static_cast<unsigned>(x) << 1 |
                              static_cast<unsigned>(y) << 3 | static_cast<unsigned>(offset) << 5);
}

constexpr bool is_shift(Operation op) {
  const auto code = static_cast<uint8_t>(op);
  return (code >= 0x74 && code <= 0x78) || (code >= 0x86 && code <= 0x8a);
}

/// One operand or two, with a result: numeric operations, moves.
template <Operation Op, Place D, Place X, Place Y = Place::N>
struct Numeric {
  static constexpr Operation kOperation = Op;
  static constexpr Place kD = D, kX = X, kY = Y;
  static constexpr uint8_t kForm = form_of(D, X, Y);
  static constexpr Operands kOperands = [] {
    Operands o;
    o.add(X);
    o.add(Y, is_shift(Op));
    if (D == Place::S) o.add(Kind::Slot);
    return o;
  }();
};

constexpr void add_offset(Operands& o, Offset offset) {
  if (offset == Offset::Byte) o.add(Kind::Byte);
  if (offset == Offset::Half || offset == Offset::Constant) o.add(Kind::Half);
}

/// A load from memory 0: X is the address (N with Offset::Constant).
template <Operation Op, Place D, Place X, Offset O>
struct Load {
  static constexpr Operation kOperation = Op;
  static constexpr Offset kOffset = O;
  static constexpr Place kD = D, kX = X;
  static constexpr uint8_t kForm = form_of(D, X, Place::N, O);
  static constexpr Operands kOperands = [] {
    Operands o;
    o.add(X);
    add_offset(o, O);
    if (D == Place::S) o.add(Kind::Slot);
    return o;
  }();
};

/// A store to memory 0: X is the address, Y the value.
template <Operation Op, Place X, Place Y, Offset O>
struct Store {
  static constexpr Operation kOperation = Op;
  static constexpr Offset kOffset = O;
  static constexpr Place kX = X, kY = Y;
  static constexpr uint8_t kForm = form_of(Place::A, X, Y, O);
  static constexpr Operands kOperands = [] {
    Operands o;
    o.add(X);
    o.add(Y);
    add_offset(o, O);
    return o;
  }();
};

/// A conditional branch; Back: to a loop's start, which costs fuel.
template <Operation Op, Place X, Place Y, bool Back>
struct Branch {
  static constexpr Operation kOperation = Op;
  static constexpr uint8_t kForm = form_of(Back ? Place::S : Place::A, X, Y);
  static constexpr Operands kOperands = [] {
    Operands o;
    o.add(X);
    o.add(Y);
    o.add(Kind::Displacement);
    return o;
  }();
};

/// select: X if Z is not zero, otherwise Y.
template <Operation Op, Place D, Place X, Place Y, Place Z>
struct Select {
  static constexpr Operation kOperation = Op;
  static constexpr uint8_t kForm = form_of(D, X, Y, Z == Place::A ? Offset::Byte : Offset::None);
  static constexpr Operands kOperands = [] {
    Operands o;
    o.add(X);
    o.add(Y);
    o.add(Z);
    if (D == Place::S) o.add(Kind::Slot);
    return o;
  }();
};

/// Everything else: operands as listed; X is the accumulator or a slot where there is a choice.
template <Operation Op, Place D, Place X, Kind... Ks>
struct Other {
  static constexpr Operation kOperation = Op;
  static constexpr uint8_t kForm = form_of(D, X, Place::N);
  static constexpr Operands kOperands = [] {
    Operands o;
    o.add(X);
    (o.add(Ks), ...);
    if (D == Place::S) o.add(Kind::Slot);
    return o;
  }();
};

/// Two instructions, one after the other, in one token: saves a dispatch.
template <class First, class Second>
struct Fused {
  using FirstPart = First;
  using SecondPart = Second;
  static constexpr Operation kOperation = Operation::Pair;
  static constexpr uint8_t kForm = 0;
  static constexpr Operands kOperands = [] {
    Operands o = First::kOperands;
    o.append(Second::kOperands);
    return o;
  }();
};

/// A list of instruction types: a token is an index into it.
template <class... Is>
struct List {
  static constexpr size_t kSize = sizeof...(Is);
};

template <class... Ls>
struct ConcatImpl;
template <class... As>
struct ConcatImpl<List<As...>> {
  using Type = List<As...>;
};
template <class... As, class... Bs, class... Rest>
struct ConcatImpl<List<As...>, List<Bs...>, Rest...> {
  using Type = typename ConcatImpl<List<As..., Bs...>, Rest...>::Type;
};
template <class... Ls>
using Concat = typename ConcatImpl<Ls...>::Type;

}  // namespace mote::vm
