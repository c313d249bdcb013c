// SPDX-License-Identifier: Apache-2.0
// Any bytes: loaded, instantiated, every exported function called, on each tier. Nothing may crash, hang, or
// stay behind in the pool. That tiers agree is the matter of src/native/differential_test.cpp.
#include <mote/bind.hpp>
#include <mote/mote.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

using mote::Value;

constexpr uint64_t kFuel = 20'000;
constexpr size_t kMost = 16;  // parameters and results of a function that is called

void nothing() {}
void print(int32_t) {}
constexpr mote::HostFunction kHost[] = {mote::bind<nothing>("env", "start_timer"),
                                        mote::bind<nothing>("env", "end_timer"),
                                        mote::bind<print>("env", "print")};

alignas(16) std::byte pool[1 << 20];

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

void call(const mote::Instance& instance, std::string_view name) {
  const auto function = instance.function(name);
  if (!function) return;
  const mote::ExternType type = function->type();
  if (type.param_count() > kMost || type.result_count() > kMost) return;
  std::array<Value, kMost> arguments, results;
  for (uint32_t i = 0; i < type.param_count(); ++i) arguments[i] = Value(type.param(i), 0);
  instance.set_fuel(kFuel);
  const auto done =
      function->call({arguments.data(), type.param_count()}, {results.data(), type.result_count()});
  if (!done && done.error().code == mote::ErrorCode::Suspended) instance.kill();
}

void run(std::span<const uint8_t> bytes, const mote::LoadOptions& options) {
  mote::Engine engine(pool);
  const size_t before = engine.usage().used;
  {
    auto module = engine.load(bytes, options);
    if (!module) {
      if (module.error().message[0] == 0) fail("an error that says nothing");
    } else if (auto instance = engine.instantiate(*module, {.functions = kHost},
                                                  {.stack_bytes = 16'384, .fuel = kFuel})) {
      module->exports([&](const mote::ExportInfo& item) { call(*instance, item.name); });
    }
  }
  if (engine.usage().used != before) fail("something stayed in the pool");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Where the bytes end is where they end: a copy of their size, so that reading on is seen.
  const std::vector<uint8_t> bytes(data, data + size);
  run(bytes, {});
  run(bytes, {.tier = mote::Tier::Native, .bounds = mote::Bounds::Software, .fuel = true});
  run(bytes, {.tier = mote::Tier::Native, .bounds = mote::Bounds::GuardPages, .fuel = true});
  return 0;
}
