// SPDX-License-Identifier: Apache-2.0
// A model of NOR flash for tests and emulated boards. Cells live in memory that its owner gives, so that a
// CPU can run from them, and can be kept in a file (on boards by semihosting). Every rule that real flash has
// is enforced, power can be cut at any step, and erases are counted.
#pragma once
#include <mote/apps.hpp>

#include <cstdio>
#include <cstring>

namespace mote::apps {

struct NorGeometry {
  uint32_t erase_bytes = 4096;
  uint32_t page_bytes = 256;
  uint32_t write_bytes = 8;
};

class NorModel {
 public:
  static constexpr uint64_t kNeverCut = ~uint64_t{0};
  static constexpr uint32_t kEraseSteps = 4;  ///< moments in an erase at which power may go
  static constexpr uint32_t kMostBlocks = 256;

  NorModel(std::span<uint8_t> cells, const NorGeometry& geometry) : cells_(cells), geometry_(geometry) {}

  Flash flash() {
    return {cells_.data(),
            static_cast<uint32_t>(cells_.size()),
            geometry_.erase_bytes,
            geometry_.page_bytes,
            geometry_.write_bytes,
            [](void* self, uint32_t offset) { return static_cast<NorModel*>(self)->erase(offset); },
            [](void* self, uint32_t offset, const uint8_t* bytes, uint32_t size) {
              return static_cast<NorModel*>(self)->program(offset, bytes, size);
            },
            this};
  }

  /// Power goes after so many steps: a step is a programmed byte, or a quarter of an erase.
  void cut_after(uint64_t steps) { left_ = steps; }
  /// Power comes back.
  void power_up() { left_ = kNeverCut, dead_ = false; }
  bool dead() const { return dead_; }
  uint64_t steps() const { return steps_; }

  /// The first rule that was broken, or nullptr.
  const char* broken() const { return broken_; }
  uint32_t erases(uint32_t block) const { return wear_[block]; }
  uint32_t programs() const { return programs_; }

  void erase_all() { std::memset(cells_.data(), 0xff, cells_.size()); }
  bool save(const char* path) const {
    std::FILE* file = std::fopen(path, "wb");
    if (file == nullptr) return false;
    const bool ok = std::fwrite(cells_.data(), 1, cells_.size(), file) == cells_.size();
    return std::fclose(file) == 0 && ok;
  }
  bool load(const char* path) {
    std::FILE* file = std::fopen(path, "rb");
    if (file == nullptr) return false;
    const bool ok = std::fread(cells_.data(), 1, cells_.size(), file) == cells_.size();
    (void)std::fclose(file);
    return ok;
  }

 private:
  bool breaks(const char* rule) {
    if (broken_ == nullptr) broken_ = rule;
    return false;
  }

  /// One more step; false when power goes before it.
  bool step() {
    if (dead_ || left_ == 0) {
      dead_ = true;
      return false;
    }
    if (left_ != kNeverCut) --left_;
    ++steps_;
    return true;
  }

  bool erase(uint32_t offset) {
    if (offset % geometry_.erase_bytes != 0 || offset + geometry_.erase_bytes > cells_.size())
      return breaks("an erase takes a whole block");
    const uint32_t piece = geometry_.erase_bytes / kEraseSteps;
    for (uint32_t i = 0; i < kEraseSteps; ++i) {
      if (!step()) return false;
      if (i == 0) ++wear_[offset / geometry_.erase_bytes % kMostBlocks];
      // Cells come to one in no order that anyone may count on: here from the block's end, so that what was
      // written first outlives the rest longest.
      std::memset(cells_.data() + offset + (kEraseSteps - 1 - i) * piece, 0xff, piece);
    }
    return true;
  }

  bool program(uint32_t offset, const uint8_t* bytes, uint32_t size) {
    if (size == 0 || offset % geometry_.write_bytes != 0 || size % geometry_.write_bytes != 0)
      return breaks("a programming takes whole granules");
    if (offset / geometry_.page_bytes != (offset + size - 1) / geometry_.page_bytes)
      return breaks("a programming crosses no page");
    if (offset + size > cells_.size()) return breaks("a programming ends in the flash");
    ++programs_;
    for (uint32_t i = 0; i < size; ++i) {
      if (!step()) return false;
      if (cells_[offset + i] != 0xff) return breaks("a granule is programmed once after each erase");
      cells_[offset + i] = bytes[i];
    }
    return true;
  }

  std::span<uint8_t> cells_;
  NorGeometry geometry_;
  uint64_t left_ = kNeverCut, steps_ = 0;
  uint32_t wear_[kMostBlocks] = {};
  uint32_t programs_ = 0;
  const char* broken_ = nullptr;
  bool dead_ = false;
};

}  // namespace mote::apps
