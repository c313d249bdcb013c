// SPDX-License-Identifier: Apache-2.0
// The driver for Thumb-2: the state lives in callee-saved registers that this translation unit reserves (GNU
// global register variables), the accumulator in r0 (r0:r1 for 64 bits), and a handler ends in `ldr pc,
// [table, token, lsl #2]`.
//
// Measured: 6.6 instructions a native one, where C calls in tail position need 7.6 and a computed goto 8.5
// (docs/benchmarks.md). Two rules keep it sound. A handler that needs a stack frame must leave by a call in
// tail position, which pops it (Body::kCalls; a test reads the disassembly). And registers go into the
// assembly as operands, never by name, or GCC may move a write across it.
#pragma once
#include <cstdint>

#include "runtime/instance.hpp"
#include "vm/tokens.hpp"

namespace mote::vm {

using Handler = void (*)(uint32_t low, uint32_t high);
/// Those of tokens, Extend included.
inline constexpr size_t kHandlers = Primary::kSize + 1;
struct HandlerTable {
  Handler at[kHandlers];
};
extern const HandlerTable kHandlerTable;

register const uint8_t* g_ip asm("r4");
register uint32_t* g_fp asm("r5");
register const Handler* g_table asm("r6");
register uint8_t* g_memory asm("r7");
register uint32_t g_limit asm("r8");
register uintptr_t* g_links asm("r9");
register runtime::Instance* g_instance asm("r10");
register int32_t g_fuel asm("r11");

class Registers {
 public:
  MOTE_INLINE Registers(uint32_t low, uint32_t high) : low_(low), high_(high) {}
  MOTE_INLINE const uint8_t* ip() const { return g_ip; }
  MOTE_INLINE void set_ip(const uint8_t* ip) {
    g_ip = ip;
    asm volatile(""
                 : "+r"(g_ip));  // or the compiler folds this into the dispatch and moves more than it saves
  }
  MOTE_INLINE uint32_t* fp() const { return g_fp; }
  MOTE_INLINE void set_fp(uint32_t* fp) { g_fp = fp; }
  MOTE_INLINE uint8_t* memory() const { return g_memory; }
  MOTE_INLINE uint32_t limit() const { return g_limit; }
  MOTE_INLINE uintptr_t* links() const { return g_links; }
  MOTE_INLINE void set_links(uintptr_t* links) { g_links = links; }
  MOTE_INLINE runtime::Instance& instance() const { return *g_instance; }
  MOTE_INLINE void set_instance(runtime::Instance* instance) { g_instance = instance; }
  MOTE_INLINE runtime::Run& run() const { return *g_instance->active; }
  MOTE_INLINE uint32_t acc32() const { return low_; }
  MOTE_INLINE uint64_t acc64() const { return static_cast<uint64_t>(high_) << 32 | low_; }
  MOTE_INLINE void set32(uint32_t value) { low_ = value; }
  MOTE_INLINE void set64(uint64_t value) {
    low_ = static_cast<uint32_t>(value);
    high_ = static_cast<uint32_t>(value >> 32);
  }
  MOTE_INLINE uint32_t high() const { return high_; }
  /// Pushes where to go on and the frame; and back. In assembly for the addressing modes that write back.
  MOTE_INLINE void push_link(const uint8_t* return_to) {
    asm volatile("strd %1, %2, [%0, #-8]!" : "+r"(g_links) : "r"(return_to), "r"(g_fp) : "memory");
  }
  MOTE_INLINE void pop_link() {
    asm volatile("ldrd %0, %1, [%2], #8" : "=&r"(g_ip), "=&r"(g_fp), "+r"(g_links) : : "memory");
  }
  /// Goes on `offset` bytes behind `base`: the dispatch adds a constant for nothing, in its load.
  MOTE_INLINE void set_target(const uint8_t* base, size_t offset) {
    set_ip(base);
    ahead_ = offset;
  }
  /// Bytes from ip to the next instruction.
  MOTE_INLINE size_t ahead() const { return ahead_; }
  /// Takes one unit of fuel; false when there was none left.
  MOTE_INLINE bool charge() {
    bool enough;
    asm volatile("subs %0, %0, #1" : "+r"(g_fuel), "=@ccpl"(enough));
    return enough;
  }
  /// Memory 0 may have moved or grown.
  MOTE_INLINE void reload_memory() {
    g_memory = g_instance->memory;
    g_limit = g_instance->memory_limit;
  }
  /// Writes what is held in registers to the run, for the host to see; and back.
  MOTE_INLINE void save() {
    runtime::Run& to = run();
    to.ip = g_ip;
    to.fp = g_fp;
    to.links = g_links;
    to.fuel = g_fuel;
    to.inside = g_instance;
  }
  MOTE_INLINE void restore() {
    g_links = run().links;
    g_fuel = run().fuel;
  }

