// SPDX-License-Identifier: Apache-2.0
#include "runtime/aggregates.hpp"

#include <cstring>

#include "runtime/constant.hpp"
#include "wasm/opcodes.hpp"
#include "wasm/subtype.hpp"

namespace mote::runtime {

namespace {

using wasm::Field;
using wasm::FuncType;
using wasm::ValType;

uint32_t load(const uint8_t* at, Storage storage, uint32_t* slots) {
  switch (storage) {
    case Storage::SignedByte:
      *slots =
          static_cast<uint32_t>(static_cast<int8_t>(*at));  // NOLINT(bugprone-signed-char-misuse): it extends
      return 1;
    case Storage::UnsignedByte:
      *slots = *at;
      return 1;
    case Storage::SignedHalf:
    case Storage::UnsignedHalf: {
      uint16_t half = 0;
      std::memcpy(&half, at, sizeof(half));
      *slots = storage == Storage::SignedHalf ? static_cast<uint32_t>(static_cast<int16_t>(half)) : half;
      return 1;
    }
    default: {
      const uint32_t count = storage == Storage::Word ? 1 : storage == Storage::Long ? 2 : 4;
      std::memcpy(slots, at, 4 * count);
      return count;
    }
  }
}

/// How many slots it took.
uint32_t store(uint8_t* at, Storage storage, const uint32_t* slots) {
  switch (storage) {
    case Storage::SignedByte:
    case Storage::UnsignedByte:
      *at = static_cast<uint8_t>(*slots);
      return 1;
    case Storage::SignedHalf:
    case Storage::UnsignedHalf: {
      const auto half = static_cast<uint16_t>(*slots);
      std::memcpy(at, &half, sizeof(half));
      return 1;
    }
    default: {
      const uint32_t count = storage == Storage::Word ? 1 : storage == Storage::Long ? 2 : 4;
      std::memcpy(at, slots, 4 * count);
      return count;
    }
  }
}

/// The operations of one instance's code.
class Aggregates {
 public:
  Aggregates(Instance& instance, uint32_t* slots, uint32_t a, uint32_t b)
      : instance_(instance),
        engine_(*instance.engine),
        module_(instance.module->wasm),
        slots_(slots),
        a_(a),
        b_(b) {}

  Trap run(uint32_t which);

 private:
  using Op = wasm::Op;

  const FuncType& type() const { return module_.types[a_]; }
  Field element() const {
    const uint8_t* at = type().params;
    return wasm::next_field(at);
  }
  template <class T>
  T* object(uint32_t reference) const {
    return engine_.pool.at<T>(reference);
  }

