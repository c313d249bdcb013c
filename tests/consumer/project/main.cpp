// SPDX-License-Identifier: Apache-2.0
// A user's program: a module that adds, called with arguments.
#include <mote/mote.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>

// (module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
static constexpr uint8_t kAdd[] = {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x07, 0x01,
                                   0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7f, 0x03, 0x02, 0x01, 0x00, 0x07,
                                   0x07, 0x01, 0x03, 'a',  'd',  'd',  0x00, 0x00, 0x0a, 0x09, 0x01,
                                   0x07, 0x00, 0x20, 0x00, 0x20, 0x01, 0x6a, 0x0b};

static int fail(const mote::Error& error) {
  std::fprintf(stderr, "%s\n", error.message);
  return 1;
}

int main() {
  alignas(8) static std::byte pool[8 * 1024];
  mote::Engine engine(pool);
  auto module = engine.load(kAdd);
  if (!module) return fail(module.error());
  auto instance = engine.instantiate(*module);
  if (!instance) return fail(instance.error());
  const auto sum = instance->call<int32_t>("add", 2, 3);
  if (!sum) return fail(sum.error());
  std::printf("2 + 3 = %d\n", *sum);
}
