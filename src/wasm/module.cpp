// SPDX-License-Identifier: Apache-2.0
// The frame of decoding: header, order and sizes of sections, how many rows each table has, and the block
// that holds them.
#include "wasm/module.hpp"

#include <algorithm>
#include <utility>

#include "config/limits.hpp"
#include "wasm/decoder.hpp"

namespace mote::wasm {

namespace {

/// Place of a section in the order that the standard wants (core spec, 5.5.2), by id.
constexpr uint8_t kOrder[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6};

constexpr uint8_t kMagic[] = {0x00, 0x61, 0x73, 0x6d};
constexpr uint8_t kVersion[] = {0x01, 0x00, 0x00, 0x00};
constexpr uint8_t kComponent[] = {0x0d, 0x00, 0x01, 0x00};

/// Room for `count` rows behind `size` bytes of the block; where they lie when there is a block.
template <class T>
T* place(size_t& size, uint32_t count, std::byte* block) {
  size = (size + alignof(T) - 1) & ~(alignof(T) - 1);
  std::byte* at = block ? block + size : nullptr;
  size += size_t{count} * sizeof(T);
  return reinterpret_cast<T*>(at);
}

template <class T>
void lay_out(Rows<T>& rows, size_t& size, std::byte* block) {
  rows.data = place<T>(size, rows.count, block);
}

/// Bytes for all tables; with a block, also their places. Wide rows first, so that little is lost to
/// alignment.
size_t lay_out_all(Module& module, std::byte* block) {
  size_t size = 0;
  lay_out(module.tables, size, block);
  lay_out(module.memories, size, block);
  lay_out(module.types, size, block);
  lay_out(module.globals, size, block);
  lay_out(module.elements, size, block);
  lay_out(module.data, size, block);
  module.declared = place<uint32_t>(size, (module.functions.count + 31) / 32, block);
  lay_out(module.functions, size, block);
  if constexpr (kExceptions) module.tags.data = place<uint16_t>(size, module.tags.count, block);
  return size;
}

}  // namespace

bool decode(std::span<const uint8_t> bytes, Pool& pool, Module& module, Error& error) {
  error = Error{};
  module = Module{};
  module.bytes = bytes;
  if (Decoder(pool, module, error).run()) return true;
  release(module, pool);
  return false;
}

bool decode_prefix(std::span<const uint8_t> bytes, Pool& pool, Module& module, Error& error) {
  error = Error{};
  module = Module{};
  module.bytes = bytes;
  if (Decoder(pool, module, error, true).run()) return true;
  release(module, pool);
  return false;
}

bool decode_data(std::span<const uint8_t> section, const uint8_t* base, Module& module,
                 std::span<DataSegment> rows, Error& error) {
  error = Error{};
  Pool none({});
  return Decoder(none, module, error).run_data(section, base, rows);
}

void release(Module& module, Pool& pool) {
  pool.free(module.storage);
  module = Module{};
}

/// Heapsort (Williams 1964).
void sort(uint32_t* numbers, uint32_t count, const void* context,
          bool (*less)(const void*, uint32_t, uint32_t)) {
  uint32_t root = count / 2;  // below it lies a heap
  while (count > 1) {
    if (root > 0) {
      --root;
    } else {
      std::swap(numbers[0], numbers[--count]);
    }
    for (uint32_t at = root, child; (child = 2 * at + 1) < count; at = child) {
      if (child + 1 < count && less(context, numbers[child], numbers[child + 1])) ++child;
      if (!less(context, numbers[at], numbers[child])) break;
      std::swap(numbers[at], numbers[child]);
    }
  }
}

bool Decoder::run() {
  frame();
  if (ok()) count();
  if (ok() && reserve()) read();
  return ok();
}

void Decoder::out_of_memory() {
  if (!ok()) return;
  Message("no memory for the module").write(error_);
  error_.detail = static_cast<uint32_t>(pool_.missing());
}

uint32_t* Decoder::scratch(uint32_t (&few)[kFew], uint32_t count) {
  if (count <= kFew) return few;
  auto* many = static_cast<uint32_t*>(pool_.allocate_high(count * sizeof(uint32_t)));
  if (many == nullptr) out_of_memory();
  return many;
}

void Decoder::header(Reader& reader) {
  const size_t size = std::min<size_t>(reader.remaining(), sizeof kMagic);
  if (compare_bytes(reader.position(), kMagic, size) != 0) {
    return reader.fail("magic header not detected: not a WebAssembly module");
  }
  reader.bytes(sizeof kMagic);
  const uint8_t* version = reader.bytes(sizeof kVersion);
  if (!version || compare_bytes(version, kVersion, sizeof kVersion) == 0) return;
  const bool component = compare_bytes(version, kComponent, sizeof kComponent) == 0;
  reader.fail_at(component ? Message("unknown binary version: this is a component, not a core module")
                           : Message("unknown binary version"),
                 4);
}

void Decoder::frame() {
  const uint8_t* begin = module_.bytes.data();
  Reader reader(begin, begin + module_.bytes.size(), begin, error_);
  if (module_.bytes.size() > 0xffff'ffff) return reader.fail("the module has more than 4 GiB");
  if (module_.bytes.empty()) return reader.fail("unexpected end: the module has no bytes");
  header(reader);
  unsigned last_order = 0;
  while (reader.ok() && !reader.at_end()) frame_section(reader, last_order);
}

void Decoder::frame_section(Reader& reader, unsigned& last_order) {
  const uint32_t at = reader.offset();
  const uint8_t id = reader.u8();
  if (id >= kSections) return reader.fail_at("malformed section id", at, id);
  const uint32_t size = reader.u32();
  Section framed{reader.offset(), size};
  const Reader contents = reader.sub(size);
  if (!reader.ok()) return;
  if (id == static_cast<uint8_t>(SectionId::Custom)) return custom(contents);
  if (id == static_cast<uint8_t>(SectionId::Tag) && !require(reader, Proposal::ExceptionHandling, at)) return;
  if (kOrder[id] <= last_order) {
    return reader.fail_at("unexpected content after last section", at, id);
  }
  last_order = kOrder[id];
  sections_[id] = framed;
}

void Decoder::custom(Reader contents) {
  const std::string_view name = contents.name();
  if (!ok() || name != "name" || module_.name_section) return;
  module_.name_section = contents.position();
  module_.name_section_size = static_cast<uint32_t>(contents.remaining());
}

Reader Decoder::section(SectionId id) {
  const Section& s = sections_[static_cast<unsigned>(id)];
  const uint8_t* begin = module_.bytes.data();
  return Reader(begin + s.offset, begin + s.offset + s.size, begin, error_);
}

void Decoder::finish(Reader& reader) {
  if (reader.ok() && !reader.at_end()) reader.fail("section size mismatch");
}

/// A vector's count, believed only as far as bytes are left: each element has one at least.
uint32_t Decoder::count_of(SectionId id, uint32_t limit) {
  if (!present(id) || !ok()) return 0;
  Reader reader = section(id);
  const uint32_t offset = reader.offset();
  const uint32_t count = reader.u32();
  if (count > reader.remaining()) {
    reader.fail_at("length out of bounds", offset, count);
  } else if (count > limit) {
    reader.fail_at("a section of more than 65535 elements", offset, count);
  }
  return ok() ? count : 0;
}

void Decoder::count() {
  if constexpr (kTypedReferences) {
    module_.types.count = read_types(false);
  } else {
    module_.types.count = count_of(SectionId::Type, limits::kTypes);
  }
  if constexpr (kExceptions) module_.tags.count = count_of(SectionId::Tag, limits::kTags);
  module_.tables.count = count_of(SectionId::Table, limits::kTables);
  module_.memories.count = count_of(SectionId::Memory, limits::kMemories);
  module_.globals.count = count_of(SectionId::Global, limits::kGlobals);
  module_.elements.count = count_of(SectionId::Element, limits::kElementSegments);
  module_.data.count = count_of(SectionId::Data, limits::kDataSegments);
  const uint32_t functions = count_of(SectionId::Function, limits::kFunctions);
  const uint32_t bodies = count_of(SectionId::Code, limits::kFunctions);
  if (ok() && functions != bodies && !prefix_) {
    Reader reader = section(present(SectionId::Code) ? SectionId::Code : SectionId::Function);
    reader.fail("function and code section have inconsistent lengths");
  }
  if (ok()) read_imports(false);
  module_.functions.count = functions + module_.imported_functions;
  module_.tables.count += module_.imported_tables;
  module_.memories.count += module_.imported_memories;
  module_.globals.count += module_.imported_globals;
  if constexpr (kExceptions) module_.tags.count += module_.tags.imported;
  if (ok()) check_counts();
}

/// What imports and definitions come to together, and the data count section.
void Decoder::check_counts() {
  Reader reader = section(SectionId::Import);
  const bool many = module_.functions.count > limits::kFunctions || module_.tables.count > limits::kTables ||
                    module_.memories.count > limits::kMemories || module_.globals.count > limits::kGlobals ||
                    (kExceptions && module_.tags.count > limits::kTags);
  if (many) return reader.fail("more than 65535 functions, tables, memories or globals with imports");
  if (module_.tables.count > 1) {
    require(reader, Proposal::ReferenceTypes,
            section(present(SectionId::Table) ? SectionId::Table : SectionId::Import).offset());
  }
  if (module_.memories.count > 1) {
    require(reader, Proposal::MultiMemory,
            section(present(SectionId::Memory) ? SectionId::Memory : SectionId::Import).offset());
  }
  module_.has_data_count = present(SectionId::DataCount);
  if (!module_.has_data_count || !ok()) return;
  Reader data_count = section(SectionId::DataCount);
  const uint32_t offset = data_count.offset();
  if (!require(data_count, Proposal::BulkMemory, offset)) return;
  const uint32_t declared = data_count.u32();
  if (prefix_ && declared <= limits::kDataSegments) module_.data.count = declared;
  if (declared != module_.data.count && ok()) {
    data_count.fail_at("data count and data section have inconsistent lengths", offset, module_.data.count);
  }
  finish(data_count);
}

bool Decoder::reserve() {
  const size_t size = lay_out_all(module_, nullptr);
  if (size == 0) return true;
  module_.storage = pool_.array<std::byte>(size);  // zeroed: readers set what is not zero in every row
  if (module_.storage) {
    lay_out_all(module_, static_cast<std::byte*>(module_.storage));
    return true;
  }
  out_of_memory();
  return false;
}

void Decoder::read() {
  const auto contents = [&](SectionId id) { return present(id) ? section(id).position() : nullptr; };
  module_.import_section = contents(SectionId::Import);
  module_.export_section = contents(SectionId::Export);
  module_.code_section = contents(SectionId::Code);
  module_.code_size = sections_[static_cast<unsigned>(SectionId::Code)].size;
  if constexpr (kTypedReferences) {
    read_types(true);
  } else {
    each(SectionId::Type, 0, module_.types.count, &Decoder::read_type);
    if (ok()) find_equal_types();
  }
  if (ok()) read_imports(true);
  each(SectionId::Function, module_.imported_functions, module_.functions.count, &Decoder::read_function);
  each(SectionId::Table, module_.imported_tables, module_.tables.count, &Decoder::read_table);
  each(SectionId::Memory, module_.imported_memories, module_.memories.count, &Decoder::read_memory);
  if constexpr (kExceptions)
    each(SectionId::Tag, module_.tags.imported, module_.tags.count, &Decoder::read_tag);
  each(SectionId::Global, module_.imported_globals, module_.globals.count, &Decoder::read_global);
  if (ok()) read_exports();
  if (ok() && present(SectionId::Start)) read_start();
  each(SectionId::Element, 0, module_.elements.count, &Decoder::read_element);
  if (prefix_) return;
  each(SectionId::Code, 0, module_.defined_functions(), &Decoder::frame_body);
  each(SectionId::Data, 0, module_.data.count, &Decoder::read_data);
}

/// Reads a section that is a vector: elements of the index space from `first` up to `count`.
void Decoder::each(SectionId id, uint32_t first, uint32_t count, Element read_one) {
  if (!ok() || !present(id)) return;
  Reader reader = section(id);
  reader.u32();
  for (uint32_t i = first; i < count && reader.ok(); ++i) (this->*read_one)(reader, i);
  finish(reader);
}

}  // namespace mote::wasm
