// SPDX-License-Identifier: Apache-2.0
#include "wasm/disassemble.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <type_traits>

namespace mote::wasm {

namespace {

/// Puts numbers, types and names into text. Each is preceded by a space unless it says otherwise.
class Writer {
 public:
  Writer(const Module& module, TextSink sink) : module_(module), sink_(sink) {}

  void text(std::string_view piece) { sink_.write(sink_.context, piece); }

  template <class T>
  void number(T value, int base = 10) {
    char digits[72];
    const auto end = std::to_chars(digits, digits + sizeof digits, value, base).ptr;
    text({digits, static_cast<size_t>(end - digits)});
  }
  void hex(uint64_t value, unsigned digits) {
    for (unsigned i = digits; i > 0; --i) text({&"0123456789abcdef"[(value >> (4 * (i - 1))) & 15], 1});
  }
  template <class T>
  void indexed(std::string_view before, T index, std::string_view after = "") {
    text(before);
    number(index);
    text(after);
  }

  /// A float, exactly: decimal digits that read back as the same bits, or a NaN with its payload.
  template <class F>
  void real(std::make_unsigned_t<std::conditional_t<sizeof(F) == 4, int32_t, int64_t>> bits) {
    const F value = std::bit_cast<F>(bits);
    if (!std::isnan(value)) {
      char digits[40];
      const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
      return text({digits, static_cast<size_t>(end - digits)});
    }
    constexpr unsigned kMantissa = sizeof(F) == 4 ? 23 : 52;
    text(bits >> (8 * sizeof(F) - 1) ? "-nan:0x" : "nan:0x");
    number(bits & ((decltype(bits){1} << kMantissa) - 1), 16);
  }

  void heap_type(int64_t heap) {
    constexpr std::string_view kNames[] = {
        "exn",  "array", "struct",   "i31",    "eq",    "any",   "extern",
        "func", "none",  "noextern", "nofunc", "noexn", "nocont"};  // 0x69 to 0x75
    const int64_t code = heap + 0x80;
    if (heap >= 0) return indexed("", heap);
    if (code == 0x68) return text("cont");
    text(code >= 0x69 && code <= 0x75 ? kNames[code - 0x69] : "?");
  }
  void value_type(Reader& reader, uint8_t code) {
    if (code == 0x63 || code == 0x64) {
      text(code == 0x63 ? "(ref null " : "(ref ");
      heap_type(reader.s33());
      return text(")");
    }
    const ValType type{code};
    if (type.is_number() || type == kV128) return text(name_of(type));
    heap_type(static_cast<int64_t>(code) - 0x80);
    text("ref");
  }

  void block_type(Reader& reader) {
    const int64_t type = reader.s33();
    if (type == -0x40) return;
    if (type >= 0) return indexed(" (type ", type, ")");
    text(" (result ");
    value_type(reader, static_cast<uint8_t>(type & 0x7f));
    text(")");
  }

  void memarg(Reader& reader, unsigned natural) {
    const uint32_t flags = reader.u32();
    const uint32_t align = flags & ~0x40u;
    if (flags & 0x40) indexed(" ", reader.u32());
    const uint64_t offset = reader.u64();
    if (offset != 0) indexed(" offset=", offset);
    if (align != natural && align < 64) indexed(" align=", uint64_t{1} << align);
  }

  void labels(Reader& reader) {
    for (uint64_t left = uint64_t{reader.u32()} + 1; left > 0 && reader.ok(); --left)
      indexed(" ", reader.u32());
  }
  void value_types(Reader& reader) {
    text(" (result");
    for (uint32_t left = reader.u32(); left > 0 && reader.ok(); --left) {
      text(" ");
      value_type(reader, reader.u8());
    }
    text(")");
  }
  void catches(Reader& reader) {
    constexpr std::string_view kNames[] = {" (catch", " (catch_ref", " (catch_all", " (catch_all_ref"};
    for (uint32_t left = reader.u32(); left > 0 && reader.ok(); --left) {
      const unsigned kind = reader.u8() & 3;
      text(kNames[kind]);
      if (kind < 2) indexed(" ", reader.u32());
      indexed(" ", reader.u32(), ")");
    }
  }
  void handlers(Reader& reader) {
    for (uint32_t left = reader.u32(); left > 0 && reader.ok(); --left) {
      const bool switches = reader.u8() == 1;
      indexed(" (on ", reader.u32());
      if (switches) {
        text(" switch)");
      } else {
        indexed(" ", reader.u32(), ")");
      }
    }
  }
  void bytes(Reader& reader, bool lanes) {
    const uint8_t* at = reader.bytes(16);
    if (!at) return;
    if (!lanes) text(" i8x16");
    for (unsigned i = 0; i < 16; ++i) indexed(" ", at[i]);
  }

