// SPDX-License-Identifier: Apache-2.0
// The portable driver: handlers are functions over a struct, called from a loop. For compilers and builds
// (sanitizers, -O0) in which a call in tail position is not sure to become a jump.
#pragma once
#include <cstdint>

#include "runtime/instance.hpp"
#include "vm/tokens.hpp"

namespace mote::vm {

class Registers {
 public:
  MOTE_INLINE const uint8_t* ip() const { return ip_; }
  MOTE_INLINE void set_ip(const uint8_t* ip) { ip_ = ip; }
  MOTE_INLINE uint32_t* fp() const { return fp_; }
  MOTE_INLINE void set_fp(uint32_t* fp) { fp_ = fp; }
  MOTE_INLINE uint8_t* memory() const { return instance_->memory; }
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
  MOTE_INLINE void reload_memory() {}
  /// Writes what is held in registers to the run, for the host to see; and back.
  MOTE_INLINE void save() {
    run().ip = ip_;
    run().fp = fp_;
    run().inside = instance_;
  }
  MOTE_INLINE void restore() {}

 private:
  const uint8_t* ip_ = nullptr;
  uint32_t* fp_ = nullptr;
  runtime::Instance* instance_ = nullptr;
  uint64_t acc_ = 0;
};

/// False: leave the interpreter.
using Handler = bool (*)(Registers&);

/// Those of tokens, Extend included.
inline constexpr size_t kHandlers = Primary::kSize + 1;
struct HandlerTable {
  Handler at[kHandlers];
};
extern const HandlerTable kHandlerTable;

bool slow_access(Registers& r);

template <class Body>
bool handle(Registers& r) {
  const Flow flow = Body::run(r);
  if (flow == Flow::Next || flow == Flow::Next64) r.set_ip(r.ip() + Body::kSize);
  if (flow == Flow::Slow) return slow_access(r);
  if (flow == Flow::Leave) r.save();
  return flow != Flow::Leave;
}

/// Runs from `ip` until an instruction leaves; then the run says where.
inline void run_from(runtime::Instance& instance, const uint8_t* ip, uint32_t* fp) {
  Registers r;
  r.set_instance(&instance);
  r.set_ip(ip);
  r.set_fp(fp);
  while (kHandlerTable.at[*r.ip()](r)) {
  }
}

}  // namespace mote::vm
