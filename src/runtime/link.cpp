// SPDX-License-Identifier: Apache-2.0
// Linking: what each import names, and whether it has the type that the module asks for (core spec, 3.3.9
// and 4.5.3).
#include <cstring>

#include "runtime/engine.hpp"

namespace mote::runtime {

wasm::ValType type_of_letter(char letter) {
  switch (letter) {
    case 'i':
      return wasm::kI32;
    case 'l':
      return wasm::kI64;
    case 'f':
      return wasm::kF32;
    case 'd':
      return wasm::kF64;
    case 'v':
      return wasm::kV128;
    case 'r':
      return wasm::kFuncRef;
    case 'e':
      return wasm::kExternRef;
    default:
      return wasm::kBottom;
  }
}

namespace {

using wasm::ExternKind;
using wasm::Import;

/// What was found under an import's name.
struct Found {
  const HostFunction* host = nullptr;  ///< a row of a host's table
  Extern item;
  Instance* owner = nullptr;  ///< the instance that exports it
};

bool take(const mote::Extern& item, Found& found) {
  found.owner = item.owner;
  found.item.kind = static_cast<ExternKind>(item.kind);
  found.item.function = static_cast<Function*>(item.item);
  if (found.item.kind == ExternKind::Global) found.item.cell = global_of(item);
  return true;
}

bool is_of(const Import& wanted, std::string_view module, std::string_view name) {
  return wasm::same_name(name, wanted.name) && wasm::same_name(module, wanted.module);
}

/// Without asking how long the text is: most differ in their first letters.
bool is(std::string_view wanted, const char* text) {
  for (const char letter : wanted) {
    if (letter != *text || letter == '\0') return false;
    ++text;
  }
  return *text == '\0';
}

bool find(const mote::Imports& imports, const Import& wanted, Found& found) {
  for (const mote::Imports* table = &imports; table != nullptr; table = table->more) {
    for (const HostFunction& row : table->functions) {
      if (!is(wanted.name, row.name) || !is(wanted.module, row.module)) continue;
      found.host = &row;
      return true;
    }
    for (const NamedExtern& named : table->externs) {
      if (is_of(wanted, named.module, named.name)) return take(named.item, found);
    }
    for (const NamedInstance& named : table->instances) {
      wasm::Export item;
      if (!wasm::same_name(named.name, wanted.module) || named.instance == nullptr ||
          named.instance->state() == nullptr)
        continue;
      Instance& owner = *named.instance->state();
      if (!wasm::find_export(owner.module->wasm, wanted.name, item)) continue;
      found.item = export_of(owner, item);
      found.owner = &owner;
      return true;
    }
  }
  return false;
}

bool find(const mote::Imports& imports, const Import& wanted, uint32_t position, Found& found) {
  if (imports.in_order.empty()) return find(imports, wanted, found);
  return position < imports.in_order.size() && take(imports.in_order[position], found);
}

/// Limits match when what is there is at least what is asked for, and grows no further than allowed.
[[gnu::noinline]] bool within(wasm::Limits::Size size, wasm::Limits::Size max, const wasm::Limits& wanted) {
  return size >= wanted.min &&
         (wanted.max == wasm::Limits::kNoMax || (max != wasm::Limits::kNoMax && max <= wanted.max));
}

class Linker {
 public:
  Linker(Instance& instance, Error& error)
      : instance_(instance), module_(instance.module->wasm), error_(error) {}

  bool link(const mote::Imports& imports, const Import& import, uint32_t position) {
    import_ = &import;
    Found found;
    if (!find(imports, import, position, found)) return refuse("unknown import");
    const ExternKind kind = found.item.kind;  // of a row: that of functions, as at first
    if (kind != import.kind) return refuse("incompatible import type: of another kind");
    if constexpr (enabled(Proposal::Threads)) {
      // Another thread's: only a shared memory, which the host keeps alive.
      const bool foreign = found.owner != nullptr && found.owner->engine != instance_.engine;
      if (foreign && (kind != ExternKind::Memory || !found.item.memory->is_shared()))
        return refuse("only shared memories can be imported from another engine");
      if (found.owner != nullptr && !foreign) join(instance_, *found.owner);
    } else {
      if (found.owner != nullptr) join(instance_, *found.owner);
    }
    switch (kind) {
      case ExternKind::Function:
        return function(found);
      case ExternKind::Table:
        return table(*found.item.table);
      case ExternKind::Memory:
        return memory(*found.item.memory);
      case ExternKind::Global:
        return global(found.item.cell);
      default:
        if constexpr (wasm::kExceptions) return tag(found.item.tag);
        return refuse("incompatible import type");
    }
  }

