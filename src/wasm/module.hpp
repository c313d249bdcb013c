// SPDX-License-Identifier: Apache-2.0
// A decoded module: small tables in the pool over bytes that stay where they are (flash, a file mapping).
// Everything but function bodies is validated when decode() returns.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "config/tiers.hpp"
#include "runtime/pool.hpp"
#include "wasm/reader.hpp"
#include "wasm/types.hpp"
#include "wasm/walk.hpp"

namespace mote::wasm {

enum class ExternKind : uint8_t { Function = 0, Table = 1, Memory = 2, Global = 3, Tag = 4 };

/// One import or export as the bytes have it; made on demand by the iterators below, never stored.
struct Import {
  std::string_view module;
  std::string_view name;
  ExternKind kind = ExternKind::Function;
  uint32_t index = 0;   ///< in the index space of its kind
  uint32_t offset = 0;  ///< byte offset of the import
};

struct Export {
  std::string_view name;
  ExternKind kind = ExternKind::Function;
  uint32_t index = 0;
};

/// A constant expression, kept as the place of its (validated) bytes.
struct ConstExpr {
  const uint8_t* at = nullptr;
};

struct Global {
  GlobalType type;
  ConstExpr init;     ///< at == nullptr for an import
  uint16_t slot = 0;  ///< of a defined global: its first slot in the instance; filled by the compiler
};

struct Table {
  TableType type;
  ConstExpr init;  ///< at == nullptr: null
};

enum class SegmentMode : uint8_t { Active, Passive, Declarative };

struct DataSegment {
  const uint8_t* bytes = nullptr;
  uint32_t size = 0;
  ConstExpr offset;     ///< Active only
  uint16_t memory = 0;  ///< Active only
  SegmentMode mode = SegmentMode::Passive;
};

struct ElementSegment {
  const uint8_t* items = nullptr;  ///< first function index (LEB128) or first constant expression
  uint32_t count = 0;
  ConstExpr offset;  ///< Active only
  ValType type;
  uint16_t table = 0;  ///< Active only
  SegmentMode mode = SegmentMode::Passive;
  bool expressions = false;  ///< items are constant expressions, not function indices
};

/// Table of `count` rows in the pool.
template <class T>
struct Rows {
  T* data = nullptr;
  uint32_t count = 0;
  T& operator[](uint32_t i) { return data[i]; }
  const T& operator[](uint32_t i) const { return data[i]; }
  T* begin() const { return data; }
  T* end() const { return data + count; }
};

/// Tags of exceptions: index of each one's type, imports first.
struct Tags {
  uint16_t* data = nullptr;
  uint32_t count = 0;
  uint32_t imported = 0;
  uint16_t operator[](uint32_t i) const { return data[i]; }
};
/// In builds without exceptions: no code that is kept refers to it.
struct NoTags {
  static inline uint16_t* data = nullptr;
  static inline uint32_t count = 0, imported = 0;
  uint16_t operator[](uint32_t) const { return 0; }
};
/// A build that only loads images of small profiles takes those with exceptions if it is asked to.
inline constexpr bool kExceptions =
    enabled(Proposal::ExceptionHandling) && (kTypedReferences || config::kWholeLoader);

struct Module {
  std::span<const uint8_t> bytes;
  Rows<FuncType> types;
  Rows<uint16_t> functions;  ///< index of each function's type, imports first
  Rows<Table> tables;        ///< imports first, as in all index spaces
  Rows<MemoryType> memories;
  Rows<Global> globals;
  Rows<ElementSegment> elements;
  Rows<DataSegment> data;
  [[no_unique_address]] std::conditional_t<kExceptions, Tags, NoTags> tags;
  uint32_t* declared = nullptr;  ///< bitmap: functions that references may name (core spec, 3.4.1 "refs")
  uint32_t imported_functions = 0, imported_tables = 0, imported_memories = 0, imported_globals = 0;
  uint32_t start = kNone;                   ///< start function, or kNone
  const uint8_t* import_section = nullptr;  ///< at its count; nullptr when absent. Likewise below.
  const uint8_t* export_section = nullptr;
  const uint8_t* code_section = nullptr;
  uint32_t code_size = 0;                 ///< bytes of the code section's contents
  const uint8_t* name_section = nullptr;  ///< payload of the custom section "name" (after its name)
  uint32_t name_section_size = 0;
  bool has_data_count = false;
  bool long_addresses = false;  ///< some memory or table has 64-bit ones (memory64)
  void* storage = nullptr;      ///< the one block of the pool that holds all rows and the bitmap

