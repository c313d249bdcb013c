// SPDX-License-Identifier: Apache-2.0
// mote.h: instances.
#include "capi/handles.hpp"

using namespace mote::capi;

static_assert(static_cast<int>(mote::Status::Trapped) == MOTE_STOPPED_BY_TRAP);

void mote_instance_release(mote_instance* instance) {
  if (instance != nullptr) mote::runtime::release(*state_of(instance));
}

bool mote_instance_start(mote_instance* instance, mote_error* error) {
  const mote::Result<void> done = borrow(instance)->start();
  return done ? true : fail(done.error(), error);
}

bool mote_instance_export(const mote_instance* instance, const char* name, mote_extern* item,
                          mote_error* error) {
  const mote::Result<mote::Extern> found = borrow(instance)->export_(name);
  if (!found) return fail(found.error(), error);
  *item = to_c(*found);
  return true;
}

mote_function* mote_instance_function(const mote_instance* instance, const char* name, mote_error* error) {
  const mote::Result<mote::Function> found = borrow(instance)->function(name);
  if (!found) return fail(found.error(), error), nullptr;
  return reinterpret_cast<mote_function*>(found->state());
}

uint8_t* mote_instance_memory(const mote_instance* instance, const char* name, size_t* bytes) {
  const std::span<uint8_t> all =
      borrow(instance)->memory(name != nullptr ? std::string_view(name) : std::string_view());
  *bytes = all.size();
  return all.data();
}

bool mote_instance_global(const mote_instance* instance, const char* name, mote_value* value,
                          mote_error* error) {
  const mote::Result<mote::Value> found = borrow(instance)->global(name);
  if (!found) return fail(found.error(), error);
  *value = to_c(*found);
  return true;
}

bool mote_instance_set_global(const mote_instance* instance, const char* name, const mote_value* value,
                              mote_error* error) {
  const mote::Result<void> done = borrow(instance)->set_global(name, to_cpp(*value));
  return done ? true : fail(done.error(), error);
}

mote_status mote_instance_status(const mote_instance* instance) {
  return static_cast<mote_status>(borrow(instance)->status());
}

void mote_instance_interrupt(mote_instance* instance) {
  borrow(instance)->interrupt();
}
void mote_instance_kill(mote_instance* instance) {
  borrow(instance)->kill();
}
void mote_instance_set_fuel(mote_instance* instance, uint64_t fuel) {
  borrow(instance)->set_fuel(fuel);
}
uint64_t mote_instance_fuel(const mote_instance* instance) {
  return borrow(instance)->fuel();
}

uint32_t mote_instance_backtrace(const mote_instance* instance, mote_frame* frames, uint32_t count) {
  // C++'s frames are put where C's go, and changed in place.
  static_assert(sizeof(mote_frame) == sizeof(mote::Frame) && alignof(mote_frame) == alignof(mote::Frame));
  auto* found = reinterpret_cast<mote::Frame*>(frames);
  for (uint32_t i = 0; i < count; ++i) new (found + i) mote::Frame;
  const uint32_t depth = borrow(instance)->backtrace({found, count});
  for (uint32_t i = 0; i < depth && i < count; ++i) {
    const mote::Frame frame = found[i];
    new (frames + i) mote_frame{frame.function, frame.offset, to_c(frame.name),
                                reinterpret_cast<const mote_instance*>(frame.instance)};
  }
  return depth;
}