 private:
  bool refuse(Message message) {
    message.write(error_);
    error_.offset = import_->offset;
    error_.detail = import_->index;
    error_.module = import_->module;
    error_.name = import_->name;
    return false;
  }

  bool function(const Found& found) {
    const wasm::FuncType& type = module_.type_of(import_->index);
    if (found.host == nullptr) {
      if (!has_type(*instance_.engine, *found.item.function->type, type))
        return refuse("incompatible import type: another signature");
      instance_.imported_functions[import_->index] = found.item.function;
      return true;
    }
    if (!matches(found.host->signature, type)) return refuse("incompatible import type: another signature");
    // A table's row gets an object of its own here, which lends it the module's type.
    Function& own = *instance_.imported_functions[import_->index];
    own.type = &module_.types[type.canonical];
    own.host = found.host;
    if constexpr (config::kNative) {
      if (found.host->direct != nullptr) std::memcpy(&own.entry, found.host->direct, sizeof own.entry);
    }
    return true;
  }

  bool table(Table& table) {
    const wasm::TableType& type = module_.tables[import_->index].type;
    const wasm::Limits::Size max = table.type.limits.max;
    if (!same_type(table.type.element, type.element) || !within(table.size, max, type.limits) ||
        !(table.type.limits.address_type() == type.limits.address_type())) {
      return refuse("incompatible import type: elements or limits");
    }
    instance_.tables[import_->index] = &table;
    return true;
  }

  bool memory(Memory& memory) {
    const wasm::MemoryType& type = module_.memories[import_->index];
    if (memory.type.page_log2 != type.page_log2) return refuse("incompatible import type: page size");
    if (!within(pages_of(memory), memory.type.limits.max, type.limits) ||
        !(memory.type.limits.address_type() == type.limits.address_type()) ||
        memory.is_shared() != type.limits.is_shared())
      return refuse("incompatible import type: elements or limits");
    if (!complete(memory, *instance_.engine))
      return refuse_memory(error_, *instance_.pool, "no memory for the linear memory");
    instance_.memories[import_->index] = &memory;
    return true;
  }

  bool global(const Global& global) {
    const wasm::GlobalType& type = module_.globals[import_->index].type;
    const bool same =
        type.mutable_ ? same_type(global.type.type, type.type) : is_subtype(global.type.type, type.type);
    if (!same || global.type.mutable_ != type.mutable_) {
      return refuse("incompatible import type: type or mutability");
    }
    instance_.imported_globals[import_->index] = global;
    return true;
  }

  bool tag(Tag* tag) {
    if (!has_type(*tag, module_.type_of_tag(import_->index)))
      return refuse("incompatible import type: the tag has another type");
    instance_.tags()[import_->index] = tag;
    return true;
  }

  /// Whether a type in the engine's numbering is below or is one of the module's.
  bool is_subtype(wasm::ValType type, wasm::ValType wanted) const {
    if constexpr (wasm::kTypedReferences)
      return engine_matches(instance_.engine->types, type, engine_type(module_, wanted));
    return type == wanted;
  }
  bool same_type(wasm::ValType type, wasm::ValType wanted) const {
    if constexpr (wasm::kTypedReferences) {
      return is_subtype(type, wanted) &&
             engine_matches(instance_.engine->types, engine_type(module_, wanted), type);
    }
    return type == wanted;
  }

  Instance& instance_;
  const wasm::Module& module_;
  Error& error_;
  const Import* import_ = nullptr;
};

bool letters_match(const char*& letters, const uint8_t* types, uint32_t count) {
  for (; count > 0; --count, ++letters) {
    if (!(type_of_letter(*letters) == wasm::next_type(types))) return false;
  }
  return true;
}

}  // namespace

bool matches(const char* signature, const wasm::FuncType& type) {
  if (!letters_match(signature, type.params, type.param_count) || *signature++ != ':') return false;
  return letters_match(signature, type.results(), type.result_count) && *signature == '\0';
}

bool resolve(Instance& instance, const mote::Imports& imports, Error& error) {
  Linker linker(instance, error);
  wasm::Imports all(instance.module->wasm);
  Import import;
  for (uint32_t i = 0; all.next(import); ++i) {
    if (!linker.link(imports, import, i)) return false;
  }
  return true;
}

}  // namespace mote::runtime
