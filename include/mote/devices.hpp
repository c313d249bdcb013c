// SPDX-License-Identifier: Apache-2.0
// The app API for a host: what apps may ask of a board by label (guest/mote-app.wit; SPEC.md, "App API").
// CMake: mote::devices, and a backend of mote/drivers.hpp: mote::simulation or the firmware's own. A firmware
// names the functions that it offers and pays flash for those alone, or offers all of them:
//
//   constexpr mote::devices::Device kDevices[] = {
//       {"led0", mote::devices::DeviceKind::DigitalOut, 13},
//       {"button0", mote::devices::DeviceKind::DigitalIn, 2, true}};
//   mote::devices::Board board(kDevices);
//   mote::devices::App app(board);
//   engine.instantiate(module, {.functions = mote::devices::kAll}, {.data = &app});
//
// Bad handles, labels and arguments are answered with a Failure, a buffer outside the guest's memory with a
// trap. Everything here belongs to one thread, but for Board::pin_changed().
#pragma once
#include <mote/devices_api.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mote::devices {

enum class DeviceKind : uint8_t { None, DigitalIn, DigitalOut, AnalogIn, AnalogOut, I2c, Spi, Timer };

/// A row of a board's table: constant data, in flash.
struct Device {
  const char* label = "";
  DeviceKind kind = DeviceKind::None;
  uint8_t number = 0;       ///< what drivers know it by; of its kind's: pin, channel or bus
  bool active_low = false;  ///< digital pins: active is the low level
};

class App;

/// A board's devices, and the apps that use them.
class Board {
 public:
  /// At most 255 devices; the table must outlive the board.
  explicit Board(std::span<const Device> devices) : devices_(devices) {}
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  std::span<const Device> devices() const { return devices_; }
  /// Drivers report a change of an input's level here, also from one interrupt handler.
  void pin_changed(uint8_t number, bool high, uint64_t time_ns);

 private:
  friend class App;
  std::span<const Device> devices_;
  App* apps_ = nullptr;
};

/// What Context::data() must be: the devices that one app has open. It gives all of them back at its end.
class App {
 public:
  static constexpr uint32_t kHandles = 16, kTimers = 4, kEvents = 8;
  static constexpr uint64_t kNever = ~uint64_t{0};

  explicit App(Board& board);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Whether a function that waits suspends the instance, so that other apps can run in this thread;
  /// otherwise it blocks. Whoever resumes it may do so from wakes_at() on or after a pin_changed().
  bool suspends = false;
  /// When the function that waits has to go on at the latest; kNever: it has no end.
  uint64_t wakes_at() const { return wakes_at_; }

  // --- For the functions of the API.

  struct Open {
    DeviceKind kind = DeviceKind::None;
    uint8_t device = 0;      ///< index in the board's table; of a timer: in timers
    uint8_t generation = 0;  ///< so that a handle that was given back is not taken for a new one
    uint8_t edges = 0;       ///< digital inputs: bit 0 becoming active, bit 1 becoming inactive
    bool active_low = false;
    bool state = false;  ///< digital outputs: active
  };
  struct Timer {
    uint64_t due = kNever;
    uint32_t period_ms = 0;
    int32_t handle = 0;
  };

  /// A handle of the device with that label, or a Failure.
  int32_t open(std::string_view label, DeviceKind kind);
  int32_t open_timer();
  /// nullptr: not a handle of that kind.
  Open* find(int32_t handle, DeviceKind kind);
  const Device& device(const Open& open) const { return board_.devices()[open.device]; }
  Timer& timer(const Open& open) { return timers_[open.device]; }
  void close(int32_t handle);

  /// The oldest event that has happened by `now`; false: there is none.
  bool next_event(uint64_t now, Event& event);
  /// Whether events were lost since the last question.
  bool lost_events() { return lost_.exchange(false, std::memory_order_relaxed); }
  /// When the next timer is due.
  uint64_t next_due() const;

  /// Begins to wait until `deadline`, or goes on with it when the function is called again after a
  /// suspension.
  uint64_t begin_waiting(uint64_t deadline);
  void suspend_until(uint64_t time) { wakes_at_ = time; }
  void end_waiting() { waiting_ = false; }

 private:
  friend class Board;
  int32_t handle_of(uint32_t slot) const;
  int32_t take_slot(DeviceKind kind, uint8_t device);
  bool in_use(uint8_t device) const;
  void pin_changed(uint8_t number, bool high, uint64_t time_ns);
  void push(const Event& event);
  bool take_timer(Timer& timer, uint64_t now, Event& event);

  Board& board_;
  App* next_;
  Open open_[kHandles] = {};
  Timer timers_[kTimers] = {};
  // One writer (the driver), one reader (the app).
  Event events_[kEvents] = {};
  std::atomic<uint8_t> written_ = 0, read_ = 0;
  std::atomic<bool> lost_ = false;
  bool waiting_ = false;
  uint64_t deadline_ = 0, wakes_at_ = 0;
};

}  // namespace mote::devices
