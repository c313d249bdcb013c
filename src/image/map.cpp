// SPDX-License-Identifier: Apache-2.0
#include "image/map.hpp"

#include <cstring>

#include "compile/compile.hpp"
#include "config/limits.hpp"
#include "image/decoded.hpp"
#include "image/format.hpp"
#include "image/rows.hpp"
#include "image/words.hpp"
#include "native/executable.hpp"
#include "runtime/bounds.hpp"
#include "runtime/engine.hpp"

namespace mote::image {

namespace {

/// A part behind the header, as bytes.
template <class T>
T* at(std::span<const uint8_t> image, uint32_t offset) {
  return reinterpret_cast<T*>(const_cast<uint8_t*>(image.data() + offset));  // nobody writes to it
}

/// Reads rows; see rows.hpp. What lies outside of the image fails it.
class Unpacker {
 public:
  Unpacker(std::span<const uint8_t> image, const uint8_t* rows)
      : begin_(image.data()), end_(image.data() + image.size()), at_(rows) {}

  void row(const RowKind& kind, std::byte* to) {
    for (uint32_t i = kind.first; i < kind.end; ++i) field(kFields[i], to);
  }
  bool ok() const { return ok_; }

 private:
  void field(Field field, std::byte* row) {
    std::byte* const to = row + field.at;
    const bool is_place = field.kind == FieldKind::Place;
    const uint32_t kept = is_place ? 4 : field.kind == FieldKind::Size ? 8 : field.bytes;
    if (static_cast<size_t>(end_ - at_) < kept) {
      ok_ = false;
      return;
    }
    std::memcpy(to, at_, is_place ? 4 : field.bytes);
    at_ += kept;
    if (field.kind == FieldKind::Flag) *to &= std::byte{1};
    if (!is_place && field.kind != FieldKind::Extent) return;
    // Of a place that is none nobody reads, or he finds the image's first byte: the end of an expression.
    const uint8_t* from = begin_;
    if (!is_place) std::memcpy(&from, row, sizeof from);
    uint32_t offset;
    std::memcpy(&offset, to, sizeof offset);
    ok_ = ok_ && offset <= static_cast<size_t>(end_ - from);
    from += offset;
    if (is_place) std::memcpy(to, &from, sizeof from);
  }

