// SPDX-License-Identifier: Apache-2.0
// Exceptions in builds without typed references, which have no heap: a block of the pool each. One that no
// handler hands out as an exnref is freed as soon as it is caught. The others are kept in a list, and now and
// then those are freed that nothing refers to any more: stacks are looked at as a whole, as are globals and
// tables, and any word may be a reference.
#pragma once
#include "runtime/instance.hpp"

namespace mote::runtime {

/// An exnref is its handle in the pool. 16 bytes on a 32-bit machine; the payload follows.
struct alignas(8) Thrown {
  Thrown* next = nullptr;  ///< in the list of those that are kept
  const Tag* tag = nullptr;
  uint16_t slots = 0;   ///< of the payload
  bool kept = false;    ///< the guest has, or had, a reference
  bool marked = false;  ///< while collecting: reachable

  uint32_t* payload() { return reinterpret_cast<uint32_t*>(this + 1); }
};

/// nullptr: the pool is too small, even without those that nothing refers to.
Thrown* make_thrown(Engine& engine, const Tag& tag, const uint32_t* payload);
/// The guest is given a reference.
void keep_thrown(Engine& engine, Thrown& thrown);
/// Frees it unless it is kept.
void free_thrown(Engine& engine, Thrown* thrown);
/// Whether the number is a reference to one that is kept.
bool is_thrown(const Engine& engine, uint32_t reference);
/// Frees those that nothing refers to.
void collect_thrown(Engine& engine);
/// An instance is gone. With the last of them go all exceptions.
void forget_thrown(Engine& engine);

}  // namespace mote::runtime
