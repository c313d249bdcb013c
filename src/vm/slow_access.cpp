// SPDX-License-Identifier: Apache-2.0
// Its own unit, without registers.hpp: that one reserves registers, and leaves too few for this.
#include "vm/slow_access.hpp"

#include <cstring>

#include "vm/access.hpp"
#include "vm/encoding.hpp"

namespace mote::vm {

namespace {

/// An access of memory 0, read from its instruction.
struct SlowAccess {
  Operation op;
  uint32_t base;    ///< the address operand
  uint32_t offset;  ///< added to it
  Place place;      ///< of the value to store or of the result
  uint32_t* slot;   ///< when that is a slot
  int32_t constant;
  size_t size;
};

/// Reads an instruction's operands one after the other.
struct OperandReader {
  const uint8_t* byte;
  const uint8_t* half;

  uint32_t next_byte() { return *byte++; }
  uint32_t next_half() {
    uint16_t value;
    std::memcpy(&value, half, sizeof value);
    half += 2;
    return value;
  }
};

SlowAccess decode_any_access(const uint8_t* ip, uint32_t* fp) {
  uint32_t offset;
  std::memcpy(&offset, ip + 4, sizeof offset);
  return {static_cast<Operation>(ip[1]), fp[ip[2]], offset, Place::S, fp + ip[3], 0, 8};
}

SlowAccess decode_access(const uint8_t* ip, uint32_t* fp, uint32_t acc) {
  Token token = *ip;
  Operation op = operation_of(token);
  if (op == Operation::AnyAccess) return decode_any_access(ip, fp);
  Widths before;
  if (kHasPairs && op == Operation::Pair) {
    const PairParts parts = parts_of(token);
    before = widths_of(operation_of(parts.first), form_of(parts.first));
    token = parts.second;
    op = operation_of(token);
  }
  const Form form = form_of(token);
  const Widths own = widths_of(op, form);
  const size_t bytes = size_t{1} + before.bytes + own.bytes;
  OperandReader operands{ip + 1 + before.bytes, ip + bytes + (bytes & 1) + size_t{2} * before.halves};
  SlowAccess what{op, acc, 0, form.to_slot() ? Place::S : Place::A, nullptr, 0, 0};
  if (form.x() == Place::S) what.base = fp[operands.next_byte()];
  if (is_store(op)) what.place = form.y();
  if (what.place == Place::K) what.constant = static_cast<int16_t>(operands.next_half());
  if (is_store(op) && what.place == Place::S) what.slot = fp + operands.next_byte();
  if (form.offset() == Offset::Byte) what.offset = operands.next_byte();
  if (form.offset() == Offset::Half) what.offset = operands.next_half();
  if (form.to_slot()) what.slot = fp + operands.next_byte();
  what.size = bytes + (bytes & 1) + size_t{2} * (before.halves + own.halves);
  return what;
}

}  // namespace

const uint8_t* access_at(runtime::Instance& instance, const uint8_t* ip, uint32_t* fp, uint64_t& acc) {
  const SlowAccess what = decode_access(ip, fp, static_cast<uint32_t>(acc));
  const bool wide = value_slots(what.op) == 2;
  uint64_t value = 0;
  if (is_store(what.op)) {
    if (what.place == Place::A) value = static_cast<uint32_t>(acc);
    if (what.place == Place::K) value = static_cast<uint64_t>(static_cast<int64_t>(what.constant));
    if (what.place == Place::S) value = what.slot[0] | (wide ? uint64_t{what.slot[1]} << 32 : 0);
  }
  if (!access(*instance.memories[0], what.op, uint64_t{what.base} + what.offset, value)) return nullptr;
  if (!is_store(what.op)) {
    if (what.place == Place::S) {
      what.slot[0] = static_cast<uint32_t>(value);
      if (wide) what.slot[1] = static_cast<uint32_t>(value >> 32);
    }
    acc = value;
  }
  return ip + what.size;
}

}  // namespace mote::vm
