// SPDX-License-Identifier: Apache-2.0
// Stopping native code that counts no fuel: a timer interrupts a guest after every number of instructions, it
// is suspended, resumed, and must compute what it does undisturbed.
#include <mote/cortex_m.hpp>
#include <mote/mote.hpp>

#include <cstdio>
#include <cstring>

#include "wasm/module_builder.hpp"

namespace {

using mote::wasm::test::Bytes;
using mote::wasm::test::join;
using mote::wasm::test::ModuleBuilder;
using mote::wasm::test::name;

alignas(8) std::byte pool[80 * 1024];
const mote::Instance* g_instance = nullptr;
uint32_t g_again = 0;  ///< instructions until the next interrupt; 0: none
uint32_t g_taken = 0, g_refused = 0;

volatile uint32_t& reg(uint32_t address) {
  return *reinterpret_cast<volatile uint32_t*>(address);
}
// SysTick (Armv7-M manual, B3.3): CSR, RVR, CVR. In QEMU it counts the CPU's clock (168 MHz of the
// STM32F405, 20 of AN505), while an instruction takes a nanosecond: PER_TICK to a tick.
constexpr uint32_t kCsr = 0xe000'e010, kRvr = 0xe000'e014, kCvr = 0xe000'e018;
constexpr uint32_t kPerTick = PER_TICK;

void stop() {
  reg(kCsr) = 0;
}

/// Executes so many no-operations, at most 63.
[[gnu::noinline]] void pass(uint32_t instructions) {
  asm volatile(
      "adr    r3, 1f\n\t"
      "sub    r3, r3, %0, lsl #1\n\t"
      "orr    r3, r3, #1\n\t"
      "bx     r3\n\t"
      ".balign 4\n\t"
      ".rept 64\n\t"
      "nop\n\t"
      ".endr\n\t"
      "1:" ::"r"(instructions)
      : "r3", "memory");
}

/// An interrupt after about so many instructions: one more is one later.
void arm(uint32_t instructions) {
  stop();
  reg(kRvr) = instructions / kPerTick + 1;
  reg(kCvr) = 0;
  pass(kPerTick - 1 - instructions % kPerTick);
  reg(kCsr) = 7;
}

extern "C" void tick(uint32_t* frame) {
  stop();
  g_instance->interrupt();
  if (mote_preempt(frame)) {
    ++g_taken;
    return;
  }
  ++g_refused;
  arm(100);  // longer than the way out of here
}

extern "C" [[gnu::naked]] void SysTick_Handler() {
  asm volatile(
      "tst    lr, #4\n\t"
      "ite    eq\n\t"
      "mrseq  r0, msp\n\t"
      "mrsne  r0, psp\n\t"
      "b      tick");
}

int32_t next(int32_t x) {
  return x * 1103515245 + 12345;
}
mote::HostResult<int32_t> slow(mote::Context&, int32_t x) {
  return x ^ 0x55;
}
constexpr mote::HostFunction kHost[] = {mote::bind<next>("env", "next"), mote::bind<slow>("env", "slow")};

// work(n): n turns of a loop with a bit of everything: memory, calls of both kinds of host functions, of
// another function, selects and comparisons that become values (IT blocks), 64-bit and float arithmetic.
// spin: for ever.
Bytes make_module() {
  const Bytes locals = {3, 3, 0x7f, 1, 0x7e, 1, 0x7d};  // 1 to 3: i32, 4: i64, 5: f32
  const Bytes turn = {0x20, 1, 0x10, 0,    0x21, 1,     // x = next(x)
                      0x20, 1, 0x41, 0xfc, 0x07, 0x71, 0x20, 1,    0x36, 2,    0x10,  // [(x & 1020) + 16] = x
                      0x20, 2, 0x20, 1,    0x41, 0xf8, 0x07, 0x71, 0x28, 2,    0x14, 0x6a, 0x21,
                      2,  // s += [(x & 1016) + 20]
                      0x20, 1, 0x20, 2,    0x20, 1,    0x20, 2,    0x48, 0x1b, 0x21, 3,  // m = x < s ? x : s
                      0x20, 2, 0x20, 3,    0x45, 0x6a, 0x20, 1,    0x20, 3,    0x4a, 0x6a, 0x21,
                      2,  // s += (m == 0) + (x > m)
                      0x20, 4, 0x20, 1,    0xac, 0x42, 5,    0x7e, 0x7c, 0x20, 3,    0xac, 0x85,
                      0x21, 4,  // w = (w + x * 5) ^ m
                      0x20, 5, 0x20, 2,    0xb2, 0x43, 0,    0,    0,    0x3f, 0x94, 0x92, 0x43,
                      0,    0, 0x80, 0x3e, 0x94, 0x21, 5,                          // f = (f + s / 2) / 4
                      0x20, 2, 0x10, 1,    0x20, 3,    0x10, 4,    0x6a, 0x21, 2,  // s = slow(s) + other(m)
                      0x20, 4, 0xa7, 0x20, 5,    0xbc, 0x73, 0x20, 2,    0x6a, 0x21, 2};  // s += w ^ bits(f)
  const Bytes work =
      join({locals, {0x03, 0x40}, turn, {0x20, 0, 0x41, 0x7f, 0x6a, 0x22, 0, 0x0d, 0, 0x0b, 0x20, 2, 0x0b}});
  const Bytes other = {0, 0x20, 0, 0x41, 3, 0x74, 0x20, 0, 0x41, 7, 0x71, 0x73, 0x0b};
  const Bytes spin = {1, 1, 0x7f, 0x03, 0x40, 0x20, 1, 0x41, 1, 0x6a, 0x21, 1, 0x0c, 0, 0x0b, 0x00, 0x0b};
  const auto import = [](const char* text) { return join({name("env"), name(text), {0, 0}}); };
  const auto exported = [](const char* text, uint8_t function) { return join({name(text), {0, function}}); };
  return ModuleBuilder()
      .types({{0x60, 1, 0x7f, 1, 0x7f}})
      .imports({import("next"), import("slow")})
      .functions({{0}, {0}, {0}})
      .memories({{1, 1, 1}})
      .exports({exported("work", 2), exported("spin", 3)})
      .code({work, spin, other})
      .bytes;
}

unsigned failures = 0;
void fail(const char* what, uint32_t at) {
  if (++failures <= 10) std::printf("FAILED: %s (%u)\n", what, unsigned(at));
}

constexpr int32_t kTurns = 6;

/// work(), first interrupted after `first` instructions and then after every `again` ones.
void disturbed(const mote::Instance& instance, int32_t expected, uint32_t first, uint32_t again) {
  mote::Value argument[] = {mote::Value::i32(kTurns)}, result[1];
  std::memset(instance.memory().data(), 0, instance.memory().size() / 32);
  const auto function = instance.function("work");
  g_again = again;
  arm(first);
  auto done = function->call(argument, result);
  for (uint32_t turns = 0; !done && done.error().code == mote::ErrorCode::Suspended && turns < 100'000;
       ++turns) {
    if (again != 0) arm(again + turns % 50);
    done = instance.resume(result);
  }
  stop();
  if (!done) return fail(done.error().message, first);
  if (result[0].i32() != expected) fail("another result", first);
}

void test(const Bytes& bytes, mote::Bounds bounds) {
  mote::Engine engine(pool);
  const auto module = engine.load(bytes, {.tier = mote::Tier::Native, .bounds = bounds});
  if (!module) return fail(module.error().message, 0);
  const auto instance = engine.instantiate(*module, {.functions = kHost}, {.stack_bytes = 1024});
  if (!instance) return fail(instance.error().message, 0);
  g_instance = &*instance;
  std::memset(instance->memory().data(), 0, instance->memory().size() / 32);
  const int32_t expected = *instance->call<int32_t>("work", kTurns);
  g_taken = g_refused = 0;
  for (uint32_t n = 1; n < 4000; ++n) disturbed(*instance, expected, n, 0);
  const uint32_t single = g_taken;
  if (single < 1500) fail("too few interruptions", single);
  for (uint32_t n = 150; n < 250; ++n) disturbed(*instance, expected, n, n);
  if (g_taken - single < 500) fail("too few interruptions in a row", g_taken - single);
  std::printf("%u times stopped, %u times not at once\n", unsigned(g_taken), unsigned(g_refused));
  // A loop without calls: stopped, resumed, killed.
  arm(5000);
  const auto spun = instance->call<int32_t>("spin", 0);
  if (spun || spun.error().code != mote::ErrorCode::Suspended) fail("spin was not stopped", 0);
  mote::Frame frames[3];
  if (instance->backtrace(frames) != 1 || frames[0].function != 3)
    fail("the backtrace of a stopped guest", 0);
  arm(5000);
  mote::Value result[1];
  if (instance->resume(result)) fail("spin ended", 0);
  if (instance->status() != mote::Status::Suspended) fail("spin was not stopped again", 0);
  instance->kill();
  if (*instance->call<int32_t>("work", kTurns) == 0) fail("after a kill", 0);
}

/// spin: for ever, or the imported spin; same(x): x.
Bytes make_spinner(bool calls) {
  const auto exported = [](const char* text, uint8_t function) { return join({name(text), {0, function}}); };
  const Bytes same = {0, 0x20, 0, 0x0b};
  ModuleBuilder module;
  module.types({{0x60, 1, 0x7f, 1, 0x7f}});
  if (calls) module.imports({join({name("env"), name("spin"), {0, 0}})});
  return module.functions({{0}, {0}})
      .exports({exported("spin", calls ? 1 : 0), exported("same", calls ? 2 : 1)})
      .code({calls
                 ? Bytes{0, 0x20, 0, 0x10, 0, 0x0b}
                 : Bytes{1, 1, 0x7f, 0x03, 0x40, 0x20, 1, 0x41, 1, 0x6a, 0x21, 1, 0x0c, 0, 0x0b, 0x00, 0x0b},
             same})
      .bytes;
}

/// An instance of one tier loops in a call by one of another, with C++ in between: what is asked to stop
/// traps, in both, which are as usable as before.
void nested(const char* what, mote::LoadOptions caller, mote::LoadOptions callee) {
  mote::Engine engine(pool);
  const Bytes inner_bytes = make_spinner(false), outer_bytes = make_spinner(true);
  const auto inner_module = engine.load(inner_bytes, callee), outer_module = engine.load(outer_bytes, caller);
  if (!inner_module || !outer_module) return fail(what, 0);
  const auto inner = engine.instantiate(*inner_module, {}, {.stack_bytes = 1024});
  if (!inner) return fail(inner.error().message, 0);
  const mote::NamedExtern externs[] = {{"env", "spin", *inner->export_("spin")}};
  const auto outer = engine.instantiate(*outer_module, {.externs = externs}, {.stack_bytes = 1024});
  if (!outer) return fail(outer.error().message, 0);
  g_instance = &*outer;
  g_taken = g_refused = 0;
  for (uint32_t n = 0; n < 20; ++n) {
    arm(3000 + 7 * n);
    const auto spun = outer->call<int32_t>("spin", 0);
    stop();
    if (spun || spun.error().trap != mote::Trap::Killed) return fail(what, n);
    mote::Frame frames[3];
    if (outer->backtrace(frames) == 0 || frames[0].function != 0) fail("the backtrace of a nested call", n);
    const auto a = outer->call<int32_t>("same", 5), b = inner->call<int32_t>("same", 6);
    if (!a || !b || *a != 5 || *b != 6) fail("after a nested call was stopped", n);
  }
  std::printf("%s: %u times stopped, %u times not at once\n", what, unsigned(g_taken), unsigned(g_refused));
}

}  // namespace

int main() {
  using mote::Bounds, mote::Tier;
  const Bytes bytes = make_module();
  test(bytes, Bounds::Software);
  test(bytes, Bounds::Mpu);
  for (const Bounds bounds : {Bounds::Software, Bounds::Mpu}) {
    const mote::LoadOptions native{.tier = Tier::Native, .bounds = bounds}, vm{.tier = Tier::Vm};
    nested("native code in the interpreter's", vm, native);
    nested("the interpreter in native code's", native, vm);
  }
  std::printf(failures == 0 ? "passed\n" : "failed\n");
  return failures == 0 ? 0 : 1;
}