 private:
  uint32_t low_;
  uint32_t high_;
  size_t ahead_ = 0;
};

[[gnu::always_inline]] inline void dispatch32(uint32_t token, uint32_t low) {
  register uint32_t r0 asm("r0") = low;
  asm volatile("ldr pc, [%0, %1, lsl #2]" : : "r"(g_table), "r"(token), "r"(r0) : "memory");
  __builtin_unreachable();
}

[[gnu::always_inline]] inline void dispatch64(uint32_t token, uint32_t low, uint32_t high) {
  register uint32_t r0 asm("r0") = low;
  register uint32_t r1 asm("r1") = high;
  asm volatile("ldr pc, [%0, %1, lsl #2]" : : "r"(g_table), "r"(token), "r"(r0), "r"(r1) : "memory");
  __builtin_unreachable();
}

/// Never inline: its frame would be a handler's, which dispatches with it (GCC at -O3 did).
[[gnu::noinline]] static void slow_access(uint32_t low, uint32_t high);

/// Writes the state to the run and leaves: out of line, because nearly every handler may.
[[gnu::noinline, gnu::cold]] inline void leave(uint32_t low, uint32_t high) {
  Registers(low, high).save();
}

template <class Body>
static void handle_end(uint32_t low, uint32_t high);

template <class Body>
void handle(uint32_t low, uint32_t high) {
  Registers r(low, high);
  const Flow flow = Body::run(r);
  if (flow == Flow::Slow) {
    // No form stores 64 bits from the accumulator (its body asserts it): its high half need not stay in
    // a register.
    uint32_t any;
    asm("" : "=r"(any));
    return slow_access(r.acc32(), any);
  }
  if constexpr (requires { typename Body::template End<uint32_t>; }) {
    uint32_t any;
    asm("" : "=r"(any));
    if (flow == Flow::End) return handle_end<typename Body::template End<uint32_t>>(r.acc32(), any);
    if (flow == Flow::End64) return handle_end<typename Body::template End<uint64_t>>(r.acc32(), r.high());
  }
  if (flow == Flow::Leave) {
    g_ip += r.ahead();
    return leave(r.acc32(), r.high());
  }
  constexpr unsigned kSize = Body::kSize;
  if constexpr (Body::kCalls) {
    g_ip += flow == Flow::Next || flow == Flow::Next64 ? kSize : r.ahead();
    return g_table[*g_ip](r.acc32(), r.high());
  } else {
    uint32_t token;
    switch (flow) {
      case Flow::Next:
        token = g_ip[kSize];
        g_ip += kSize;
        dispatch32(token, r.acc32());
        break;
      case Flow::Next64:
        token = g_ip[kSize];
        g_ip += kSize;
        dispatch64(token, r.acc32(), r.high());
        break;
      case Flow::Goto:
        token = g_ip[r.ahead()];
        g_ip += r.ahead();
        dispatch32(token, r.acc32());
        break;
      default:
        token = g_ip[r.ahead()];
        g_ip += r.ahead();
        dispatch64(token, r.acc32(), r.high());
        break;
    }
  }
}

/// The end that handlers share. They must not know that it never returns: GCC calls such functions, instead
/// of jumping to them.
template <class Body>
[[gnu::noipa]] static void handle_end(uint32_t low, uint32_t high) {
  handle<Body>(low, high);
}

/// Runs from `ip` until an instruction leaves; then the run says where. Saves the reserved registers for its
/// caller, which does not know that this unit took them.
[[gnu::noinline]] inline void run_from(runtime::Instance& instance, const uint8_t* ip, uint32_t* fp) {
  uint32_t saved[8];
  // Named as operands, or GCC moves the writes below to before the save.
  asm volatile("stm %8, {r4-r11}"
               : "+r"(g_ip), "+r"(g_fp), "+r"(g_table), "+r"(g_memory), "+r"(g_limit), "+r"(g_links),
                 "+r"(g_instance), "+r"(g_fuel)
               : "r"(saved)
               : "memory");
  g_table = kHandlerTable.at;
  g_instance = &instance;
  g_memory = instance.memory;
  g_limit = instance.memory_limit;
  g_links = instance.active->links;
  g_fuel = instance.active->fuel;
  g_fp = fp;
  g_ip = ip;
  asm volatile("" : : : "memory");
  kHandlerTable.at[*ip](0, 0);
  asm volatile("ldm %8, {r4-r11}"
               : "+r"(g_ip), "+r"(g_fp), "+r"(g_table), "+r"(g_memory), "+r"(g_limit), "+r"(g_links),
                 "+r"(g_instance), "+r"(g_fuel)
               : "r"(saved)
               : "memory");
}

}  // namespace mote::vm
