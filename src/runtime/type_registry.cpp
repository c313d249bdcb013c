// SPDX-License-Identifier: Apache-2.0
#include "runtime/type_registry.hpp"

#include "wasm/recursive_types.hpp"
#include "wasm/subtype.hpp"

namespace mote::runtime {

using wasm::Field;
using wasm::FuncType;
using wasm::Module;
using wasm::TypeKind;
using wasm::ValType;

namespace {

/// A component's type by numbers, for a group whose first type has the number `number`.
ValType numbered(const Module& module, ValType type, uint32_t first, uint32_t number) {
  if (!type.is_defined()) return type;
  const uint32_t index = type.index();
  const uint32_t id = index >= first ? number + (index - first) : module.types[index].more.id;
  return {ValType::defined(id).bits | (type.bits & ValType::kNonNull)};
}

uint32_t super_number(const Module& module, const FuncType& type, uint32_t first, uint32_t number) {
  if (type.more.super_plus_1 == 0) return 0;
  return numbered(module, ValType::defined(type.more.super_plus_1 - 1u), first, number).index();
}

bool equal(const Module& module, uint32_t index, uint32_t first, const RuntimeType& known, uint32_t number) {
  const FuncType& type = module.types[index];
  if (type.more.kind != known.kind || type.more.open != known.open || type.param_count != known.count ||
      type.result_count != known.result_count || super_number(module, type, first, number) != known.super)
    return false;
  const Field* field = known.fields;
  bool same = true;
  wasm::each_component(type, [&](const Field& own) {
    same =
        same && own.mutable_ == field->mutable_ && numbered(module, own.type, first, number) == field->type;
    ++field;
  });
  return same;
}

/// Whether the collector follows references of this type: all but functions'.
bool is_traced(const RuntimeType& in, const TypeRegistry& registry, const TypeGroup& group, ValType type) {
  if (!type.is_ref()) return false;
  if (!type.is_defined()) return type.with_null() != wasm::kFuncRef && type.with_null() != wasm::kNullFuncRef;
  const uint32_t number = type.index();
  const bool inside = number >= group.first && number < group.first + group.size;
  const RuntimeType& target = inside ? group.types[number - group.first] : registry[number];
  (void)in;
  return target.kind != TypeKind::Function;
}

}  // namespace

const TypeGroup* TypeRegistry::find(const Module& module, uint32_t first, uint32_t hash) const {
  const uint32_t size = module.types[first].more.group_size;
  if (capacity_ == 0) return nullptr;
  for (const TypeGroup* group = bucket(hash); group != nullptr; group = group->next) {
    if (group->hash != hash || group->size != size) continue;
    uint32_t i = 0;
    while (i < size && equal(module, first + i, first, group->types[i], group->first)) ++i;
    if (i == size) return group;
  }
  return nullptr;
}

/// Room for the numbers of `size` more types.
bool TypeRegistry::reserve(Pool& pool, uint32_t size) {
  constexpr uint32_t kMost = 0x40'0000;  // a type's number fits into a ValType
  if (count_ + size <= capacity_) return true;
  uint32_t capacity = capacity_ == 0 ? 8 : 2 * capacity_;
  while (capacity < count_ + size) capacity *= 2;
  if (capacity > kMost) return false;
  auto** types = pool.array<RuntimeType*>(capacity);
  auto** buckets = types == nullptr ? nullptr : pool.array<TypeGroup*>(capacity);
  if (buckets == nullptr) {
    pool.free(static_cast<void*>(types));
    return false;
  }
  for (uint32_t i = 0; i < count_; ++i) types[i] = types_[i];
  pool.free(static_cast<void*>(types_));
  pool.free(static_cast<void*>(buckets_));
  types_ = types;
  buckets_ = buckets;
  capacity_ = capacity;
  for (uint32_t i = 0; i < count_; i += types_[i]->group->size) {
    TypeGroup& group = *types_[i]->group;
    group.next = bucket(group.hash);
    bucket(group.hash) = &group;
  }
  return true;
}

/// One block for the group, its types and their components.
TypeGroup* TypeRegistry::make(Pool& pool, const Module& module, uint32_t first, uint32_t hash) {
  const uint32_t size = module.types[first].more.group_size;
  size_t components = 0;
  for (uint32_t i = first; i < first + size; ++i)
    components += size_t{module.types[i].param_count} + module.types[i].result_count;
  if (!reserve(pool, size)) return nullptr;
  auto* block =
      pool.array<std::byte>(sizeof(TypeGroup) + size * sizeof(RuntimeType) + components * sizeof(Field));
  if (block == nullptr) return nullptr;
  auto* group = new (block) TypeGroup{bucket(hash), hash, kFirstType + count_, size, 0, nullptr};
  group->types = reinterpret_cast<RuntimeType*>(group + 1);
  auto* field = reinterpret_cast<Field*>(group->types + size);
  for (uint32_t i = 0; i < size; ++i) {
    const FuncType& type = module.types[first + i];
    auto& made = *new (&group->types[i]) RuntimeType;
    made.super = super_number(module, type, first, group->first);
    made.group = group;
    made.kind = type.more.kind;
    made.open = type.more.open;
    made.count = type.param_count;
    made.result_count = type.result_count;
    made.bytes = type.param_slots;
    made.fields = field;
    wasm::each_component(type, [&](const Field& own) {
      *field++ = {numbered(module, own.type, first, group->first), own.mutable_};
    });
    types_[count_ + i] = &made;
  }
  for (uint32_t i = 0; i < size; ++i) {
    RuntimeType& made = group->types[i];
    for (uint32_t k = 0; k < made.count; ++k)
      made.traced = made.traced || is_traced(made, *this, *group, made.fields[k].type);
  }
  count_ += size;
  bucket(hash) = group;
  return group;
}

bool TypeRegistry::add(Pool& pool, Module& module, bool unused) {
  uint32_t size = 0;
  for (uint32_t first = 0; first < module.types.count; first += size) {
    FuncType* types = &module.types[first];
    size = types->more.group_size;
    if (types->canonical != first) {
      for (uint32_t i = 0; i < size; ++i) types[i].more.id = module.types[types[i].canonical].more.id;
      continue;
    }
    const uint32_t hash = types->more.id;
    auto* group = const_cast<TypeGroup*>(find(module, first, hash));
    if (group == nullptr) group = make(pool, module, first, hash);
    if (group == nullptr) {
      module.types.count = first;  // only these have been registered
      remove(pool, module, unused);
      return false;
    }
    ++group->users;
    for (uint32_t i = 0; i < size; ++i) types[i].more.id = group->first + i;
  }
  return true;
}

void TypeRegistry::remove(Pool& pool, const Module& module, bool unused) {
  uint32_t size = 0;
  for (uint32_t first = 0; first < module.types.count; first += size) {
    const FuncType& type = module.types[first];
    size = type.more.group_size;
    if (type.canonical == first) --(*this)[type.more.id].group->users;
  }
  release_unused(pool, unused);
}

bool TypeRegistry::add(Pool& pool, FuncType& type, bool unused) {
  Module module;
  module.types.data = &type;
  module.types.count = 1;
  type.more.id = wasm::hash_group(module, 0);
  return add(pool, module, unused);
}

void TypeRegistry::remove(Pool& pool, uint32_t number, bool unused) {
  --(*this)[number].group->users;
  release_unused(pool, unused);
}

void TypeRegistry::release_unused(Pool& pool, bool unused) {
  bool any = false;
  for (uint32_t i = 0; i < count_; i += types_[i]->group->size) any = any || types_[i]->group->users > 0;
  if (!any && unused) release(pool);
}

void TypeRegistry::release(Pool& pool) {
  for (uint32_t i = 0; i < count_;) {
    TypeGroup* group = types_[i]->group;
    i += group->size;
    pool.free(group);
  }
  pool.free(static_cast<void*>(types_));
  pool.free(static_cast<void*>(buckets_));
  *this = TypeRegistry{};
}

bool engine_matches(const TypeRegistry& registry, ValType type, ValType of) {
  if (type == of) return true;
  if (!type.is_ref() || !of.is_ref() || (type.nullable() && !of.nullable())) return false;
  // Abstract types behave as in a module whose types are the registry's.
  const auto abstract = [&](ValType t) -> ValType {
    if (!t.is_defined()) return t.with_null();
    const TypeKind kind = registry[t.index()].kind;
    if (kind == TypeKind::Continuation) return wasm::kContRef;
    return kind == TypeKind::Struct  ? wasm::kStructRef
           : kind == TypeKind::Array ? wasm::kArrayRef
                                     : wasm::kFuncRef;
  };
  if (type.is_defined() && of.is_defined()) return registry.is_subtype(type.index(), of.index());
  if (of.is_defined()) return type.with_null() == wasm::bottom_below(abstract(of));
  return wasm::is_abstract_subtype(abstract(type), of.with_null());
}

}  // namespace mote::runtime