  const uint8_t* begin_;
  const uint8_t* end_;
  const uint8_t* at_;
  bool ok_ = true;
};

/// A function type's numbers from its bytes, and whether it is the first of those that equal it.
bool complete_type(wasm::Module& module, uint32_t index) {
  wasm::FuncType& type = module.types[index];
  wasm::Walk walk(module.bytes, type.params);
  const auto slots_of = [&](uint32_t count) {
    uint32_t slots = 0;
    for (; count > 0 && slots <= limits::kParamSlots; --count) slots += wasm::slots_of(walk.u8());
    return static_cast<uint16_t>(slots);
  };
  type.param_slots = slots_of(type.param_count);
  type.result_count = static_cast<uint16_t>(walk.u32());
  type.results_at = static_cast<uint16_t>(walk.position() - type.params);
  type.result_slots = slots_of(type.result_count);
  return type.param_slots <= limits::kParamSlots && type.result_slots <= limits::kResultSlots &&
         walk.position() < module.bytes.data() + module.bytes.size() && type.canonical <= index &&
         wasm::equal(module.types[type.canonical], type);
}

/// Segments name tables and memories that there are, memories have sizes that are possible.
bool consistent(const wasm::Module& module) {
  bool ok = true;
  for (const wasm::ElementSegment& segment : module.elements)
    ok = ok && (segment.mode != wasm::SegmentMode::Active || segment.table < module.tables.count);
  for (const wasm::DataSegment& segment : module.data)
    ok = ok && (segment.mode != wasm::SegmentMode::Active || segment.memory < module.memories.count);
  for (const wasm::MemoryType& memory : module.memories)
    ok = ok && memory.page_log2 <= 16 &&
         (memory.at_first == 0 || (memory.at_first - 1) >> memory.page_log2 < memory.limits.min);
  return ok;
}

/// Imports and exports are those that the header counts; of tags it does not say how many are imported.
bool links_consistent(const Header& header, [[maybe_unused]] wasm::Module& module) {
  uint32_t seen[8] = {}, count = 0;
  wasm::Imports imports(module);
  for (wasm::Import import; imports.next(import); ++count) {
    const auto kind = static_cast<uint32_t>(import.kind);
    const bool is_tag = wasm::kExceptions && kind == kTags;
    if (!is_tag && kind >= std::size(header.imported)) return false;
    if (seen[kind]++ >= (is_tag ? header.counts[kTags] : header.imported[kind])) return false;
  }
  for (const uint16_t imported : header.imported) count -= imported;
  if constexpr (wasm::kExceptions) count -= module.tags.imported = seen[kTags];
  if (count != 0) return false;
  wasm::Exports exports(module);
  for (wasm::Export item; exports.next(item); ++count) {
    const auto kind = static_cast<uint32_t>(item.kind);
    if (kind > (wasm::kExceptions ? kTags : kGlobals) || item.index >= header.counts[kind] ||
        count > module.bytes.size())
      return false;
  }
  return true;
}

/// Clauses name tags that there are, and code.
bool take_handlers(const Header& header, std::span<const uint8_t> image, runtime::LoadedModule& loaded) {
  if constexpr (wasm::kExceptions) {
    using runtime::Handler;
    static_assert(sizeof(Handler) == kHandlerBytes);
    auto* rows = at<Handler>(image, header.part(kTablesPart).at + 4 * header.defined_functions());
    loaded.handlers.rows = rows;
    loaded.handlers.count = header.handlers;
    for (uint32_t i = 0; i < header.handlers; ++i) {
      uint8_t with_reference, kind;
      std::memcpy(&with_reference, &rows[i].with_reference, 1);
      std::memcpy(&kind, &rows[i].kind, 1);
      if ((rows[i].tag != Handler::kAnyTag && rows[i].tag >= loaded.wasm.tags.count) || with_reference > 1 ||
          kind > (runtime::kStackSwitching ? 2 : 0) || (kind > 0 && rows[i].tag == Handler::kAnyTag) ||
          (rows[i].target != Handler::kHole && rows[i].target >= header.part(kCodePart).bytes))
        return false;
    }
  }
  return true;
}

/// Of all tables, in memory.
size_t table_bytes(const Header& header) {
  size_t bytes = 0;
  for (const RowKind& kind : kRowKinds)
    bytes += (header.counts[kind.count] * size_t{kind.bytes} + 7) & ~size_t{7};
  return bytes;
}

/// The module's tables, from the rows of the image.
bool read_rows(const Header& header, std::span<const uint8_t> image, wasm::Module& module) {
  Unpacker unpacker(image, at<uint8_t>(image, header.part(kTablesPart).at) + rows_at(header));
  auto* to = static_cast<std::byte*>(module.storage);
  for (const RowKind& kind : kRowKinds) {
    auto& table = *reinterpret_cast<wasm::Rows<std::byte>*>(reinterpret_cast<std::byte*>(&module) + kind.at);
    table = {to, header.counts[kind.count]};
    for (uint32_t i = 0; i < table.count; ++i, to += kind.bytes) unpacker.row(kind, to);
    to += -reinterpret_cast<uintptr_t>(to) & 7;
  }
  bool ok = unpacker.ok() && consistent(module) && links_consistent(header, module);
  for (uint32_t i = 0; ok && i < module.types.count; ++i) ok = complete_type(module, i);
  if (!ok || module.start == kNone) return ok;
  const wasm::FuncType& start = module.type_of(module.start);
  return start.param_count == 0 && start.result_count == 0;
}

/// A module whose rows are in the image: needs no decoder. False: `error` says why, nothing is taken.
[[maybe_unused]] bool read_module(const Header& header, std::span<const uint8_t> image, Pool& pool,
                                  wasm::Module& module, Error& error) {
  const auto optional = [&](uint32_t offset) { return offset == 0 ? nullptr : at<uint8_t>(image, offset); };
  module.bytes = image;
  module.functions = {at<uint16_t>(image, header.part(kTablesPart).at + types_at(header)),
                      header.counts[kFunctions]};
  if constexpr (wasm::kExceptions) {
    module.tags.data = at<uint16_t>(image, header.part(kTablesPart).at + tags_at(header));
    module.tags.count = header.counts[kTags];
  }
  module.declared = at<uint32_t>(image, header.part(kTablesPart).at + declared_at(header));
  module.imported_functions = header.imported[0];
  module.imported_tables = header.imported[1];
  module.imported_memories = header.imported[2];
  module.imported_globals = header.imported[3];
  module.start = header.start;
  module.import_section = optional(header.imports);
  module.export_section = optional(header.exports);
  module.storage = pool.array<std::byte>(table_bytes(header));
  if (module.storage == nullptr) return no_memory(error, "no memory for the image's tables", pool);
  if (read_rows(header, image, module)) return compile::place_globals(module, error);
  return damaged(error, "the image's tables contradict themselves or its module");
}

runtime::CodeOptions options_of(const Header& header) {
  const auto isa = static_cast<IsaId>(header.isa);
  return {.tier = isa == IsaId::Vm ? runtime::Tier::Vm : runtime::Tier::Native,
          .bounds = static_cast<runtime::Bounds>(header.bounds),
          .fuel = (header.flags & kFuel) != 0,
          .isa = isa,
          .wide_types = (header.flags & kWide) != 0,
          .features = header.features};
}

/// Code that checks nothing needs a memory that the machine can fence in.
bool memory_suits(const runtime::LoadedModule& loaded) {
  if constexpr (config::kGuardPages || config::kMpu)
    return runtime::module_bounds(loaded.wasm, loaded.options.bounds) == loaded.options.bounds;
  return true;
}

bool publish(runtime::LoadedModule& loaded, const uint8_t* code) {
  if constexpr (config::kNative) {
    if (loaded.options.tier == runtime::Tier::Native) return native::publish_image(loaded, code);
  }
  loaded.code = const_cast<uint8_t*>(code);
  return true;
}

}  // namespace

bool map(std::span<const uint8_t> image, Pool& pool, runtime::LoadedModule& loaded, Error& error) {
  const auto& header = *reinterpret_cast<const Header*>(image.data());
  wasm::Module& module = loaded.wasm;
  if constexpr (wasm::kTypedReferences) {
    if (!decode_module(header, image, pool, loaded, error)) return false;
  } else if (!read_module(header, image, pool, module, error)) {
    pool.free(module.storage);
    return false;
  }
  const Part names = header.part(kNamesPart), code = header.part(kCodePart);
  if (names.at != 0) module.name_section = image.data() + names.at;
  module.name_section_size = names.bytes;
  loaded.in_image = true;
  loaded.options = options_of(header);
  loaded.touches_memory = (header.flags & kTouchesMemory) != 0;
  loaded.entries = at<uint32_t>(image, header.part(kTablesPart).at);
  loaded.code_bytes = code.bytes;
  if (!take_handlers(header, image, loaded)) {
    damaged(error, "the image's tables contradict themselves or its module");
  } else if (!memory_suits(loaded)) {
    mismatch(error, "the image's memory does not suit its bounds mode");
  } else if (publish(loaded, image.data() + code.at)) {
    return true;
  } else {
    no_memory(error, "no memory for the image's code", pool);
  }
  runtime::release_tables(loaded, pool);
  return false;
}

}  // namespace mote::image
