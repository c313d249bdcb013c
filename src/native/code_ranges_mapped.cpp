// SPDX-License-Identifier: Apache-2.0
#include "native/code_ranges.hpp"

#include <atomic>

namespace mote::native {

namespace {

/// begin is written last and cleared first.
struct Range {
  std::atomic<uintptr_t> begin;
  std::atomic<uintptr_t> end;
};
Range g_code[kMostCode];
std::atomic<size_t> g_used;  ///< ranges that were ever used: where is_code() stops looking

}  // namespace

bool is_code(uintptr_t pc) {
  const size_t used = g_used.load(std::memory_order_acquire);
  for (size_t i = 0; i < used; ++i) {
    const uintptr_t begin = g_code[i].begin.load(std::memory_order_acquire);
    if (begin != 0 && pc >= begin && pc < g_code[i].end.load(std::memory_order_relaxed)) return true;
  }
  return false;
}

bool add_code(const uint8_t* code, size_t bytes) {
  const auto begin = reinterpret_cast<uintptr_t>(code);
  for (size_t i = 0; i < kMostCode; ++i) {
    uintptr_t free = 0;
    if (!g_code[i].begin.compare_exchange_strong(free, 1)) continue;  // 1: taken, matches no address
    g_code[i].end.store(begin + bytes, std::memory_order_relaxed);
    g_code[i].begin.store(begin, std::memory_order_release);
    size_t used = g_used.load();
    while (used < i + 1 && !g_used.compare_exchange_weak(used, i + 1)) {
    }
    return true;
  }
  return false;
}

void remove_code(const uint8_t* code) {
  for (Range& range : g_code) {
    if (range.begin.load() == reinterpret_cast<uintptr_t>(code)) {
      range.begin.store(0);
      return;
    }
  }
}

}  // namespace mote::native
