// SPDX-License-Identifier: Apache-2.0
// The type section of WebAssembly 3.0 (core spec, 5.3.7 to 5.3.9): recursion groups, structures, arrays,
// subtypes. Types are equal when their groups are (core spec, 3.3.6): each group is looked up by its hash
// when it has been read.
#include "wasm/recursive_types.hpp"
#include "config/limits.hpp"
#include "wasm/decoder.hpp"
#include "wasm/subtype.hpp"

namespace mote::wasm {

namespace {

constexpr uint32_t kMostObjectBytes = 65535 - 16;

uint32_t mix(uint32_t hash, uint32_t value) {
  return (hash ^ value) * 0x0100'0193u + (hash >> 15);
}

/// What a type contributes to a hash: independent of the indices of its module.
uint32_t hash_of(const Module& module, ValType type, const FuncType& in) {
  if (!type.is_defined()) return type.bits;
  const uint32_t index = type.index(), group = in.more.group;
  const uint32_t nullness = type.bits & ValType::kNonNull;
  if (index >= group) return mix(nullness, index - group);
  const FuncType& other = module.types[index];
  return mix(nullness ^ module.types[other.more.group].more.id, 0x1000'0000u + index - other.more.group);
}

}  // namespace

ValType function_reference(const FuncType& continuation) {
  const uint8_t* at = continuation.params;
  return next_reference_type(at, 0x64);
}

uint32_t hash_group(const Module& module, uint32_t first) {
  uint32_t hash = 0x811c'9dc5u;
  for (uint32_t i = first; i < first + module.types[first].more.group_size; ++i) {
    const FuncType& type = module.types[i];
    hash = mix(hash, static_cast<uint32_t>(type.more.kind) * 2 + type.more.open);
    hash = mix(hash, uint32_t{type.param_count} << 16 | type.result_count);
    if (type.more.super_plus_1 != 0)
      hash = mix(hash, hash_of(module, ValType::defined(type.more.super_plus_1 - 1u), type));
    each_component(type, [&](const Field& field) {
      hash = mix(hash, hash_of(module, field.type, type) + (field.mutable_ ? 0x9e37u : 0));
    });
  }
  return hash;
}

namespace {

/// Whether two types mean the same in groups that are compared.
bool same_reference(const Module& module, ValType a, const FuncType& in_a, ValType b, const FuncType& in_b) {
  if (!a.is_defined() || !b.is_defined()) return a == b;
  if (a.nullable() != b.nullable()) return false;
  const bool inside_a = a.index() >= in_a.more.group, inside_b = b.index() >= in_b.more.group;
  if (inside_a || inside_b)
    return inside_a && inside_b && a.index() - in_a.more.group == b.index() - in_b.more.group;
  return module.types[a.index()].canonical == module.types[b.index()].canonical;
}

ValType super_of(const FuncType& type) {
  return type.more.super_plus_1 == 0 ? kBottom : ValType::defined(type.more.super_plus_1 - 1u);
}

bool same_shape(const Module& module, const FuncType& a, const FuncType& b) {
  if (kind_of(a) != kind_of(b) || is_open(a) != is_open(b) || a.param_count != b.param_count ||
      a.result_count != b.result_count || !same_reference(module, super_of(a), a, super_of(b), b))
    return false;
  bool equal = true;
  Components other(b);
  each_component(a, [&](const Field& field) {
    const Field match = other.next();
    equal = equal && field.mutable_ == match.mutable_ && same_reference(module, field.type, a, match.type, b);
  });
  return equal;
}

bool same_group(const Module& module, uint32_t a, uint32_t b) {
  const uint32_t size = module.types[a].more.group_size;
  if (size != module.types[b].more.group_size || module.types[a].more.id != module.types[b].more.id)
    return false;
  for (uint32_t i = 0; i < size; ++i) {
    if (!same_shape(module, module.types[a + i], module.types[b + i])) return false;
  }
  return true;
}

/// Groups by hash: few are walked, many lie in scratch memory of the pool, by open addressing, the first
/// type's index plus 1 in each place.
class Groups {
 public:
  explicit Groups(Pool& pool, uint32_t types) : pool_(pool), few_(types <= kFew) {
    if (few_) return;
    while (size_ < 2 * types + 2) size_ *= 2;
    places_ = static_cast<uint32_t*>(pool.allocate_high(size_ * sizeof(uint32_t)));
    for (uint32_t i = 0; places_ != nullptr && i < size_; ++i) places_[i] = 0;
  }
  ~Groups() { pool_.free(places_); }
  Groups(const Groups&) = delete;
  Groups& operator=(const Groups&) = delete;

