// SPDX-License-Identifier: Apache-2.0
#include "runtime/heap.hpp"

#include <cstring>

#include "runtime/continuation.hpp"
#include "runtime/engine.hpp"

namespace mote::runtime {

namespace {

constexpr uint32_t kGranule = 8;        // sizes and places of objects
constexpr uint32_t kFirstArena = 1024;  // bytes; later ones are a part of what there is
constexpr uint32_t kLeastThreshold = 4096;
constexpr uint32_t kLastGrey = 1;  // ends the list of objects to be scanned

constexpr uint32_t rounded(uint32_t bytes) {
  return (bytes + kGranule - 1) & ~(kGranule - 1);
}

}  // namespace

/// The space for objects lies behind the bitmap of places where one begins, a bit for each granule.
struct Heap::Arena {
  Arena* next;
  uint32_t bytes;  ///< of the space
  uint32_t free;   ///< bytes found free by the last sweep
  uint32_t padding;

  uint32_t* starts() { return reinterpret_cast<uint32_t*>(this + 1); }
  static uint32_t bitmap_bytes(uint32_t bytes) { return rounded((bytes / kGranule + 31) / 32 * 4); }
  uint8_t* begin() { return reinterpret_cast<uint8_t*>(this + 1) + bitmap_bytes(bytes); }
  uint8_t* end() { return begin() + bytes; }
  bool has(const uint8_t* at) { return at >= begin() && at < end(); }
  uint32_t granule(const uint8_t* at) { return static_cast<uint32_t>(at - begin()) / kGranule; }
  bool starts_at(const uint8_t* at) { return (starts()[granule(at) / 32] >> granule(at) % 32 & 1) != 0; }
  void set_start(const uint8_t* at, bool there) {
    uint32_t& word = starts()[granule(at) / 32];
    const uint32_t bit = uint32_t{1} << granule(at) % 32;
    word = there ? word | bit : word & ~bit;
  }
};

uint32_t Heap::size_of(const Engine& engine, const Object& object) {
  constexpr auto kHeader = static_cast<uint32_t>(sizeof(Object));
  const uint32_t type = object.type();
  if (type == kFreeSpace) return object.link;
  if constexpr (kStackSwitching) {
    if (type == kContinuation) return rounded(sizeof(Continuation));
    if (type == kGuestStack) return static_cast<const GuestStack&>(object).bytes;
  }
  if (type < kFirstType) return rounded(kHeader + 4);
  const RuntimeType& known = engine.types[type];
  switch (known.kind) {
    case wasm::TypeKind::Struct:
      return rounded(kHeader + known.bytes);
    case wasm::TypeKind::Array:
      return rounded(kHeader + 4 + known.bytes * static_cast<const Array&>(object).length);
    default:
      return rounded(kHeader + 4 + 4 * known.bytes);  // an exception: slots of its payload
  }
}

Object* Heap::find(const Pool& pool, uint32_t handle) const {
  if (handle % kGranule != 0 || handle == 0 || handle >= pool.capacity()) return nullptr;
  auto* at = pool.at<uint8_t>(handle);
  for (Arena* arena = arenas_; arena != nullptr; arena = arena->next) {
    if (arena->has(at)) return arena->starts_at(at) ? reinterpret_cast<Object*>(at) : nullptr;
  }
  return nullptr;
}

/// What is left of the run becomes free space that sweeping can step over.
void Heap::end_run() {
  if (run_ != nullptr && run_ < run_end_) {
    auto* rest = reinterpret_cast<Object*>(run_);
    rest->header = kFreeSpace;
    rest->link = static_cast<uint32_t>(run_end_ - run_);
  }
  run_ = run_end_;
}

/// Goes on sweeping until it has found so much free space in one piece. False at the end of the last arena.
bool Heap::sweep_for(const Engine& engine, uint32_t bytes) {
  end_run();
  while (sweeping_ != nullptr) {
    filling_ = sweeping_;
    uint8_t* at = run_end_;
    uint8_t* free_from = at;
    while (at < sweeping_->end()) {
      auto* object = reinterpret_cast<Object*>(at);
      const uint32_t size = size_of(engine, *object);
      ++steps_;
      if (object->type() == kFreeSpace || (object->header & Object::kMark) == 0) {
        sweeping_->set_start(at, false);
        at += size;
        continue;
      }
      run_ = free_from;
      run_end_ = at;
      // Sweeping goes on here: until then the object keeps its mark.
      if (static_cast<uint32_t>(run_end_ - run_) >= bytes) return true;
      object->header &= ~Object::kMark;
      at += size;
      sweeping_->free += static_cast<uint32_t>(run_end_ - run_);
      end_run();
      run_ = run_end_ = free_from = at;
    }
    run_ = free_from;
    run_end_ = at;
    if (static_cast<uint32_t>(run_end_ - run_) >= bytes) return true;
    sweeping_->free += static_cast<uint32_t>(run_end_ - run_);
    end_run();
    sweeping_ = sweeping_->next;
    if (sweeping_ != nullptr) run_ = run_end_ = sweeping_->begin();
  }
  run_ = run_end_ = nullptr;
  return false;
}

void Heap::finish_sweep(const Engine& engine) {
  constexpr uint32_t kMoreThanAny = 0xffff'ffff;
  while (sweeping_ != nullptr) (void)sweep_for(engine, kMoreThanAny);
}

bool Heap::add_arena(Pool& pool, uint32_t bytes) {
  const uint32_t part = statistics.arena_bytes / 4;
  uint32_t size = rounded(part > kFirstArena ? part : kFirstArena);
  Arena* arena = nullptr;
  do {
    if (size < bytes) size = bytes;
    const size_t whole = sizeof(Arena) + Arena::bitmap_bytes(size) + size_t{size};
    arena = static_cast<Arena*>(pool.allocate(whole));
    if (arena != nullptr || size == bytes) break;
    size = rounded(size / 2);
  } while (true);
  if (arena == nullptr) return false;
  arena->bytes = size;
  arena->free = 0;
  std::memset(arena->starts(), 0, Arena::bitmap_bytes(size));
  // Sweeping of the others is over when one is added.
  arena->next = arenas_;
  arenas_ = arena;
  run_ = arena->begin();
  run_end_ = arena->end();
  filling_ = arena;
  sweeping_ = nullptr;
  statistics.arena_bytes += size;
  return true;
}

Object* Heap::take(uint32_t bytes) {
  auto* object = reinterpret_cast<Object*>(run_);
  run_ += bytes;
  allocated_ += bytes;
  std::memset(static_cast<void*>(object), 0, bytes);
  filling_->set_start(reinterpret_cast<uint8_t*>(object), true);
  return object;
}

/// Bytes from one collection to the next: as many as live, and enough to pay for what a collection visits,
/// however large tables are.
uint32_t Heap::threshold() const {
  constexpr uint32_t kBytesForStep = 4;
  const uint32_t paid = marked_ > 0x1000'0000 ? 0x4000'0000 : marked_ * kBytesForStep;
  const uint32_t live = statistics.live_bytes > paid ? statistics.live_bytes : paid;
  return live > kLeastThreshold ? live : kLeastThreshold;
}

Object* Heap::allocate(Engine& engine, uint32_t type, uint32_t bytes) {
  constexpr uint32_t kMost = 0x7fff'ff00;
  if (bytes > kMost) return nullptr;
  const uint32_t size = rounded(bytes + static_cast<uint32_t>(sizeof(Object)));
  bool fresh = false;
  if (stress || allocated_ >= threshold()) {
    collect(engine);
    fresh = true;
  }
  const auto fits = [&] { return static_cast<size_t>(run_end_ - run_) >= size; };
  if (!fits() && !sweep_for(engine, size) && !add_arena(engine.pool, size)) {
    if (!fresh) collect(engine);
    if (!sweep_for(engine, size) && !add_arena(engine.pool, size)) return nullptr;
  }
  Object* object = take(size);
  object->header = type << 1;
  return object;
}

void Heap::mark(const Engine& engine, uint32_t handle) {
  auto* object = engine.pool.at<Object>(handle);
  ++steps_;
  if ((object->header & Object::kMark) != 0) return;
  object->header |= Object::kMark;
  statistics.live_bytes += size_of(engine, *object);
  ++statistics.live_objects;
  const uint32_t type = object->type();
  const bool switches = kStackSwitching && (type == kContinuation || type == kGuestStack);
  if (!switches && (type < kFirstType || !engine.types[type].traced)) return;
  object->link = grey_;
  grey_ = handle;
}

void Heap::mark_external(const Engine& engine, uint32_t reference) {
  if (const uint32_t handle = handle_of_external(reference); find(engine.pool, handle) != nullptr)
    mark(engine, handle);
}

void Heap::mark_typed(const Engine& engine, wasm::ValType type, uint32_t reference) {
  if (type.is_defined()) {
    if (engine.types[type.index()].kind != wasm::TypeKind::Function) mark_internal(engine, reference);
    return;
  }
  const wasm::ValType heap = type.with_null();
  if (heap == wasm::kFuncRef || heap == wasm::kNullFuncRef || !type.is_ref()) return;
  if (heap == wasm::kExternRef || heap == wasm::kNullExternRef) return mark_external(engine, reference);
  mark_internal(engine, reference);
}

[[gnu::no_sanitize_address]] void Heap::mark_words(const Engine& engine, const uint32_t* words,
                                                   size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const uint32_t word = words[i];
    ++steps_;
    if (word == 0) continue;
    if (find(engine.pool, word) != nullptr) mark(engine, word);
    if (is_external_object(word)) mark_external(engine, word);
  }
}

