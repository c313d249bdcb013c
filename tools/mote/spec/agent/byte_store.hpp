// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace mote::spec {

/// Keeps the modules' bytes, which must stay where they are for as long as anything of the module lives,
/// handles or not: an instance whose function sits in another's table lives on. The engine does not tell when
/// a module is gone for good, but its pool does: a stack of entries, each with the pool's level before it,
/// popped when the pool is back there. Levels are trusted only while nothing below the top was freed; without
/// them everything goes when the pool is empty.
class ByteStore {
 public:
  static constexpr size_t kEntries = 256;

  ByteStore() = default;
  explicit ByteStore(std::span<uint8_t> bytes) : bytes_(bytes) {}

  /// Room for a module, on top; an empty span with `missing` set when there is none. `level` is the pool's
  /// use now. The entry is an upload until accept() or refuse(); there is one at a time.
  std::span<uint8_t> push(size_t size, size_t level, size_t& missing);
  /// The upload became a module of that number.
  void accept(uint32_t module);
  /// The upload, if there is one, came to nothing: no one refers to it.
  void refuse();
  /// The module's handle is gone.
  void drop(uint32_t module);
  /// An instance of the module is gone.
  void instance_dropped(uint32_t module);
  /// Frees what can be known to be unused, now that the pool's use is `level`.
  void settle(size_t level, size_t empty_level);
  void clear() { count_ = 0; }

 private:
  static constexpr uint32_t kDropped = 0xffff'ffff;
  static constexpr uint32_t kUpload = 0xffff'fffe;
  static constexpr size_t kUntrusted = ~size_t{0};

  struct Entry {
    size_t end = 0;             ///< of its bytes, in bytes_
    size_t level = kUntrusted;  ///< the pool's use before it was loaded
    uint32_t module = kDropped;
  };

  void distrust();
  bool uploading() const { return count_ > 0 && entries_[count_ - 1].module == kUpload; }

  std::span<uint8_t> bytes_;
  Entry entries_[kEntries];
  size_t count_ = 0;
};

}  // namespace mote::spec
