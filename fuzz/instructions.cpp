// SPDX-License-Identifier: Apache-2.0
#include "instructions.hpp"

#include <iterator>

#include "wasm/opcodes.hpp"

namespace mote::fuzz {

namespace {

using wasm::Immediate;
using wasm::Op;

/// An instruction of a body: its bytes from `at` to `end`, of which the opcode's go to `immediates`.
struct Place {
  Op op{};
  wasm::OpcodeRow row;
  size_t at = 0, immediates = 0, end = 0;
};

struct Operation {
  Op op;
  wasm::OpcodeRow row;
};

/// Every opcode of the build whose signature the table has.
const std::vector<Operation>& operations() {
  static const std::vector<Operation> all = [] {
    constexpr Op kAll[] = {
#define MOTE_OP(name, prefix, code, text, immediate, signature, align, proposal) Op::name,
#include "wasm/opcodes.inc"
    };
    std::vector<Operation> list;
    for (const Op op : kAll) {
      const wasm::OpcodeRow row = wasm::row_of(op);
      if (row.valid != 0 && row.by_hand == 0) list.push_back({op, row});
    }
    return list;
  }();
  return all;
}

uint32_t pick(Random& random, size_t below) {
  return static_cast<uint32_t>(random() % below);
}

std::vector<Place> instructions_of(const Bytes& body) {
  std::vector<Place> places;
  Error error;
  wasm::Reader reader(body.data(), body.data() + body.size(), body.data(), error);
  for (uint32_t groups = reader.u32(); groups > 0 && reader.ok(); --groups) {
    reader.u32();
    wasm::value_type(reader, reader.u8(), 0xffff);
  }
  while (reader.ok() && !reader.at_end()) {
    Place place;
    place.at = reader.offset();
    place.row = wasm::read_opcode(reader, place.op);
    place.immediates = reader.offset();
    wasm::skip_immediates(reader, place.row.immediate);
    place.end = reader.offset();
    if (reader.ok()) places.push_back(place);
  }
  return places;
}

void append_opcode(Bytes& bytes, Op op) {
  const uint8_t prefix = wasm::prefix_of(op);
  uint32_t code = wasm::code_of(op);
  if (prefix == 0) return bytes.push_back(static_cast<uint8_t>(code));
  bytes.push_back(prefix);
  for (; code >= 0x80; code >>= 7) bytes.push_back(static_cast<uint8_t>(code | 0x80));
  bytes.push_back(static_cast<uint8_t>(code));
}

/// One of the operations for which `fits` says yes; nothing when there is none.
template <class Fits>
const Operation* choose(Random& random, Fits fits) {
  std::vector<const Operation*> candidates;
  for (const Operation& operation : operations()) {
    if (fits(operation.row)) candidates.push_back(&operation);
  }
  return candidates.empty() ? nullptr : candidates[pick(random, candidates.size())];
}

int64_t number(Random& random) {
  constexpr int64_t kNumbers[] = {
      0,   1,   -1,   2,    7,      31,     32,     63,       64,      127,         128,
      255, 256, 4095, 4096, 0x7fff, 0x8000, 0xffff, 0x1'0000, -0x8000, 0x7fff'ffff, -0x8000'0000ll};
  const int64_t value = kNumbers[pick(random, std::size(kNumbers))];
  return pick(random, 3) == 0 ? value + static_cast<int64_t>(pick(random, 17)) - 8 : value;
}

int64_t as_i32(int64_t value) {
  return static_cast<int32_t>(static_cast<uint32_t>(static_cast<uint64_t>(value)));
}

/// Immediates of another value, or what they were.
Bytes other_immediates(const Bytes& body, const Place& place, Random& random) {
  Bytes bytes(body.begin() + static_cast<std::ptrdiff_t>(place.immediates),
              body.begin() + static_cast<std::ptrdiff_t>(place.end));
  if (place.op == Op::I32Const || place.op == Op::I64Const) {
    bytes.clear();
    append_sleb(bytes,
                place.op == Op::I32Const ? as_i32(number(random)) : number(random) << pick(random, 2) * 31);
  } else if (place.row.immediate != Immediate::None && bytes.size() <= 2 && !bytes.empty() &&
             bytes.back() < 0x40) {
    bytes.back() = static_cast<uint8_t>(pick(random, 8));  // a local, a label, an offset
  } else if (place.op == Op::F32Const || place.op == Op::F64Const) {
    bytes[pick(random, bytes.size())] = static_cast<uint8_t>(random());
  }
  return bytes;
}

}  // namespace

void append_sleb(Bytes& bytes, int64_t value) {
  for (;;) {
    const auto byte = static_cast<uint8_t>(value & 0x7f);
    value >>= 7;
    if ((value == 0 && (byte & 0x40) == 0) || (value == -1 && (byte & 0x40) != 0))
      return bytes.push_back(byte);
    bytes.push_back(byte | 0x80);
  }
}

void change_instruction(Bytes& body, Random& random) {
  const std::vector<Place> places = instructions_of(body);
  if (places.empty()) return;
  const Place& place = places[pick(random, places.size())];
  Bytes piece(body.begin() + static_cast<std::ptrdiff_t>(place.at),
              body.begin() + static_cast<std::ptrdiff_t>(place.end));
  const bool plain = place.row.by_hand == 0;
  const bool number_result = plain && place.row.result_count() == 1 && place.row.result().is_number();
  switch (pick(random, 3)) {
    case 0: {  // another operation
      if (!plain) return;
      const Operation* other = choose(random, [&](const wasm::OpcodeRow& row) {
        return row.signature == place.row.signature && row.immediate == place.row.immediate &&
               row.align >= place.row.align;
      });
      if (other == nullptr) return;
      piece.clear();
      append_opcode(piece, other->op);
      piece.insert(piece.end(), body.begin() + static_cast<std::ptrdiff_t>(place.immediates),
                   body.begin() + static_cast<std::ptrdiff_t>(place.end));
      break;
    }
    case 1: {  // other immediates
      piece.resize(place.immediates - place.at);
      const Bytes immediates = other_immediates(body, place, random);
      piece.insert(piece.end(), immediates.begin(), immediates.end());
      break;
    }
    default: {  // one operation more on the result
      if (!number_result) return;
      const wasm::ValType type = place.row.result();
      const Operation* unary = choose(random, [&](const wasm::OpcodeRow& row) {
        return row.immediate == Immediate::None && row.param_count() == 1 && row.result_count() == 1 &&
               row.param(0) == type && row.result() == type;
      });
      if (unary == nullptr) return;
      append_opcode(piece, unary->op);
    }
  }
  body.erase(body.begin() + static_cast<std::ptrdiff_t>(place.at),
             body.begin() + static_cast<std::ptrdiff_t>(place.end));
  body.insert(body.begin() + static_cast<std::ptrdiff_t>(place.at), piece.begin(), piece.end());
}

}  // namespace mote::fuzz
