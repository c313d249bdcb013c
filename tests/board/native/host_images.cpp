// SPDX-License-Identifier: Apache-2.0
// Images that the host has made, in flash: what this build can run runs, and what it cannot is refused by
// name. Built with the CPU's compiler alone, with no compiler at all, and as the smallest loader
// (./CMakeLists.txt).
#include <mote/mote.hpp>

#include <cstdio>
#include <cstring>

#include "runtime/instance.hpp"

extern "C" const uint8_t exceptions_vm_begin[], exceptions_vm_end[], exceptions_begin[], exceptions_end[];
extern "C" const uint8_t fenced_begin[], fenced_end[];

namespace {

using mote::config::kInterpreter;
using mote::config::kMpu;

alignas(8) std::byte pool[256 * 1024];

unsigned failures = 0;
void expect(const char* what, bool good) {
  if (good) return;
  ++failures;
  std::printf("FAILED: %s\n", what);
}

/// With `why` not nullptr it is refused so.
template <class Use>
void load(const char* what, std::span<const uint8_t> image, const char* why, Use use) {
  mote::Engine engine(pool);
  const auto module = engine.load_image(image, {.trusted = true});
  if (why != nullptr)
    return expect(what, !module && module.error().code == mote::ErrorCode::ImageMismatch &&
                            std::strstr(module.error().message, why) != nullptr);
  if (!module) return expect(module.error().message, false);
  const auto instance = engine.instantiate(*module, {}, {.stack_bytes = 2048});
  if (!instance) return expect(instance.error().message, false);
  use(*instance);
}

void use_exceptions(const mote::Instance& instance) {
  const auto caught = instance.call<int32_t>("catch", 5), again = instance.call<int32_t>("again", 100),
             kept = instance.call<int32_t>("global", 123);
  expect("catch", caught && *caught == 5);
  expect("again", again && *again == 5050);
  expect("global", kept && *kept == 123);
  const auto thrown = instance.call<void>("throw", 7);
  expect("throw", !thrown && thrown.error().trap == mote::Trap::Exception);
}

void use_memory(const mote::Instance& instance) {
  const auto inside = instance.call<int32_t>("read", 65532), outside = instance.call<int32_t>("read", 65533);
  expect("inside", inside && *inside == 0);
  expect("outside", !outside && outside.error().trap == mote::Trap::MemoryOutOfBounds);
}

}  // namespace

int main() {
  constexpr const char* kNoExceptions = mote::wasm::kExceptions ? nullptr : "has exceptions";
  load("vm", {exceptions_vm_begin, exceptions_vm_end}, kInterpreter ? kNoExceptions : "another CPU or tier",
       use_exceptions);
  load("native", {exceptions_begin, exceptions_end}, kNoExceptions, use_exceptions);
  load("mpu", {fenced_begin, fenced_end}, kMpu ? nullptr : "needs an MPU", use_memory);
  std::printf("compiler %d, interpreter %d, exceptions %d, mpu %d: %s\n", mote::config::kCompiler,
              kInterpreter, mote::wasm::kExceptions, kMpu, failures == 0 ? "passed" : "FAILED");
  return failures == 0 ? 0 : 1;
}