  /// With so many slots of operands in use.
  Object* allocate(uint32_t operands, uint32_t bytes) {
    engine_.frames_end = slots_ + operands;
    Object* made = engine_.heap.allocate(engine_, type().more.id, bytes);
    engine_.frames_end = nullptr;
    return made;
  }
  Array* allocate_array(uint32_t operands, uint32_t length) {
    const uint64_t bytes = uint64_t{length} * wasm::bytes_of(element().type) + 4;
    if (bytes > 0x7fff'0000) return nullptr;
    auto* made = static_cast<Array*>(allocate(operands, static_cast<uint32_t>(bytes)));
    if (made != nullptr) made->length = length;
    return made;
  }
  Trap give(const void* made) {
    if (made == nullptr) return Trap::HeapExhausted;
    slots_[0] = engine_.pool.handle(made);
    return Trap::None;
  }

  Trap struct_new();
  Trap struct_get();
  Trap struct_set();
  Trap array_new();
  Trap array_new_fixed();
  Trap array_new_data();
  Trap array_new_elem();
  Trap array_get();
  Trap array_set();
  Trap array_fill();
  Trap array_copy();
  Trap array_init_data();
  Trap array_init_elem();
  Trap copy_data(Array& array, uint32_t to, uint32_t from, uint32_t count);
  Trap copy_elements(Array& array, uint32_t to, uint32_t from, uint32_t count);
  Trap convert(bool to_internal);

  Instance& instance_;
  Engine& engine_;
  const wasm::Module& module_;
  uint32_t* slots_;
  uint32_t a_, b_;
};

bool inside(uint32_t at, uint32_t count, uint32_t limit) {
  return uint64_t{at} + count <= limit;
}

Trap Aggregates::struct_new() {
  uint32_t operands = 0;
  const uint8_t* at = type().params;
  for (uint32_t i = 0; i < type().param_count; ++i) operands += wasm::slots_of(wasm::next_field(at).type);
  Object* made = allocate(operands, type().param_slots);
  if (made == nullptr) return Trap::HeapExhausted;
  const uint32_t* from = slots_;
  uint32_t offset = 0;
  at = type().params;
  for (uint32_t i = 0; i < type().param_count; ++i) {
    const ValType field = wasm::next_field(at).type;
    offset = wasm::align_field(offset, field);
    from += store(made->bytes() + offset, storage_of(field), from);
    offset += wasm::bytes_of(field);
  }
  return give(made);
}

Trap Aggregates::struct_get() {
  const auto* from = object<const Object>(slots_[0]);
  if (from == nullptr) return Trap::NullStructureReference;
  load(from->bytes() + (b_ >> 8), static_cast<Storage>(b_ & 0xff), slots_);
  return Trap::None;
}

Trap Aggregates::struct_set() {
  auto* to = object<Object>(slots_[0]);
  if (to == nullptr) return Trap::NullStructureReference;
  store(to->bytes() + (b_ >> 8), static_cast<Storage>(b_ & 0xff), slots_ + 1);
  return Trap::None;
}

Trap Aggregates::array_new() {
  const ValType of = element().type;
  const uint32_t operands = wasm::slots_of(of) + 1;
  const uint32_t length = slots_[operands - 1];
  Array* made = allocate_array(operands, length);
  if (made == nullptr) return Trap::HeapExhausted;
  for (uint32_t i = 0; i < length; ++i)
    store(made->elements() + size_t{i} * wasm::bytes_of(of), storage_of(of), slots_);
  return give(made);
}

Trap Aggregates::array_new_fixed() {
  const ValType of = element().type;
  Array* made = allocate_array(b_ * wasm::slots_of(of), b_);
  if (made == nullptr) return Trap::HeapExhausted;
  const uint32_t* from = slots_;
  for (uint32_t i = 0; i < b_; ++i)
    from += store(made->elements() + size_t{i} * wasm::bytes_of(of), storage_of(of), from);
  return give(made);
}

/// Elements from a data segment: little-endian, without padding.
Trap Aggregates::copy_data(Array& array, uint32_t to, uint32_t from, uint32_t count) {
  const wasm::DataSegment& data = module_.data[b_];
  const bool dropped = instance_.dropped[b_ / 32] >> (b_ % 32) & 1;
  const uint32_t width = wasm::bytes_of(element().type);
  if (uint64_t{from} + uint64_t{count} * width > (dropped ? 0 : data.size)) return Trap::MemoryOutOfBounds;
  if (count > 0) std::memcpy(array.elements() + size_t{to} * width, data.bytes + from, size_t{count} * width);
  return Trap::None;
}

Trap Aggregates::array_new_data() {
  const uint32_t from = slots_[0], length = slots_[1];
  // What the segment does not hold is not allocated first.
  if (uint64_t{length} * wasm::bytes_of(element().type) > module_.data[b_].size)
    return Trap::MemoryOutOfBounds;
  Array* made = allocate_array(2, length);
  if (made == nullptr) return Trap::HeapExhausted;
  const Trap trap = copy_data(*made, 0, from, length);
  return trap == Trap::None ? give(made) : trap;
}

Trap Aggregates::copy_elements(Array& array, uint32_t to, uint32_t from, uint32_t count) {
  const Trap trap = segment_items(instance_, b_, from, count, [&](uint32_t i, uint32_t reference) {
    std::memcpy(array.elements() + (size_t{to} + i) * 4, &reference, sizeof(reference));
  });
  return trap;
}

Trap Aggregates::array_new_elem() {
  const uint32_t from = slots_[0], length = slots_[1];
  if (length > module_.elements[b_].count) return Trap::TableOutOfBounds;
  Array* made = allocate_array(2, length);
  if (made == nullptr) return Trap::HeapExhausted;
  const Trap trap = copy_elements(*made, 0, from, length);
  return trap == Trap::None ? give(made) : trap;
}

Trap Aggregates::array_get() {
  const auto* array = object<const Array>(slots_[0]);
  if (array == nullptr) return Trap::NullArrayReference;
  const uint32_t index = slots_[1];
  if (index >= array->length) return Trap::ArrayOutOfBounds;
  load(array->elements() + size_t{index} * (b_ >> 8), static_cast<Storage>(b_ & 0xff), slots_);
  return Trap::None;
}

Trap Aggregates::array_set() {
  auto* array = object<Array>(slots_[0]);
  if (array == nullptr) return Trap::NullArrayReference;
  const uint32_t index = slots_[1];
  if (index >= array->length) return Trap::ArrayOutOfBounds;
  store(array->elements() + size_t{index} * (b_ >> 8), static_cast<Storage>(b_ & 0xff), slots_ + 2);
  return Trap::None;
}

Trap Aggregates::array_fill() {
  auto* array = object<Array>(slots_[0]);
  if (array == nullptr) return Trap::NullArrayReference;
  const ValType of = element().type;
  const uint32_t to = slots_[1], count = slots_[2 + wasm::slots_of(of)];
  if (!inside(to, count, array->length)) return Trap::ArrayOutOfBounds;
  for (uint32_t i = 0; i < count; ++i)
    store(array->elements() + (size_t{to} + i) * wasm::bytes_of(of), storage_of(of), slots_ + 2);
  return Trap::None;
}

Trap Aggregates::array_copy() {
  auto* to = object<Array>(slots_[0]);
  const auto* from = object<const Array>(slots_[2]);
  if (to == nullptr || from == nullptr) return Trap::NullArrayReference;
  const uint32_t count = slots_[4], width = wasm::bytes_of(element().type);
  if (!inside(slots_[1], count, to->length) || !inside(slots_[3], count, from->length))
    return Trap::ArrayOutOfBounds;
  std::memmove(to->elements() + size_t{slots_[1]} * width, from->elements() + size_t{slots_[3]} * width,
               size_t{count} * width);
  return Trap::None;
}

Trap Aggregates::array_init_data() {
  auto* array = object<Array>(slots_[0]);
  if (array == nullptr) return Trap::NullArrayReference;
  if (!inside(slots_[1], slots_[3], array->length)) return Trap::ArrayOutOfBounds;
  return copy_data(*array, slots_[1], slots_[2], slots_[3]);
}

Trap Aggregates::array_init_elem() {
  auto* array = object<Array>(slots_[0]);
  if (array == nullptr) return Trap::NullArrayReference;
  if (!inside(slots_[1], slots_[3], array->length)) return Trap::ArrayOutOfBounds;
  return copy_elements(*array, slots_[1], slots_[2], slots_[3]);
}

Trap Aggregates::convert(bool to_internal) {
  Trap why = Trap::None;
  engine_.frames_end = slots_ + 1;
  slots_[0] = to_internal ? internalize(engine_, slots_[0], why) : externalize(engine_, slots_[0], why);
  engine_.frames_end = nullptr;
  return why;
}

Trap Aggregates::run(uint32_t which) {
  switch (static_cast<Op>(wasm::opcode_number(0xfb, which))) {
    case Op::StructNew:
      return struct_new();
    case Op::StructNewDefault:
      return give(allocate(0, type().param_slots));
    case Op::StructGet:
    case Op::StructGetS:
    case Op::StructGetU:
      return struct_get();
    case Op::StructSet:
      return struct_set();
    case Op::ArrayNew:
      return array_new();
    case Op::ArrayNewDefault:
      return give(allocate_array(1, slots_[0]));
    case Op::ArrayNewFixed:
      return array_new_fixed();
    case Op::ArrayNewData:
      return array_new_data();
    case Op::ArrayNewElem:
      return array_new_elem();
    case Op::ArrayGet:
    case Op::ArrayGetS:
    case Op::ArrayGetU:
      return array_get();
    case Op::ArraySet:
      return array_set();
    case Op::ArrayLen:
      if (slots_[0] == 0) return Trap::NullArrayReference;
      slots_[0] = object<const Array>(slots_[0])->length;
      return Trap::None;
    case Op::ArrayFill:
      return array_fill();
    case Op::ArrayCopy:
      return array_copy();
    case Op::ArrayInitData:
      return array_init_data();
    case Op::ArrayInitElem:
      return array_init_elem();
    case Op::RefTest:
    case Op::RefTestNull:
      slots_[0] = is_reference_of(instance_, slots_[0], a_, b_);
      return Trap::None;
    case Op::RefCast:
    case Op::RefCastNull:
      return is_reference_of(instance_, slots_[0], a_, b_) ? Trap::None : Trap::CastFailure;
    case Op::AnyConvertExtern:
      return convert(true);
    default:  // ExternConvertAny: the pass asks for nothing else
      return convert(false);
  }
}

/// Of the hierarchy of anyref, not null.
bool is_internal_of(const Engine& engine, uint32_t reference, ValType heap) {
  if (heap == wasm::kAnyRef) return true;
  if ((reference & 1) != 0) return heap == wasm::kI31Ref || heap == wasm::kEqRef;
  const uint32_t type = engine.pool.at<const Object>(reference)->type();
  if (type < kFirstType) return false;  // a host's, which is of type any only
  if (heap == wasm::kEqRef) return true;
  return heap == (engine.types[type].kind == wasm::TypeKind::Struct ? wasm::kStructRef : wasm::kArrayRef);
}

Object* allocate_box(Engine& engine, uint32_t type, uint32_t content, Trap& why) {
  RootScope keep(engine.heap, &content, 1);
  Object* box = engine.heap.allocate(engine, type, sizeof(content));
  why = box == nullptr ? Trap::HeapExhausted : Trap::None;
  if (box != nullptr) std::memcpy(box->bytes(), &content, sizeof(content));
  return box;
}

uint32_t content_of(const Object& box) {
  uint32_t content = 0;
  std::memcpy(&content, box.bytes(), sizeof(content));
  return content;
}

}  // namespace

uint32_t internalize(Engine& engine, uint32_t external, Trap& why) {
  why = Trap::None;
  if (external == 0) return 0;
  const uint32_t handle = handle_of_external(external);
  if (const Object* object = engine.heap.find(engine.pool, handle); object != nullptr)
    return object->type() == kI31Box ? content_of(*object) : handle;
  return engine.pool.handle(allocate_box(engine, kHostBox, external, why));
}

uint32_t externalize(Engine& engine, uint32_t reference, Trap& why) {
  why = Trap::None;
  if (reference == 0) return 0;
  if ((reference & 1) != 0) {
    const Object* box = allocate_box(engine, kI31Box, reference, why);
    return box == nullptr ? 0 : external_of(engine.pool.handle(box));
  }
  const auto* object = engine.pool.at<const Object>(reference);
  return object->type() == kHostBox ? content_of(*object) : external_of(reference);
}

bool is_reference_of(const Instance& instance, uint32_t reference, uint32_t index, uint32_t code) {
  if (reference == 0) return (code & kNullable) != 0;
  const Engine& engine = *instance.engine;
  if (index != kAbstract) {
    const FuncType& target = instance.module->wasm.types[index];
    if (target.more.kind == wasm::TypeKind::Function)
      return engine.types.is_subtype(engine.pool.at<const Function>(reference)->type->more.id,
                                     target.more.id);
    if ((reference & 1) != 0) return false;
    const uint32_t type = engine.pool.at<const Object>(reference)->type();
    return type >= kFirstType && engine.types.is_subtype(type, target.more.id);
  }
  const ValType heap{code & 0xff};
  if (wasm::is_abstract_subtype(heap, wasm::kAnyRef))
    return heap != wasm::kNullRef && is_internal_of(engine, reference, heap);
  return heap == wasm::kFuncRef || heap == wasm::kExternRef || heap == wasm::kExnRef;
}

Trap aggregate(Instance& instance, uint32_t which, uint32_t* slots, uint32_t a, uint32_t b) {
  return Aggregates(instance, slots, a, b).run(which);
}

}  // namespace mote::runtime
