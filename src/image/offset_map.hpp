// SPDX-License-Identifier: Apache-2.0
// An image's map from code to byte offsets of the module (SPEC.md, "Offset map"): for backtraces, where the
// module's own code is not at hand.
#pragma once
#include <cstdint>
#include <type_traits>

#include "compile/offset_notes.hpp"
#include "config/tuning.hpp"
#include "image/format.hpp"
#include "runtime/instance.hpp"

namespace mote::image {

/// Code positions count in instructions' smallest steps.
constexpr uint32_t map_step(IsaId isa) {
  return isa == IsaId::X64 ? 1 : 2;
}

/// Puts a map together, function by function in the order of their code.
class OffsetMap {
 public:
  OffsetMap(Pool& pool, IsaId isa) : bytes_(pool), step_(map_step(isa)) {}

  /// A function's rows, whose code ends at `end`.
  void add(const compile::OffsetNotes& notes, uint32_t end);
  /// False: the pool was too small.
  bool complete() const { return complete_; }
  const uint8_t* data() const { return bytes_.data(); }
  uint32_t size() const { return bytes_.size(); }

 private:
  void put(uint32_t byte) { complete_ = bytes_.push(static_cast<uint8_t>(byte)) && complete_; }
  void number(uint32_t value);

  compile::Growing<uint8_t> bytes_;
  uint32_t step_;
  uint32_t position_ = 0, offset_ = 0;
  bool complete_ = true;
};

/// What a builder has to make a map.
struct MadeMapping {
  MadeMapping(Pool& pool, IsaId isa) : notes_of_function(pool), map(pool, isa) {}

  compile::NoteTaker notes(bool wanted) { return {wanted ? &notes_of_function : nullptr}; }
  /// A function is compiled, up to `end`.
  void take(uint32_t end) { map.add(notes_of_function, end); }

  /// nullptr: the pool was too small.
  const OffsetMap* complete_map() const { return map.complete() ? &map : nullptr; }

  compile::OffsetNotes notes_of_function;
  OffsetMap map;
};
struct NoMapping {
  NoMapping(Pool&, IsaId) {}

  compile::NoNoteTaker notes(bool) { return {}; }
  void take(uint32_t) {}
  const OffsetMap* complete_map() const { return nullptr; }
};
using Mapping = std::conditional_t<config::kMakesOffsetMaps, MadeMapping, NoMapping>;

/// The offset in the module that the code at `position` comes from, in the function whose entry is at
/// `entry`; Error::kNoOffset: the image has no map, or none of that place. Whatever bytes a map has, nothing
/// outside of the image is read.
uint32_t mapped_offset(const runtime::LoadedModule& module, uint32_t entry, uint32_t position);

}  // namespace mote::image