/// A suspended stack: what lies between its two parts is free.
void Heap::scan_stack(const Engine& engine, GuestStack& stack) {
  if (stack.parent != 0) mark(engine, stack.parent);
  const Position& here = stack.here;
  if (stack.function == nullptr || here.links == nullptr) return;
  const uint32_t *low = here.low(), *high = here.high();
  mark_words(engine, stack.begin(), static_cast<size_t>(low - stack.begin()));
  mark_words(engine, here.slots, stack.bound);
  mark_words(engine, high, static_cast<size_t>(stack.end() - high));
}

void Heap::scan(const Engine& engine, Object& object) {
  if constexpr (kStackSwitching) {
    if (object.type() == kGuestStack) return scan_stack(engine, static_cast<GuestStack&>(object));
    if (object.type() == kContinuation) {
      if (const uint32_t leaf = static_cast<Continuation&>(object).leaf; leaf != 0) mark(engine, leaf);
      return;
    }
  }
  const RuntimeType& type = engine.types[object.type()];
  const auto visit = [&](wasm::ValType field, const uint8_t* at) {
    uint32_t reference = 0;
    std::memcpy(&reference, at, sizeof(reference));
    ++steps_;
    if (reference != 0) mark_typed(engine, field, reference);
  };
  if (type.kind == wasm::TypeKind::Array) {
    const auto& array = static_cast<const Array&>(object);
    for (uint32_t i = 0; i < array.length; ++i) visit(type.fields[0].type, array.elements() + size_t{4} * i);
    return;
  }
  const uint32_t start = type.kind == wasm::TypeKind::Function ? 4 : 0;  // an exception's tag
  uint32_t at = 0;
  for (uint32_t i = 0; i < type.count; ++i) {
    const wasm::ValType field = type.fields[i].type;
    at = wasm::align_field(at, field);
    if (field.is_ref()) visit(field, object.bytes() + start + at);
    at += wasm::bytes_of(field);
  }
}

