// SPDX-License-Identifier: Apache-2.0
// How a module is decoded: sections are framed, counted, given one block of the pool, and then read in order.
#pragma once
#include "wasm/module.hpp"
#include "wasm/opcodes.hpp"

namespace mote::wasm {

enum class SectionId : uint8_t {
  Custom,
  Type,
  Import,
  Function,
  Table,
  Memory,
  Global,
  Export,
  Start,
  Element,
  Code,
  Data,
  DataCount,
  Tag,
};

/// The type of an import or export: the member that its kind says.
struct ExternType {
  uint32_t function = 0;  ///< type index; also of a tag
  TableType table;
  MemoryType memory;
  GlobalType global;
};

/// Types as sections have them (core spec, 5.3). Errors are the reader's.
TableType read_table_type(Reader& reader, uint32_t types);
MemoryType read_memory_type(Reader& reader);
GlobalType read_global_type(Reader& reader, uint32_t types);
void read_extern_type(Reader& reader, ExternKind kind, ExternType& type, uint32_t types);

class Decoder {
 public:
  Decoder(Pool& pool, Module& module, Error& error, bool prefix = false)
      : pool_(pool), module_(module), error_(error), prefix_(prefix) {}
  bool run();
  /// The data section alone: see decode_data().
  bool run_data(std::span<const uint8_t> section, const uint8_t* base, std::span<DataSegment> rows);

 private:
  static constexpr unsigned kSections = 14;
  struct Section {
    uint32_t offset = 0;  ///< of its contents; 0: absent
    uint32_t size = 0;
  };

  // module.cpp: the frame.
  void frame();
  void header(Reader& reader);
  void frame_section(Reader& reader, unsigned& last_order);
  void custom(Reader contents);
  void count();
  void check_counts();
  uint32_t count_of(SectionId id, uint32_t limit);
  bool reserve();
  void read();
  using Element = void (Decoder::*)(Reader& reader, uint32_t index);
  void each(SectionId id, uint32_t first, uint32_t count, Element read_one);
  Reader section(SectionId id);
  bool present(SectionId id) const { return sections_[static_cast<unsigned>(id)].offset != 0; }
  void finish(Reader& reader);
  void out_of_memory();
  /// `count` numbers to sort: the caller's own where they are few, so that small modules need no scratch
  /// memory. nullptr: there is none, and the error says so.
  static constexpr uint32_t kFew = 24;
  uint32_t* scratch(uint32_t (&few)[kFew], uint32_t count);
  bool ok() const { return error_.code == ErrorCode::None; }
  void invalid(Reader& reader, Message message, uint32_t offset, uint32_t detail) {
    reader.fail_at(message, offset, detail);
  }

  // type_section.cpp
  void read_type(Reader& reader, uint32_t index);
  void read_value_types(Reader& reader, uint16_t& count, uint16_t& slots, uint32_t most, Message beyond,
                        uint32_t types);
  void read_function_type(Reader& reader, FuncType& type, uint32_t types);
  void find_equal_types();

  // recursive_types.cpp: the type section of builds with typed references.
  uint32_t read_types(bool store);
  uint32_t read_group(Reader& reader, uint32_t first, uint32_t limit, bool store);
  void read_subtype(Reader& reader, FuncType& type, uint32_t index, uint32_t types);
  void read_composite_type(Reader& reader, FuncType& type, uint32_t types);
  void read_continuation_type(Reader& reader, FuncType& type, uint32_t types);
  void read_fields(Reader& reader, FuncType& type, uint32_t count, uint32_t types);
  void check_supertype(Reader& reader, uint32_t index, uint32_t offset);

  // definitions.cpp: imports, functions, tables, memories, globals, start.
  void read_imports(bool store);
  void read_import(Reader& reader, bool store, uint32_t (&counts)[5]);
  void read_import_group(Reader& reader, uint8_t form, bool store, uint32_t (&counts)[5]);
  void store_import(Reader& reader, ExternKind kind, const ExternType& type, uint32_t index);
  void check_function_type(Reader& reader, uint32_t type, uint32_t offset);
  void store_tag(Reader& reader, uint32_t index, uint32_t type, uint32_t offset);
  void note_addresses(const Limits& limits) {
    if constexpr (enabled(Proposal::Memory64)) module_.long_addresses |= limits.is_64;
  }
  void read_function(Reader& reader, uint32_t index);
  void read_table(Reader& reader, uint32_t index);
  void read_memory(Reader& reader, uint32_t index);
  void read_global(Reader& reader, uint32_t index);
  void read_tag(Reader& reader, uint32_t index);
  void read_start();

  // export_section.cpp
  void read_exports();
  void read_export(Reader& reader, uint32_t index);
  void check_export(Reader& reader, unsigned kind, uint32_t index, uint32_t offset);
  void check_names_differ(uint32_t count);
  void duplicate(const uint8_t* name);

  // segments.cpp: elements, data, code.
  void read_element(Reader& reader, uint32_t index);
  void read_items(Reader& reader, ElementSegment& segment);
  void read_data(Reader& reader, uint32_t index);
  void read_segment(Reader& reader, DataSegment& segment);
  void frame_body(Reader& reader, uint32_t index);

  Pool& pool_;
  Module& module_;
  Error& error_;
  Section sections_[kSections];
  bool prefix_ = false;  ///< code and data are still to come
};

/// Orders `count` numbers so that less(context, a, b) holds between neighbours or they are equal. In place,
/// no recursion, n log n comparisons whatever the numbers are.
void sort(uint32_t* numbers, uint32_t count, const void* context,
          bool (*less)(const void* context, uint32_t a, uint32_t b));

}  // namespace mote::wasm
