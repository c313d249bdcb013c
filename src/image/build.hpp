// SPDX-License-Identifier: Apache-2.0
// From a module that arrives in pieces to an image, in one go: what comes before the code is stored as it is
// and decoded where it is stored, each function is compiled when its body is there, data segments pass
// through, and tables and header come last. Host and device make images by this alone.
#pragma once
#include <mote/error.hpp>

#include <span>

#include "compile/code_buffer.hpp"
#include "compile/function_compiler.hpp"
#include "image/format.hpp"
#include "image/hash.hpp"
#include "image/offset_map.hpp"
#include "image/rows.hpp"
#include "image/sink.hpp"
#include "runtime/instance.hpp"

namespace mote::image {

struct BuildOptions {
  IsaId isa = IsaId::Vm;                               ///< one of MOTE_COMPILERS
  runtime::Bounds bounds = runtime::Bounds::Software;  ///< others: where ISA and module allow it
  bool fuel = false;
  uint32_t features = 0;  ///< that the CPU has
  /// For builds of the profile full, with typed references; otherwise for the others.
  bool wide_types = wasm::kTypedReferences;
  bool names = false;  ///< keep the name section, for backtraces
  bool map = false;    ///< add an offset map, for backtraces; only where config::kMakesOffsetMaps
};

class Builder {
 public:
  /// Works in `pool`, which must be empty enough for tables, 4 bytes for each function, the largest body and
  /// the compiler's stacks. Pool and sink must outlive it.
  Builder(Pool& pool, const Sink& sink, const BuildOptions& options);
  ~Builder();
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  /// The module's next bytes, any number of them. False once error() is set; later calls do nothing.
  bool feed(std::span<const uint8_t> bytes);
  /// All bytes have been fed: writes the tables, and the header last.
  bool finish();

  const Error& error() const { return error_; }
  /// The image's length, after finish().
  uint32_t length() const { return header_.length; }
  const Header& header() const { return header_; }

 private:
  enum class State : uint8_t {
    Preamble,
    Id,
    Size,
    Keep,
    Skip,
    CustomSize,
    Custom,
    CodeCount,
    BodySize,
    Body,
    Names
  };
  enum Stage : uint8_t { kPrefix, kCode, kData, kEnd };  ///< which sections may still come

  // build.cpp: the stream.
  void step(std::span<const uint8_t>& bytes);
  uint32_t take(std::span<const uint8_t>& bytes, uint32_t most);
  bool leb(std::span<const uint8_t>& bytes);
  void preamble(std::span<const uint8_t>& bytes);
  void section();
  void keep(std::span<const uint8_t>& bytes);
  void custom_size(std::span<const uint8_t>& bytes);
  void custom(std::span<const uint8_t>& bytes);
  void end_name();
  void end_section();
  void begin_bodies();
  void body(std::span<const uint8_t>& bytes);
  bool fail(ErrorCode code, const char* message, uint32_t detail = 0);

  // emit.cpp: the image.
  void write_rows(const RowKind& kind, const std::byte* rows, uint32_t count);
  void write_field(Field field, const uint8_t* at);
  bool write(const void* bytes, uint32_t size);
  bool write_at(uint32_t offset, const void* bytes, uint32_t size);
  void align();
  bool begin_code();
  bool compile(const uint8_t* begin, uint32_t size);
  bool write_code();
  bool write_reserved();
  bool read_data();
  bool check_kept();
  void write_tables();
  void write_map();
  void write_header();
  uint32_t offset_of(const uint8_t* at) const;

  Pool& pool_;
  Sink sink_;
  BuildOptions options_;
  Error error_;
  Header header_{};
  runtime::LoadedModule loaded_;
  compile::CodeBuffer code_;
  compile::FunctionCompiler* compiler_ = nullptr;
  [[no_unique_address]] Mapping mapping_;
  wasm::DataSegment* data_ = nullptr;
  uint8_t* body_ = nullptr;   ///< collects a body that comes in pieces
  uint32_t body_bytes_ = 0;   ///< of it that are there
  uint32_t position_ = 0;     ///< in the image: where the next byte goes
  uint32_t reserved_ = 0;     ///< position of the code's reserved area
  uint32_t data_stream_ = 0;  ///< the data section's contents' offset in the module
  uint32_t stream_ = 0;       ///< bytes of the module that have come
  uint32_t left_ = 0;         ///< bytes of the section or body that are still to come
  uint32_t section_end_ = 0;  ///< of the code section, in the module
  uint32_t functions_ = 0;    ///< bodies that are compiled
  uint32_t bodies_ = 0;       ///< bodies in all
  uint32_t value_ = 0;        ///< of the number that is being read
  uint8_t shift_ = 0;
  uint32_t name_left_ = 0;   ///< bytes of a custom section's name that are still to come
  uint8_t scratch_[8] = {};  ///< a section's id and size, as they came; a character of a name
  uint8_t scratch_bytes_ = 0;
  State state_ = State::Preamble;
  Stage stage_ = kPrefix;
  bool is_name_ = false;  ///< the custom section is called "name", as far as it has come
  bool decoded_ = false;
};

}  // namespace mote::image