/// Arenas in which the last sweep found no object go back to the pool.
void Heap::free_empty_arenas(Engine& engine) {
  for (Arena** link = &arenas_; *link != nullptr;) {
    Arena* arena = *link;
    const bool empty = arena->free == arena->bytes;
    arena->free = 0;
    if (!empty) {
      link = &arena->next;
      continue;
    }
    *link = arena->next;
    statistics.arena_bytes -= arena->bytes;
    engine.pool.free(arena);
  }
}

void Heap::each(const Engine& engine, uint32_t type, void (*visit)(void* context, Object& object),
                void* context) {
  finish_sweep(engine);
  for (Arena* arena = arenas_; arena != nullptr; arena = arena->next) {
    for (uint8_t* at = arena->begin(); at < arena->end(); at += kGranule) {
      if (!arena->starts_at(at)) continue;
      if (auto& object = *reinterpret_cast<Object*>(at); object.type() == type) visit(context, object);
    }
  }
}

void Heap::collect(Engine& engine) {
  steps_ = 0;
  if constexpr (kStackSwitching) engine.spare_stack = 0;
  end_run();
  finish_sweep(engine);
  run_ = run_end_ = nullptr;
  free_empty_arenas(engine);
  statistics.live_bytes = statistics.live_objects = 0;
  grey_ = kLastGrey;
  mark_roots(engine);
  while (grey_ != kLastGrey) {
    auto* object = engine.pool.at<Object>(grey_);
    grey_ = object->link;
    scan(engine, *object);
  }
  allocated_ = 0;
  marked_ = steps_;
  sweeping_ = arenas_;
  run_ = run_end_ = arenas_ == nullptr ? nullptr : arenas_->begin();
  ++statistics.collections;
  if (steps_ > statistics.longest_pause) statistics.longest_pause = steps_;
}

void Heap::collect_all(Engine& engine) {
  collect(engine);
  finish_sweep(engine);
  free_empty_arenas(engine);
}

void Heap::release(Pool& pool) {
  while (arenas_ != nullptr) {
    Arena* next = arenas_->next;
    pool.free(arenas_);
    arenas_ = next;
  }
  *this = Heap{};
}

}  // namespace mote::runtime
