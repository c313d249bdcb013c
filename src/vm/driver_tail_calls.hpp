// SPDX-License-Identifier: Apache-2.0
// The driver for machines with enough argument registers: the state travels in them, and every handler ends
// in a call in tail position, which optimising compilers turn into an indirect jump. One jump a handler: the
// branch predictor learns pairs.
#pragma once
#include <cstdint>

#include "runtime/instance.hpp"
#include "vm/tokens.hpp"

#if defined(__clang__)
#define MOTE_TAIL [[clang::musttail]] return
#else
#define MOTE_TAIL return
#endif

namespace mote::vm {

class Registers {
 public:
  MOTE_INLINE Registers(const uint8_t* ip, uint32_t* fp, uint8_t* memory, uint64_t acc,
                        runtime::Instance* instance)
      : ip_(ip), fp_(fp), memory_(memory), acc_(acc), instance_(instance) {}
  MOTE_INLINE const uint8_t* ip() const { return ip_; }
  MOTE_INLINE void set_ip(const uint8_t* ip) { ip_ = ip; }
  MOTE_INLINE uint32_t* fp() const { return fp_; }
  MOTE_INLINE void set_fp(uint32_t* fp) { fp_ = fp; }
  MOTE_INLINE uint8_t* memory() const { return memory_; }
  MOTE_INLINE uint32_t limit() const { return instance_->memory_limit; }
  MOTE_INLINE uintptr_t* links() const { return run().links; }
  MOTE_INLINE void set_links(uintptr_t* links) { run().links = links; }
  MOTE_INLINE runtime::Instance& instance() const { return *instance_; }
  MOTE_INLINE void set_instance(runtime::Instance* instance) { instance_ = instance; }
  MOTE_INLINE runtime::Run& run() const { return *instance_->active; }
  MOTE_INLINE uint32_t acc32() const { return static_cast<uint32_t>(acc_); }
  MOTE_INLINE uint64_t acc64() const { return acc_; }
  MOTE_INLINE void set32(uint32_t value) { acc_ = value; }
  MOTE_INLINE void set64(uint64_t value) { acc_ = value; }
  /// Pushes where to go on and the frame; and back.
  MOTE_INLINE void push_link(const uint8_t* return_to) {
    uintptr_t* links = run().links - 2;
    links[0] = reinterpret_cast<uintptr_t>(return_to);
    links[1] = reinterpret_cast<uintptr_t>(fp_);
    run().links = links;
  }
  MOTE_INLINE void pop_link() {
    const uintptr_t* links = run().links;
    ip_ = reinterpret_cast<const uint8_t*>(links[0]);
    fp_ = reinterpret_cast<uint32_t*>(links[1]);
    run().links += 2;
  }
  /// Goes on `offset` bytes behind `base`.
  MOTE_INLINE void set_target(const uint8_t* base, size_t offset) { ip_ = base + offset; }
  /// Takes one unit of fuel; false when there was none left.
  MOTE_INLINE bool charge() { return --run().fuel >= 0; }
  /// Memory 0 may have moved or grown.
  MOTE_INLINE void reload_memory() { memory_ = instance_->memory; }
  /// Writes what is held in registers to the run, for the host to see; and back.
  MOTE_INLINE void save() {
    run().ip = ip_;
    run().fp = fp_;
    run().inside = instance_;
  }
  MOTE_INLINE void restore() {}

 private:
  const uint8_t* ip_;
  uint32_t* fp_;
  uint8_t* memory_;
  uint64_t acc_;
  runtime::Instance* instance_;
};

struct HandlerTable;
using Handler = void (*)(const uint8_t* ip, uint32_t* fp, uint8_t* memory, uint64_t acc,
                         const HandlerTable* table, runtime::Instance* instance);
/// Those of tokens, Extend included.
inline constexpr size_t kHandlers = Primary::kSize + 1;
struct HandlerTable {
  Handler at[kHandlers];
};
extern const HandlerTable kHandlerTable;

void slow_access(const uint8_t* ip, uint32_t* fp, uint8_t* memory, uint64_t acc, const HandlerTable* table,
                 runtime::Instance* instance);

template <class Body>
void handle(const uint8_t* ip, uint32_t* fp, uint8_t* memory, uint64_t acc, const HandlerTable* table,
            runtime::Instance* instance) {
  // The next instruction's address comes first, and takes the place of this one's: otherwise GCC keeps both,
  // and copies one in every handler.
  ip += Body::kSize;
  asm("" : "+r"(ip));
  Registers r(ip - Body::kSize, fp, memory, acc, instance);
  const Flow flow = Body::run(r);
  if (flow == Flow::Slow) MOTE_TAIL slow_access(r.ip(), r.fp(), r.memory(), r.acc64(), table, &r.instance());
  if (flow == Flow::Leave) {
    r.save();
    return;
  }
  // A dispatch of its own for each way out.
  if (flow == Flow::Next || flow == Flow::Next64)
    MOTE_TAIL table->at[*ip](ip, r.fp(), r.memory(), r.acc64(), table, &r.instance());
  MOTE_TAIL table->at[*r.ip()](r.ip(), r.fp(), r.memory(), r.acc64(), table, &r.instance());
}

/// Runs from `ip` until an instruction leaves; then the run says where.
inline void run_from(runtime::Instance& instance, const uint8_t* ip, uint32_t* fp) {
  kHandlerTable.at[*ip](ip, fp, instance.memory, 0, &kHandlerTable, &instance);
}

}  // namespace mote::vm