  /// Two indices whose order differs between binary and text, or that the text wraps.
  bool special(Reader& reader, Immediate immediate) {
    if (immediate == Immediate::TypeTable) {
      const uint32_t type = reader.u32(), table = reader.u32();
      if (table != 0) indexed(" ", table);
      indexed(" (type ", type, ")");
      return true;
    }
    if (immediate == Immediate::DataMemory || immediate == Immediate::ElementTable) {
      const uint32_t segment = reader.u32(), place = reader.u32();
      if (place != 0) indexed(" ", place);
      indexed(" ", segment);
      return true;
    }
    return false;
  }

  void field(Reader& reader, char field, const OpcodeRow& row) {
    switch (field) {
      case 'u':
        return indexed(" ", reader.u32());
      case '1':
        return indexed(" ", reader.u8());
      case 'b':
        return block_type(reader);
      case 'm':
        return memarg(reader, row.align);
      case 'h':
        text(" ");
        return heap_type(reader.s33());
      case 'i':
        return indexed(" ", reader.s32());
      case 'l':
        return indexed(" ", reader.s64());
      case 'f':
        text(" ");
        return real<float>(reader.fixed32());
      case 'd':
        text(" ");
        return real<double>(reader.fixed64());
      case 'q':
        return bytes(reader, row.immediate == Immediate::Lanes16);
      case 'L':
        return labels(reader);
      case 'V':
        return value_types(reader);
      case 'C':
        return catches(reader);
      default:
        return handlers(reader);
    }
  }

  void immediates(Reader& reader, const OpcodeRow& row) {
    if (special(reader, row.immediate)) return;
    const Reader before = reader;
    for (const char* f = fields_of(row.immediate); *f && reader.ok(); ++f) field(reader, *f, row);
    if (row.immediate != Immediate::Function || !reader.ok()) return;
    Reader index = before;
    const std::string_view name = function_name(module_, index.u32());
    if (name.empty()) return;
    text(" (;");
    for (const char& c : name)
      text(static_cast<uint8_t>(c) < 0x20 || c == 0x7f ? "?" : std::string_view(&c, 1));
    text(";)");
  }

 private:
  const Module& module_;
  TextSink sink_;
};

bool opens(Immediate immediate) {
  return immediate == Immediate::Block || immediate == Immediate::TryTable;
}
bool outdents(Op op) {
  return op == Op::End || op == Op::Else || op == Op::Catch || op == Op::CatchAll || op == Op::Delegate;
}

void write_locals(Reader& reader, Writer& writer) {
  for (uint32_t groups = reader.u32(); groups > 0 && reader.ok(); --groups) {
    writer.text("  ");
    writer.hex(reader.offset(), 6);
    writer.indexed(":   (local ", reader.u32(), " x ");
    writer.value_type(reader, reader.u8());
    writer.text(")\n");
  }
}

}  // namespace

Op write_instruction(Reader& reader, const Module& module, TextSink sink) {
  Op op{};
  const OpcodeRow row = read_opcode(reader, op);
  if (!reader.ok()) return op;
  Writer writer(module, sink);
  writer.text(name_of(op));
  writer.immediates(reader, row);
  return op;
}

bool disassemble(const Module& module, uint32_t function, TextSink sink, Error& error) {
  error = Error{};
  Bodies bodies(module);
  Body body;
  bool found = function >= module.imported_functions;
  for (uint32_t i = module.imported_functions; found && i <= function; ++i) found = bodies.next(body);
  if (!found) {
    error.code = ErrorCode::NotFound;
    error.say("no function of this index has a body");
    error.function = function;
    return false;
  }
  Writer writer(module, sink);
  Reader reader(body.begin, body.end, module.bytes.data(), error);
  write_locals(reader, writer);
  uint32_t depth = 1;
  while (reader.ok() && !reader.at_end()) {
    Reader peek = reader;
    Op op{};
    const OpcodeRow row = read_opcode(peek, op);
    if (!peek.ok()) break;
    if (outdents(op) && depth > 0) --depth;
    writer.text("  ");
    writer.hex(reader.offset(), 6);
    writer.text(": ");
    for (uint32_t i = 0; i < depth && i < 40; ++i) writer.text("  ");
    write_instruction(reader, module, sink);
    writer.text("\n");
    if (opens(row.immediate) || (outdents(op) && op != Op::End && op != Op::Delegate)) ++depth;
  }
  error.function = reader.ok() ? Error::kNoOffset : function;
  return reader.ok();
}

}  // namespace mote::wasm
