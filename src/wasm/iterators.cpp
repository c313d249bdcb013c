// SPDX-License-Identifier: Apache-2.0
// Walks over sections that decode() has validated: nothing is stored for them.
#include "wasm/module.hpp"

namespace mote::wasm {

namespace {

/// The count that a section begins with; `at` moves past it.
uint32_t count_at(const Module& module, const uint8_t*& at) {
  if (!at) return 0;
  Walk walk(module.bytes, at);
  const uint32_t count = walk.u32();
  at = walk.position();
  return count;
}

}  // namespace

Imports::Imports(const Module& module) : module_(module), at_(module.import_section) {
  left_ = count_at(module, at_);
}

/// From an import's kind on, which it answers. Each field of its type is a number.
static uint8_t skip_extern_type(Walk& walk) {
  const uint8_t kind = walk.u8();
  const bool typed =
      kind == static_cast<uint8_t>(ExternKind::Table) || kind == static_cast<uint8_t>(ExternKind::Global);
  [[maybe_unused]] const uint32_t type = typed ? walk.u32() : 0;
  if (kTypedReferences && (type == 0x63 || type == 0x64)) walk.s33();  // what the reference is to
  const uint32_t flags = walk.u32();  // of limits; or mutability, attribute, index of a type
  if (kind == static_cast<uint8_t>(ExternKind::Function) || kind == static_cast<uint8_t>(ExternKind::Global))
    return kind;
  walk.s64();  // the minimum; a tag's type
  if (kind == static_cast<uint8_t>(ExternKind::Tag)) return kind;
  if (flags & 1) walk.s64();  // the maximum
  if (flags & 8) walk.s64();  // the page size
  return kind;
}

void Imports::set_kind(Import& import, uint8_t kind) {
  kind &= 7;
  import.kind = static_cast<ExternKind>(kind);
  import.index = counts_[kind]++;
}

bool Imports::next(Import& import) {
  for (;;) {
    if (enabled(Proposal::CompactImports) && group_.left > 0) return next_of_group(import);
    if (left_ == 0) return false;
    --left_;
    Walk walk(module_.bytes, at_);
    import.offset = static_cast<uint32_t>(at_ - module_.bytes.data());
    import.module = walk.name();
    import.name = walk.name();
    const uint8_t* type = walk.position();
    [[maybe_unused]] const uint8_t kind = walk.u8();
    if (enabled(Proposal::CompactImports) && kind >= 0x7e) {
      group_.module = import.module;
      group_.type = kind == 0x7e ? walk.position() : nullptr;
      if (kind == 0x7e) skip_extern_type(walk);
      group_.left = walk.u32();
      at_ = walk.position();
      continue;
    }
    walk = Walk(module_.bytes, type);
    set_kind(import, skip_extern_type(walk));
    at_ = walk.position();
    return true;
  }
}

/// The next import of a group of one module's (compact-import-section).
bool Imports::next_of_group(Import& import) {
  --group_.left;
  Walk walk(module_.bytes, at_);
  import.offset = static_cast<uint32_t>(at_ - module_.bytes.data());
  import.module = group_.module;
  import.name = walk.name();
  Walk shared(module_.bytes, group_.type);
  set_kind(import, skip_extern_type(group_.type != nullptr ? shared : walk));
  at_ = walk.position();
  return true;
}

Exports::Exports(const Module& module) : module_(module), at_(module.export_section) {
  left_ = count_at(module, at_);
}

bool Exports::next(Export& item) {
  if (left_ == 0) return false;
  --left_;
  Walk walk(module_.bytes, at_);
  item.name = walk.name();
  item.kind = static_cast<ExternKind>(walk.u8());
  item.index = walk.u32();
  at_ = walk.position();
  return true;
}

int compare_names(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return compare_bytes(a.data(), b.data(), a.size());
}

bool find_export(const Module& module, std::string_view name, Export& found) {
  Exports exports(module);
  while (exports.next(found)) {
    if (same_name(found.name, name)) return true;
  }
  return false;
}

Bodies::Bodies(const Module& module) : module_(module), at_(module.code_section) {
  left_ = count_at(module, at_);
}

bool Bodies::next(Body& body) {
  if (left_ == 0) return false;
  --left_;
  Walk walk(module_.bytes, at_);
  const uint32_t size = walk.u32();
  body.begin = walk.position();
  body.end = at_ = body.begin + size;
  body.base = module_.bytes.data();
  return true;
}

}  // namespace mote::wasm
