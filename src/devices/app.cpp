// SPDX-License-Identifier: Apache-2.0
// What an app has open: handles, and which device is whose.
#include <mote/devices.hpp>
#include <mote/drivers.hpp>

namespace mote::devices {

namespace {

/// Buses are shared, pins are one handle's.
bool exclusive(DeviceKind kind) {
  return kind != DeviceKind::I2c && kind != DeviceKind::Spi;
}

constexpr uint32_t kSlotBits = 8;

}  // namespace

App::App(Board& board) : board_(board), next_(board.apps_) {
  board.apps_ = this;
}

App::~App() {
  for (uint32_t slot = 0; slot < kHandles; ++slot) {
    if (open_[slot].kind != DeviceKind::None) close(handle_of(slot));
  }
  App** link = &board_.apps_;
  while (*link != this) link = &(*link)->next_;
  *link = next_;
}

/// Generation and slot, both from 1 on, so that a handle is positive and not 0.
int32_t App::handle_of(uint32_t slot) const {
  return static_cast<int32_t>((open_[slot].generation + 1u) << kSlotBits | (slot + 1));
}

App::Open* App::find(int32_t handle, DeviceKind kind) {
  const uint32_t slot = (static_cast<uint32_t>(handle) & ((1u << kSlotBits) - 1)) - 1;
  if (slot >= kHandles || open_[slot].kind != kind || handle_of(slot) != handle) return nullptr;
  return &open_[slot];
}

int32_t App::take_slot(DeviceKind kind, uint8_t device) {
  for (uint32_t slot = 0; slot < kHandles; ++slot) {
    if (open_[slot].kind != DeviceKind::None) continue;
    open_[slot].device = device;
    open_[slot].edges = 0;
    open_[slot].state = false;
    open_[slot].kind = kind;
    return handle_of(slot);
  }
  return kTooManyHandles;
}

bool App::in_use(uint8_t device) const {
  for (const Open& open : open_) {
    if (open.kind != DeviceKind::None && open.kind != DeviceKind::Timer && open.device == device) return true;
  }
  return false;
}

int32_t App::open(std::string_view label, DeviceKind kind) {
  const std::span<const Device> all = board_.devices();
  for (size_t i = 0; i < all.size(); ++i) {
    if (label != all[i].label) continue;
    if (all[i].kind != kind) return kPinModeNotAvailable;
    const auto device = static_cast<uint8_t>(i);
    for (const App* app = board_.apps_; exclusive(kind) && app != nullptr; app = app->next_) {
      if (app->in_use(device)) return kAlreadyInUse;
    }
    return take_slot(kind, device);
  }
  return kUndefinedPinLabel;
}

int32_t App::open_timer() {
  for (uint32_t i = 0; i < kTimers; ++i) {
    if (timers_[i].handle != 0) continue;
    const int32_t handle = take_slot(DeviceKind::Timer, static_cast<uint8_t>(i));
    if (handle > 0) timers_[i] = {.due = kNever, .period_ms = 0, .handle = handle};
    return handle;
  }
  return kTooManyHandles;
}

void App::close(int32_t handle) {
  for (uint32_t slot = 0; slot < kHandles; ++slot) {
    Open& open = open_[slot];
    if (open.kind == DeviceKind::None || handle_of(slot) != handle) continue;
    if (open.kind == DeviceKind::Timer) timers_[open.device] = {};
    open.edges = 0;
    open.kind = DeviceKind::None;
    ++open.generation;
  }
}

void drop(Context& context, int32_t handle) {
  context.data_as<App>().close(handle);
}

}  // namespace mote::devices
