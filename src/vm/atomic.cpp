// SPDX-License-Identifier: Apache-2.0
#include "vm/atomic.hpp"

#include "runtime/threads.hpp"
#include "vm/slots.hpp"

namespace mote::vm {

namespace {

using runtime::Memory;
using wasm::code_of;
using wasm::Op;

/// Operations on one place, in the order of their opcodes: seven widths each.
enum class Action : uint8_t { Load, Store, Add, Sub, And, Or, Xor, Exchange, CompareExchange };

/// What is at a place before the action; nothing for a store.
template <class T>
uint64_t act_atomically(Action action, T* place, T x, T y) {
  constexpr int kOrder = __ATOMIC_SEQ_CST;
  switch (action) {
    case Action::Load:
      return __atomic_load_n(place, kOrder);
    case Action::Store:
      __atomic_store_n(place, x, kOrder);
      return 0;
    case Action::Add:
      return __atomic_fetch_add(place, x, kOrder);
    case Action::Sub:
      return __atomic_fetch_sub(place, x, kOrder);
    case Action::And:
      return __atomic_fetch_and(place, x, kOrder);
    case Action::Or:
      return __atomic_fetch_or(place, x, kOrder);
    case Action::Xor:
      return __atomic_fetch_xor(place, x, kOrder);
    case Action::Exchange:
      return __atomic_exchange_n(place, x, kOrder);
    case Action::CompareExchange:
      __atomic_compare_exchange_n(place, &x, y, false, kOrder, kOrder);
      return x;
  }
  return 0;
}

/// Where the CPU has no such atomic instruction, and a single core: the lock does.
template <class T>
uint64_t act_locked(Action action, T* place, T x, T y) {
  const runtime::SharedLock lock;
  const T before = *place;
  const T after[] = {before,        x, T(before + x),           T(before - x), T(before & x), T(before | x),
                     T(before ^ x), x, before == x ? y : before};
  *place = after[static_cast<unsigned>(action)];
  return before;
}

/// Operands of more bits than the place has wrap, an expected value too.
template <class T>
uint64_t act(Action action, uint8_t* at, uint64_t x, uint64_t y) {
  T* place = reinterpret_cast<T*>(at);
  if constexpr (__atomic_always_lock_free(sizeof(T), nullptr)) {
    return act_atomically<T>(action, place, static_cast<T>(x), static_cast<T>(y));
  } else {
    return act_locked<T>(action, place, static_cast<T>(x), static_cast<T>(y));
  }
}

uint64_t act(Action action, unsigned bytes, uint8_t* at, uint64_t x, uint64_t y) {
  switch (bytes) {
    case 1:
      return act<uint8_t>(action, at, x, y);
    case 2:
      return act<uint16_t>(action, at, x, y);
    case 4:
      return act<uint32_t>(action, at, x, y);
    default:
      return act<uint64_t>(action, at, x, y);
  }
}

/// memory.atomic.notify, wait32, wait64. Nobody waits in a memory that is not shared, and nobody may.
Trap wait_or_notify(const Memory& memory, Op op, const uint8_t* place, uint32_t* slots) {
  const bool shared = memory.type.limits.shared;
  if (op == Op::MemoryAtomicNotify) {
    slots[0] = shared ? runtime::notify_at(place, slots[1]) : 0;
    return Trap::None;
  }
  if (!shared) return Trap::ExpectedSharedMemory;
  const bool wide = op == Op::MemoryAtomicWait64;
  const uint64_t expected = wide ? read64(slots + 1) : slots[1];
  const auto timeout = static_cast<int64_t>(read64(slots + (wide ? 3 : 2)));
  slots[0] = static_cast<uint32_t>(runtime::wait_at(place, wide ? 8 : 4, expected, timeout));
  return Trap::None;
}

}  // namespace

Trap atomic(runtime::Instance& instance, Op op, uint32_t* slots, uint32_t memory_index, uint32_t offset) {
  if (op == Op::AtomicFence) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return Trap::None;
  }
  const Memory& memory = *instance.memories[memory_index];
  const wasm::OpcodeRow row = wasm::row_of(op);
  const unsigned bytes = 1u << row.align;
  const uint64_t address = uint64_t{slots[0]} + offset;
  if (address % bytes != 0) return Trap::UnalignedAtomic;
  if (address + bytes > runtime::bytes_of(memory)) return Trap::MemoryOutOfBounds;
  uint8_t* place = memory.data + address;
  if (op < Op::AtomicFence) return wait_or_notify(memory, op, place, slots);
  const auto action = static_cast<Action>((code_of(op) - code_of(Op::I32AtomicLoad)) / 7);
  const bool wide = (action == Action::Load ? row.result() : row.param(1)) == wasm::kI64;
  const uint32_t* operand = slots + 1;
  const auto next = [&]() -> uint64_t {
    const uint64_t value = wide ? read64(operand) : *operand;
    operand += wide ? 2 : 1;
    return value;
  };
  const uint64_t x = action == Action::Load ? 0 : next();
  const uint64_t y = action == Action::CompareExchange ? next() : 0;
  const uint64_t before = act(action, bytes, place, x, y);
  if (action == Action::Store) return Trap::None;
  slots[0] = static_cast<uint32_t>(before);
  if (wide) slots[1] = static_cast<uint32_t>(before >> 32);
  return Trap::None;
}

}  // namespace mote::vm
