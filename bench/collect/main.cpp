// SPDX-License-Identifier: Apache-2.0
// What a collection costs on the board: of a heap of 64 KB full of a list's nodes, when all live and when
// none does. Prints one line of JSON; scripts/bench reads it.
#include <cstdio>
#include <mote/mote.hpp>

#include "counter.hpp"

namespace {

alignas(8) std::byte pool[96 * 1024];

/// (type $node (struct (field (ref null $node)) (field i32))), a global list; keep(n) makes it of n nodes,
/// drop() empties it.
constexpr uint8_t kModule[] = {
    0,  'a',  's', 'm',  1,    0,    0,    0,    1,  15,   3, 0x5f, 2,    0x63, 0,    1, 0x7f,
    1,  0x60, 1,   0x7f, 0,    0x60, 0,    0,                                                // types
    3,  3,    2,   1,    2,                                                                  // functions
    6,  7,    1,   0x63, 0,    1,    0xd0, 0,    11,                                         // global
    7,  15,   2,   4,    0x6b, 0x65, 0x65, 0x70, 0,  0,    4, 0x64, 0x72, 0x6f, 0x70, 0, 1,  // exports
    10, 0x20, 2,   0x17, 0,    3,    0x40, 0x23, 0,  0x20, 0, 0xfb, 0,    0,    0x24, 0, 0x20,
    0,  0x41, 1,   0x6b, 0x22, 0,    13,   0,    11, 11,   6, 0,    0xd0, 0,    0x24, 0, 11,  // code
};

int fail(const char* what, const mote::Error& error) {
  std::printf("{\"error\": \"%s: %s\", \"detail\": %u}\n", what, error.message,
              static_cast<unsigned>(error.detail));
  return 1;
}

}  // namespace

int main() {
  constexpr int32_t kNodes = 4000;  // of 16 bytes
  mote::Engine engine(pool);
  auto module = engine.load(kModule);
  if (!module) return fail("load", module.error());
  auto instance = engine.instantiate(*module, {}, {.stack_bytes = 1024});
  if (!instance) return fail("instantiate", instance.error());
  if (const auto kept = instance->call<void>("keep", kNodes); !kept) return fail("keep", kept.error());
  mote::bench::Counter counter;
  engine.collect();
  const uint32_t live = counter.lap();
  const mote::HeapUsage usage = engine.heap_usage();
  if (const auto dropped = instance->call<void>("drop"); !dropped) return fail("drop", dropped.error());
  counter.lap();
  engine.collect();
  const uint32_t dead = counter.lap();
  std::printf(
      "{\"bytes\": %u, \"objects\": %u, \"arenas\": %u, \"collections\": %u, \"steps\": %u, \"live\": %u, "
      "\"dead\": %u}\n",
      unsigned(usage.live_bytes), unsigned(usage.live_objects), unsigned(usage.arenas),
      unsigned(usage.collections), unsigned(usage.longest_pause), unsigned(live), unsigned(dead));
  return 0;
}
