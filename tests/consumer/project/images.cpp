// SPDX-License-Identifier: Apache-2.0
// A user's program without any compiler: it runs the images that were made when it was built, and nothing
// else.
#include <mote/mote.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>

extern "C" const uint8_t add_vm_begin[], add_vm_end[], add_native_begin[], add_native_end[];

static int fail(const mote::Error& error) {
  std::fprintf(stderr, "%s\n", error.message);
  return 1;
}

/// 2 + 3, by the image's code; negative: it does not run.
static int32_t add(std::span<const uint8_t> image) {
  alignas(8) static std::byte pool[128 * 1024];
  mote::Engine engine(pool);
  auto module = engine.load_image(image, {.trusted = true});
  if (!module) return -fail(module.error());
  auto instance = engine.instantiate(*module, {}, {.stack_bytes = 8192});
  if (!instance) return -fail(instance.error());
  const auto sum = instance->call<int32_t>("add", 2, 3);
  return sum ? *sum : -fail(sum.error());
}

int main() {
  const int32_t sum = add({add_vm_begin, add_vm_end});
  if (sum != add({add_native_begin, add_native_end})) return 1;
  alignas(8) static std::byte pool[8 * 1024];
  mote::Engine engine(pool);
  const auto module = engine.load({add_vm_begin, add_vm_end});
  if (module || std::strstr(module.error().message, "no compiler") == nullptr) return 1;
  std::printf("2 + 3 = %d\n", sum);
}