  static constexpr uint32_t kNone = 0xffff'ffff;

  /// Sets long_addresses by all memories and tables.
  void note_long_addresses() {
    if constexpr (enabled(Proposal::Memory64)) {
      for (const Table& table : tables) long_addresses |= table.type.limits.is_64;
      for (const MemoryType& memory : memories) long_addresses |= memory.limits.is_64;
    }
  }

  const FuncType& type_of(uint32_t function) const { return types[functions[function]]; }
  const FuncType& type_of_tag(uint32_t tag) const { return types[tags[tag]]; }
  uint32_t defined_functions() const { return functions.count - imported_functions; }
  bool is_declared(uint32_t function) const { return (declared[function / 32] >> (function % 32)) & 1; }
  void declare(uint32_t function) { declared[function / 32] |= 1u << (function % 32); }
};

/// Decodes and validates everything but function bodies. On failure `error` says why, the pool is as it was
/// before, and the result is false. The module's tables are owned by the caller: release() gives them back.
bool decode(std::span<const uint8_t> bytes, Pool& pool, Module& module, Error& error);
/// Likewise what comes before the code section, when the rest has not arrived yet. Functions have no bodies
/// and data segments no bytes; with a data count section there is a row for each.
bool decode_prefix(std::span<const uint8_t> bytes, Pool& pool, Module& module, Error& error);
/// Reads the contents of the data section into `rows`, which have room for as many as it has (Module::data of
/// a prefix need not). `base` is what error offsets count from.
bool decode_data(std::span<const uint8_t> section, const uint8_t* base, Module& module,
                 std::span<DataSegment> rows, Error& error);
void release(Module& module, Pool& pool);

/// Walks the import section; functions' types are found through Module::functions and so on.
class Imports {
 public:
  explicit Imports(const Module& module);
  bool next(Import& import);

 private:
  bool next_of_group(Import& import);
  void set_kind(Import& import, uint8_t kind);

  /// Imports from one module that lie together (compact-import-section).
  struct Group {
    std::string_view module;
    const uint8_t* type = nullptr;  ///< of all, or nullptr: each has its own
    uint32_t left = 0;
  };

  const Module& module_;
  const uint8_t* at_;
  uint32_t left_ = 0;
  uint32_t counts_[8] = {};
  Group group_;
};

class Exports {
 public:
  explicit Exports(const Module& module);
  bool next(Export& item);

 private:
  const Module& module_;
  const uint8_t* at_;
  uint32_t left_ = 0;
};

bool find_export(const Module& module, std::string_view name, Export& found);
/// The order of two names: shorter ones first. 0: they are equal.
int compare_names(std::string_view a, std::string_view b);
inline bool same_name(std::string_view a, std::string_view b) {
  return compare_names(a, b) == 0;
}

/// A function's body: its locals' declarations and code, in order of definition.
struct Body {
  const uint8_t* begin = nullptr;  ///< at the vector of locals
  const uint8_t* end = nullptr;    ///< past the final `end`
  const uint8_t* base = nullptr;   ///< what byte offsets count from: the module's begin, if it is all there
};

class Bodies {
 public:
  explicit Bodies(const Module& module);
  bool next(Body& body);

 private:
  const Module& module_;
  const uint8_t* at_;
  uint32_t left_ = 0;
};

/// The name of a function from the name section, or of its export or import; empty when there is none.
std::string_view function_name(const Module& module, uint32_t function);

}  // namespace mote::wasm
