// SPDX-License-Identifier: Apache-2.0
// mote.h: what a host function may ask.
#include <bit>

#include "capi/handles.hpp"

using mote::Context;
using mote::HostFunction;

// A table in C is a table in C++.
static_assert(sizeof(mote_host_function) == sizeof(HostFunction) &&
              offsetof(mote_host_function, signature) == offsetof(HostFunction, signature) &&
              offsetof(mote_host_function, call) == offsetof(HostFunction, thunk) &&
              offsetof(mote_host_function, direct) == offsetof(HostFunction, direct));
static_assert(std::is_same_v<mote_host_callback*, HostFunction::Thunk>);
static_assert(static_cast<int>(mote::HostStatus::Waiting) == MOTE_WAITING);
static_assert(std::endian::native == std::endian::little, "values are copied between slots and unions");

namespace {

const Context& context_of(const mote_context* context) {
  return Context::of(const_cast<mote_context*>(context));
}

}  // namespace

void* mote_context_data(const mote_context* context) {
  return context_of(context).data();
}

void* mote_context_bytes(const mote_context* context, uint32_t address, uint32_t size) {
  return context_of(context).guest_bytes(address, size);
}

const char* mote_context_string(const mote_context* context, uint32_t address) {
  std::string_view text;
  return context_of(context).guest_string(address, text) ? text.data() : nullptr;
}

mote_host_status mote_context_trap(mote_context* context, mote_trap_code trap, const char* message) {
  return static_cast<mote_host_status>(context_of(context).trap(static_cast<mote::Trap>(trap), message));
}

float mote_slots_f32(const uint32_t* slots) {
  return std::bit_cast<float>(slots[0]);
}
double mote_slots_f64(const uint32_t* slots) {
  return std::bit_cast<double>(mote::detail::read_slots(slots, 2));
}
void mote_slots_set_f32(uint32_t* slots, float value) {
  slots[0] = std::bit_cast<uint32_t>(value);
}
void mote_slots_set_f64(uint32_t* slots, double value) {
  mote::detail::write_slots(slots, 2, std::bit_cast<uint64_t>(value));
}
