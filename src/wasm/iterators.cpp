// SPDX-License-Identifier: Apache-2.0
// Walks over sections that decode() has validated: nothing is stored for them.
#include "wasm/decoder.hpp"
#include "wasm/module.hpp"

namespace mote::wasm {

namespace {

/// The count that a section begins with; `at` moves past it.
uint32_t count_at(const Module& module, const uint8_t*& at) {
  if (!at) return 0;
  Walk walk(module.bytes, at);
  const uint32_t count = walk.reader.u32();
  at = walk.reader.position();
  return count;
}

}  // namespace

Imports::Imports(const Module& module) : module_(module), at_(module.import_section) {
  left_ = count_at(module, at_);
}

/// From the import's kind on.
[[gnu::always_inline]] inline void Imports::read_type(Reader& reader, uint8_t kind, Import& import) {
  ExternType type;
  import.kind = static_cast<ExternKind>(kind);
  read_extern_type(reader, import.kind, type, module_.types.count);
  import.index = counts_[kind]++;
}

bool Imports::next(Import& import) {
  for (;;) {
    if (enabled(Proposal::CompactImports) && group_.left > 0) return next_of_group(import);
    if (left_ == 0) return false;
    --left_;
    Walk walk(module_.bytes, at_);
    Reader& reader = walk.reader;
    import.offset = reader.offset();
    import.module = reader.name();
    import.name = reader.name();
    const uint8_t kind = reader.u8();
    if (enabled(Proposal::CompactImports) && kind >= 0x7e) {
      group_.module = import.module;
      group_.type = kind == 0x7e ? reader.position() : nullptr;
      if (kind == 0x7e) {
        ExternType skipped;
        const auto of_all = static_cast<ExternKind>(reader.u8());
        read_extern_type(reader, of_all, skipped, module_.types.count);
      }
      group_.left = reader.u32();
      at_ = reader.position();
      continue;
    }
    read_type(reader, kind, import);
    at_ = reader.position();
    return true;
  }
}

/// The next import of a group of one module's (compact-import-section).
bool Imports::next_of_group(Import& import) {
  --group_.left;
  Walk walk(module_.bytes, at_);
  Reader& reader = walk.reader;
  import.offset = reader.offset();
  import.module = group_.module;
  import.name = reader.name();
  Walk shared(module_.bytes, group_.type);
  Reader& type = group_.type != nullptr ? shared.reader : reader;
  const uint8_t kind = type.u8();
  read_type(type, kind, import);
  at_ = reader.position();
  return true;
}

Exports::Exports(const Module& module) : module_(module), at_(module.export_section) {
  left_ = count_at(module, at_);
}

bool Exports::next(Export& item) {
  if (left_ == 0) return false;
  --left_;
  Walk walk(module_.bytes, at_);
  item.name = walk.reader.name();
  item.kind = static_cast<ExternKind>(walk.reader.u8());
  item.index = walk.reader.u32();
  at_ = walk.reader.position();
  return true;
}

bool find_export(const Module& module, std::string_view name, Export& found) {
  Exports exports(module);
  while (exports.next(found)) {
    if (found.name == name) return true;
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
  const uint32_t size = walk.reader.u32();
  body.begin = walk.reader.position();
  body.end = at_ = body.begin + size;
  body.base = module_.bytes.data();
  return true;
}

}  // namespace mote::wasm
