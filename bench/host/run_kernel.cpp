// SPDX-License-Identifier: Apache-2.0
// Runs a kernel's module on the host: `run_kernel FILE [COUNT [TIER]]` calls its export "repeat" with COUNT
// (default 1) on vm (the default), x64 (guard pages) or x64-software, and prints the check value.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <mote/mote.hpp>
#include <string_view>
#include <vector>

namespace {

int fail(const char* what, const mote::Error& error) {
  std::fprintf(stderr, "run_kernel: %s: %s (byte %u)\n", what, error.message, unsigned{error.offset});
  return 1;
}

int run(const std::vector<uint8_t>& wasm, uint32_t count, std::string_view tier) {
  std::vector<std::byte> pool(1 << 20);
  mote::Engine engine(pool);
  mote::LoadOptions options;
  if (tier != "vm") options.tier = mote::Tier::Native;
  if (tier == "x64-software") options.bounds = mote::Bounds::Software;
  auto module = engine.load(wasm, options);
  if (!module) return fail("load", module.error());
  auto instance = engine.instantiate(*module, {}, {.stack_bytes = 16 * 1024});
  if (!instance) return fail("instantiate", instance.error());
  auto repeat = instance->function("repeat");
  if (!repeat) return fail("repeat", repeat.error());
  const mote::Value arguments[] = {mote::Value::i32(static_cast<int32_t>(count))};
  mote::Value results[] = {mote::Value::i32(0)};
  const auto done = repeat->call(arguments, results);
  if (!done) return fail("call", done.error());
  std::printf("0x%08x\n", static_cast<unsigned>(results[0].bits));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: run_kernel FILE [COUNT [TIER]]\n");
    return 2;
  }
  std::ifstream file(argv[1], std::ios::binary);
  const std::vector<uint8_t> wasm((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (wasm.empty()) {
    std::fprintf(stderr, "run_kernel: cannot read %s\n", argv[1]);
    return 2;
  }
  const uint32_t count = argc > 2 ? static_cast<uint32_t>(std::strtoul(argv[2], nullptr, 0)) : 1;
  const std::string_view tier = argc > 3 ? argv[3] : "vm";
  if (tier != "vm" && tier != "x64" && tier != "x64-software") {
    std::fprintf(stderr, "run_kernel: no tier is called %s; there are: vm x64 x64-software\n", argv[3]);
    return 2;
  }
  return run(wasm, count, tier);
}
