// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <type_traits>

#include "compile/growing.hpp"
#include "config/tuning.hpp"

namespace mote::compile {

/// Where a function's code comes from, noted while it is written: for the offset maps of images. In the high
/// end of the pool, 8 bytes for each place at which the offset changes.
class OffsetNotes {
 public:
  /// Code from `position` on, up to the next row's, comes from `offset` in the module.
  struct Row {
    uint32_t position, offset;
  };

  explicit OffsetNotes(Pool& pool) : rows_(pool) {}

  /// What is written from `position` on comes from `offset`. Notes of code that has been taken back are
  /// forgotten.
  void add(uint32_t position, uint32_t offset) {
    while (!rows_.empty() && rows_.top().position >= position) rows_.pop();
    if (rows_.empty() || rows_.top().offset != offset)
      complete_ = rows_.push({position, offset}) && complete_;
  }
  /// The function's code has moved down as a whole.
  void move_down(uint32_t bytes) {
    for (uint32_t i = 0; i < rows_.size(); ++i) rows_[i].position -= bytes;
  }
  void clear() { rows_.truncate(0); }
  /// False: the pool was too small for some.
  bool complete() const { return complete_; }
  uint32_t size() const { return rows_.size(); }
  const Row& operator[](uint32_t index) const { return rows_[index]; }

 private:
  Growing<Row> rows_;
  bool complete_ = true;
};

/// Who notes, if somebody wants to know.
struct NoteTaker {
  OffsetNotes* notes = nullptr;

  /// A function begins.
  void begin() const {
    if (notes != nullptr) notes->clear();
  }
  void add(uint32_t position, uint32_t offset) const {
    if (notes != nullptr) notes->add(position, offset);
  }
  void move_down(uint32_t bytes) const {
    if (notes != nullptr) notes->move_down(bytes);
  }
};
/// In builds that make no maps.
struct NoNoteTaker {
  void begin() const {}
  void add(uint32_t, uint32_t) const {}
  void move_down(uint32_t) const {}
};
using Notes = std::conditional_t<config::kMakesOffsetMaps, NoteTaker, NoNoteTaker>;

}  // namespace mote::compile