  bool ok() const { return few_ || places_ != nullptr; }
  /// The first type of the first group that equals this one: perhaps itself.
  uint32_t find(const Module& module, uint32_t group) {
    for (uint32_t other = 0; few_; other += module.types[other].more.group_size) {
      if (other == group || same_group(module, other, group)) return other;
    }
    for (uint32_t at = module.types[group].more.id;; ++at) {
      uint32_t& place = places_[at & (size_ - 1)];
      if (place == 0) place = group + 1;
      if (place == group + 1 || same_group(module, place - 1, group)) return place - 1;
    }
  }

 private:
  static constexpr uint32_t kFew = 24;

  Pool& pool_;
  bool few_;
  uint32_t size_ = 4;
  uint32_t* places_ = nullptr;
};

/// Whether a subtype's field may stand for its supertype's (core spec, 3.3.8).
bool field_matches(const Module& module, const Field& field, const Field& of) {
  if (field.mutable_ != of.mutable_) return false;
  return field.mutable_ ? same(module, field.type, of.type) : matches(module, field.type, of.type);
}

/// Core spec, 3.3.7: fields of a structure may be more; parameters match the other way round.
bool composite_matches(const Module& module, const FuncType& type, const FuncType& of) {
  if (kind_of(type) != kind_of(of) || type.param_count < of.param_count) return false;
  if (type.more.kind != TypeKind::Struct && type.param_count != of.param_count) return false;
  const uint8_t* a = type.params;
  const uint8_t* b = of.params;
  if constexpr (enabled(Proposal::StackSwitching)) {
    if (type.more.kind == TypeKind::Continuation)
      return matches(module, function_reference(type), function_reference(of));
  }
  if (type.more.kind != TypeKind::Function) {
    for (uint32_t i = 0; i < of.param_count; ++i) {
      if (!field_matches(module, next_field(a), next_field(b))) return false;
    }
    return true;
  }
  if (type.result_count != of.result_count) return false;
  for (uint32_t i = 0; i < of.param_count; ++i) {
    if (!matches(module, next_type(b), next_type(a))) return false;
  }
  a = type.results();
  b = of.results();
  for (uint32_t i = 0; i < of.result_count; ++i) {
    if (!matches(module, next_type(a), next_type(b))) return false;
  }
  return true;
}

}  // namespace

void Decoder::read_fields(Reader& reader, FuncType& type, uint32_t count, uint32_t types) {
  type.params = reader.position();
  uint32_t bytes = 0;
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    const uint32_t at = reader.offset();
    const uint8_t code = reader.u8();
    const bool packed = ValType{code} == kI8 || ValType{code} == kI16;
    const ValType field = packed ? ValType{code} : value_type(reader, code, types);
    const uint8_t mutability = reader.u8();
    if (mutability > 1) reader.fail_at("malformed mutability", at, mutability);
    bytes = align_field(bytes, field) + bytes_of(field);
    if (bytes > kMostObjectBytes) reader.fail_at("a structure of more than 65519 bytes", at);
  }
  type.param_count = static_cast<uint16_t>(count);
  type.param_slots = static_cast<uint16_t>(bytes);
}

/// Whose index it is: see check_supertype().
void Decoder::read_continuation_type(Reader& reader, FuncType& type, uint32_t types) {
  type.more.kind = TypeKind::Continuation;
  type.params = reader.position();
  type.param_count = 1;
  type.param_slots = type.result_count = type.result_slots = 0;
  const uint32_t at = reader.offset();
  const int64_t function = reader.s33();
  if (reader.ok() && (function < 0 || function >= types))
    invalid(reader, "unknown type", at, static_cast<uint32_t>(function));
}

void Decoder::read_composite_type(Reader& reader, FuncType& type, uint32_t types) {
  const uint32_t at = reader.offset();
  const uint8_t form = reader.u8();
  switch (form) {
    case 0x60:
      type.more.kind = TypeKind::Function;
      return read_function_type(reader, type, types);
    case 0x5f: {
      if (!require(reader, Proposal::Gc, at)) return;
      type.more.kind = TypeKind::Struct;
      const uint32_t count = reader.u32();
      if (count > reader.remaining()) return reader.fail_at("length out of bounds", at, count);
      return read_fields(reader, type, count, types);
    }
    case 0x5e:
      if (!require(reader, Proposal::Gc, at)) return;
      type.more.kind = TypeKind::Array;
      return read_fields(reader, type, 1, types);
    case 0x5d:
      if (!require(reader, Proposal::StackSwitching, at)) return;
      return read_continuation_type(reader, type, types);
    case 0x4d:
    case 0x4c:
      return refuse(reader, Proposal::CustomDescriptors, at);
    default:
      reader.fail_at("malformed type form", at, form);
  }
}

/// A type with its supertype, if it has one. `types`: one more than the last type of its group.
void Decoder::read_subtype(Reader& reader, FuncType& type, uint32_t index, uint32_t types) {
  const uint32_t at = reader.offset();
  const uint8_t form = reader.at_end() ? uint8_t{0} : *reader.position();
  type.more.open = false;
  type.more.super_plus_1 = 0;
  if (form == 0x50 || form == 0x4f) {
    reader.u8();
    if (!require(reader, Proposal::Gc, at)) return;
    type.more.open = form == 0x50;
    const uint32_t supers = reader.u32();
    if (supers > 1) return invalid(reader, "sub type: more than one supertype", at, supers);
    if (supers == 1) {
      const uint32_t super = reader.u32();
      if (reader.ok() && super >= index) return invalid(reader, "unknown type", at, super);
      type.more.super_plus_1 = static_cast<uint16_t>(super + 1);
    }
  }
  read_composite_type(reader, type, types);
}

/// Core spec, 3.3.9: a supertype must be open for it. And a continuation is one of a function.
void Decoder::check_supertype(Reader& reader, uint32_t index, uint32_t offset) {
  const FuncType& type = module_.types[index];
  if constexpr (enabled(Proposal::StackSwitching)) {
    if (kind_of(type) == TypeKind::Continuation &&
        kind_of(module_.types[function_reference(type).index()]) != TypeKind::Function)
      return invalid(reader, "non-function type: a continuation is one of a function", offset, index);
  }
  if (type.more.super_plus_1 == 0) return;
  const FuncType& super = module_.types[type.more.super_plus_1 - 1u];
  if (!super.more.open || !composite_matches(module_, type, super))
    invalid(reader, "sub type: it does not match its supertype", offset, index);
}

/// One entry of the section: a group, or a type that is one alone. How many types it has.
uint32_t Decoder::read_group(Reader& reader, uint32_t first, uint32_t limit, bool store) {
  const uint32_t at = reader.offset();
  uint32_t size = 1;
  if (!reader.at_end() && *reader.position() == 0x4e) {
    reader.u8();
    if (!require(reader, Proposal::Gc, at)) return 0;
    size = reader.u32();
    if (size > reader.remaining()) reader.fail_at("length out of bounds", at, size);
  }
  if (uint64_t{first} + size > limits::kTypes) reader.fail_at("more than 65535 types", at);
  FuncType scratch;
  for (uint32_t i = 0; i < size && reader.ok(); ++i) {
    FuncType& type = store ? module_.types[first + i] : scratch;
    // The first walk, which counts, cannot know what comes later in the section.
    read_subtype(reader, type, store ? first + i : 0xffff, store ? first + size : limit);
    type.more.group = static_cast<uint16_t>(first);
    type.more.group_size = static_cast<uint16_t>(size);
    type.canonical = static_cast<uint16_t>(first + i);
  }
  return size;
}

/// Reads the section, first only to count: the rows lie in a block that is allocated when all counts are
/// known.
uint32_t Decoder::read_types(bool store) {
  if (!ok() || !present(SectionId::Type)) return 0;
  Reader reader = section(SectionId::Type);
  const uint32_t groups = reader.u32();
  if (groups > reader.remaining())
    reader.fail("length out of bounds: more elements than the section has bytes");
  uint32_t count = 0;
  if (!store) {
    for (uint32_t i = 0; i < groups && reader.ok(); ++i) count += read_group(reader, count, 0x7f'ffff, false);
    return count;
  }
  Groups known(pool_, module_.types.count);
  if (!known.ok()) return out_of_memory(), 0;
  for (uint32_t i = 0; i < groups && reader.ok(); ++i) {
    const uint32_t at = reader.offset();
    const uint32_t size = read_group(reader, count, 0, true);
    if (!reader.ok() || size == 0) continue;
    module_.types[count].more.id = hash_group(module_, count);
    const uint32_t first = known.find(module_, count);
    for (uint32_t k = 0; k < size; ++k) module_.types[count + k].canonical = static_cast<uint16_t>(first + k);
    for (uint32_t k = 0; k < size && reader.ok(); ++k) check_supertype(reader, count + k, at);
    count += size;
  }
  finish(reader);
  return count;
}

}  // namespace mote::wasm
