// SPDX-License-Identifier: Apache-2.0
// The app API's interface events: changes of pins and timers that are due, in one queue.
#include <mote/devices.hpp>
#include <mote/drivers.hpp>

#include <algorithm>

namespace mote::devices {

namespace {

constexpr uint64_t kNanosecondsPerMs = 1'000'000;

}  // namespace

void Board::pin_changed(uint8_t number, bool high, uint64_t time_ns) {
  for (App* app = apps_; app != nullptr; app = app->next_) app->pin_changed(number, high, time_ns);
}

void App::pin_changed(uint8_t number, bool high, uint64_t time_ns) {
  for (uint32_t slot = 0; slot < kHandles; ++slot) {
    const Open& open = open_[slot];
    if (open.kind != DeviceKind::DigitalIn || device(open).number != number) continue;
    const bool active = high != open.active_low;
    if ((open.edges & (active ? 1 : 2)) == 0) continue;
    Event event{};
    event.time = time_ns;
    event.kind = static_cast<uint32_t>(Kind::Pin);
    event.source = handle_of(slot);
    event.value = active ? 1 : 0;
    push(event);
  }
}

void App::push(const Event& event) {
  const uint8_t at = written_.load(std::memory_order_relaxed);
  if (static_cast<uint8_t>(at - read_.load(std::memory_order_acquire)) == kEvents) {
    lost_.store(true, std::memory_order_relaxed);
    return;
  }
  events_[at % kEvents] = event;
  written_.store(static_cast<uint8_t>(at + 1), std::memory_order_release);
}

uint64_t App::next_due() const {
  uint64_t due = kNever;
  for (const Timer& timer : timers_) due = std::min(due, timer.due);
  return due;
}

/// An event for all the times that the timer has been due.
bool App::take_timer(Timer& timer, uint64_t now, Event& event) {
  if (timer.due > now) return false;
  event = {};
  event.time = timer.due;
  event.kind = static_cast<uint32_t>(Kind::Timer);
  event.source = timer.handle;
  event.value = 1;
  if (timer.period_ms == 0) {
    timer.due = kNever;
    return true;
  }
  const uint64_t period = timer.period_ms * kNanosecondsPerMs, late = (now - timer.due) / period;
  event.value = static_cast<uint32_t>(std::min<uint64_t>(late, 0xffff'fffe) + 1);
  timer.due += (late + 1) * period;
  return true;
}

bool App::next_event(uint64_t now, Event& event) {
  Timer* first = &timers_[0];
  for (Timer& timer : timers_) {
    if (timer.due < first->due) first = &timer;
  }
  const uint8_t at = read_.load(std::memory_order_relaxed);
  const bool empty = at == written_.load(std::memory_order_acquire);
  if (empty || (first->due <= now && first->due < events_[at % kEvents].time))
    return take_timer(*first, now, event);
  event = events_[at % kEvents];
  read_.store(static_cast<uint8_t>(at + 1), std::memory_order_release);
  return true;
}

uint64_t App::begin_waiting(uint64_t deadline) {
  if (!waiting_) deadline_ = deadline;
  waiting_ = true;
  return deadline_;
}

int32_t events_new_timer(Context& context) {
  return context.data_as<App>().open_timer();
}

int32_t timer_set(Context& context, int32_t self, uint32_t delay, uint32_t period) {
  App& app = context.data_as<App>();
  const App::Open* open = app.find(self, DeviceKind::Timer);
  if (open == nullptr) return kInvalidHandle;
  app.timer(*open).due = drivers::now_ns() + delay * kNanosecondsPerMs;
  app.timer(*open).period_ms = period;
  return 0;
}

HostResult<int32_t> events_wait(Context& context, uint32_t timeout, GuestRef<Event> result) {
  App& app = context.data_as<App>();
  const uint64_t deadline = app.begin_waiting(
      timeout == 0xffff'ffff ? App::kNever : drivers::now_ns() + timeout * kNanosecondsPerMs);
  const auto done = [&](int32_t answer) {
    app.end_waiting();
    return HostResult<int32_t>(answer);
  };
  for (;;) {
    const uint64_t now = drivers::now_ns();
    Event event;
    if (app.lost_events()) return done(kOverrun);
    if (app.next_event(now, event)) {
      result.set(event);
      return done(0);
    }
    if (now >= deadline) {
      drivers::polled();
      return done(kTimedOut);
    }
    const uint64_t until = std::min(deadline, app.next_due());
    if (app.suspends) {
      app.suspend_until(until);
      return HostResult<int32_t>::waiting();
    }
    if (!drivers::wait(until)) {
      app.end_waiting();
      return HostResult<int32_t>::trap("the board was switched off");
    }
  }
}

}  // namespace mote::devices
