// SPDX-License-Identifier: Apache-2.0
// The heap of structures, arrays and exceptions: mark and sweep, and nothing moves, so that a reference is a
// handle in the pool for good. Objects lie in arenas, blocks of the pool. Marking is exact in objects,
// globals and tables and conservative on stacks; it takes no stack of its own. Sweeping is left to the
// allocations that follow.
#pragma once
#include <cstdint>

#include "runtime/pool.hpp"
#include "runtime/type_registry.hpp"

namespace mote::runtime {

struct Engine;
struct GuestStack;

/// What an object begins with: 8 bytes.
struct Object {
  static constexpr uint32_t kMark = 1;

  uint32_t header = 0;  ///< number of its type, doubled; bit 0: marked
  uint32_t link = 0;    ///< while marking: the next object that is to be scanned. Of free space: its bytes

  uint32_t type() const { return header >> 1; }
  uint8_t* bytes() { return reinterpret_cast<uint8_t*>(this + 1); }
  const uint8_t* bytes() const { return reinterpret_cast<const uint8_t*>(this + 1); }
};

// Numbers of what is no instance of a defined type.
inline constexpr uint32_t kFreeSpace = 0;
inline constexpr uint32_t kHostBox = 1;  ///< a host's reference as anyref: its number
inline constexpr uint32_t kI31Box = 2;   ///< an i31 as externref
inline constexpr uint32_t kContinuation = 3;
inline constexpr uint32_t kGuestStack = 4;

// An externref is a number of the host's, below 2^31, or an object: then bit 31 is set, and its handle, of
// which the lowest three bits are 0, follows.
constexpr bool is_external_object(uint32_t reference) {
  return (reference >> 31) != 0;
}
constexpr uint32_t handle_of_external(uint32_t reference) {
  return is_external_object(reference) ? reference << 3 : 0;
}
constexpr uint32_t external_of(uint32_t handle) {
  return 0x8000'0000u | handle >> 3;
}

/// An array's elements lie behind their number.
struct Array : Object {
  uint32_t length = 0;

  uint8_t* elements() { return reinterpret_cast<uint8_t*>(this + 1); }
  const uint8_t* elements() const { return reinterpret_cast<const uint8_t*>(this + 1); }
};

/// An exception's payload lies behind its tag, in slots. Its type is the tag's function type.
struct Exception : Object {
  uint32_t tag = 0;  ///< handle of the runtime::Tag

  uint32_t* payload() { return reinterpret_cast<uint32_t*>(this + 1); }
};

/// Words that the collector takes for references while a function works with them: linked, innermost first.
struct Roots {
  const uint32_t* begin = nullptr;
  uint32_t count = 0;
  Roots* outer = nullptr;
};

/// What the collector has done so far. Work is counted in steps: an object marked or a word looked at.
struct HeapStatistics {
  uint32_t arena_bytes = 0;   ///< of the pool, now
  uint32_t live_bytes = 0;    ///< after the last collection
  uint32_t live_objects = 0;  ///< likewise
  uint32_t collections = 0;
  uint32_t longest_pause = 0;  ///< steps of the longest collection
};

class Heap {
 public:
  /// A zeroed object; nullptr when there is no memory for it even after a collection. `bytes`: behind the
  /// header.
  Object* allocate(Engine& engine, uint32_t type, uint32_t bytes);
  void collect(Engine& engine);
  /// Collects, sweeps and gives back what is free.
  void collect_all(Engine& engine);
  /// The object of a handle that may be any number, or nullptr.
  Object* find(const Pool& pool, uint32_t handle) const;
  bool empty() const { return arenas_ == nullptr; }
  void release(Pool& pool);
  /// Visits the objects of a type that the last collection has found, and those made since. What they refer
  /// to is there, too. Ends the sweep, in steps like a collection's.
  void each(const Engine& engine, uint32_t type, void (*visit)(void* context, Object& object), void* context);

  // For collect(): what is reachable.
  void mark(const Engine& engine, uint32_t handle);
  /// A reference of the any hierarchy, or of exnref.
  void mark_internal(const Engine& engine, uint32_t reference) {
    if (reference != 0 && (reference & 1) == 0) mark(engine, reference);
  }
  void mark_external(const Engine& engine, uint32_t reference);
  /// By the reference's type, in the engine's numbering.
  void mark_typed(const Engine& engine, wasm::ValType type, uint32_t reference);
  /// Of `count` references, null ones too, before they are marked.
  void visit_roots(uint32_t count) { steps_ += count; }
  /// Any words: what looks like a reference is one.
  void mark_words(const Engine& engine, const uint32_t* words, size_t count);

  HeapStatistics statistics;
  Roots* roots = nullptr;  ///< of functions that are at work
  bool stress = false;     ///< collect at every allocation

 private:
  struct Arena;

  static uint32_t size_of(const Engine& engine, const Object& object);
  uint32_t threshold() const;
  Object* take(uint32_t bytes);
  bool sweep_for(const Engine& engine, uint32_t bytes);
  bool add_arena(Pool& pool, uint32_t bytes);
  void end_run();
  void finish_sweep(const Engine& engine);
  void scan(const Engine& engine, Object& object);
  void scan_stack(const Engine& engine, GuestStack& stack);
  void free_empty_arenas(Engine& engine);

  Arena* arenas_ = nullptr;
  Arena* filling_ = nullptr;   ///< the run lies in it
  Arena* sweeping_ = nullptr;  ///< where sweeping goes on: at run_end_
  uint8_t* run_ = nullptr;     ///< free space that is being used up
  uint8_t* run_end_ = nullptr;
  uint32_t grey_ = 0;       ///< handle of the first object to be scanned
  uint32_t allocated_ = 0;  ///< bytes since the last collection
  uint32_t steps_ = 0;      ///< of a collection, or since
  uint32_t marked_ = 0;     ///< steps of the last collection
};

/// Keeps words alive for the time of a scope.
class RootScope {
 public:
  RootScope(Heap& heap, const uint32_t* begin, uint32_t count)
      : heap_(heap), roots_{begin, count, heap.roots} {
    heap.roots = &roots_;
  }
  ~RootScope() { heap_.roots = roots_.outer; }
  RootScope(const RootScope&) = delete;
  RootScope& operator=(const RootScope&) = delete;

 private:
  Heap& heap_;
  Roots roots_;
};

/// Marks what instances, host and calls that are under way refer to (roots.cpp).
void mark_roots(Engine& engine);

}  // namespace mote::runtime
