// SPDX-License-Identifier: Apache-2.0
// Clocks, and waiting for them and for descriptors.
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <cerrno>
#include <ctime>

#include "wasi/functions.hpp"

namespace mote::wasi {

namespace {

constexpr uint64_t kSecond = 1'000'000'000;

bool clock_of(uint32_t id, clockid_t& clock) {
  constexpr clockid_t kClocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID,
                                   CLOCK_THREAD_CPUTIME_ID};
  if (id >= std::size(kClocks)) return false;
  clock = kClocks[id];
  return true;
}

uint64_t nanoseconds(const timespec& time) {
  return static_cast<uint64_t>(time.tv_sec) * kSecond + static_cast<uint64_t>(time.tv_nsec);
}

/// One call of poll_oneoff.
class Poll {
 public:
  Poll(Context& context, GuestSpan<const Subscription> wanted)
      : process_(process_of(context)), wanted_(wanted) {}

  Errno run(std::vector<Event>& events) {
    for (uint32_t i = 0; i < wanted_.size(); ++i) {
      const Subscription one = wanted_[i];
      if (one.type > EventType::FdWrite) return Errno::Inval;
      if (one.type == EventType::Clock) {
        add_clock(one);
      } else {
        add_fd(one);
      }
    }
    if (done_.empty() && !wait()) return last_error();
    if (done_.empty()) add_what_happened();
    events = std::move(done_);
    return Errno::Success;
  }

 private:
  void add_clock(const Subscription& one) {
    clockid_t clock;
    timespec now;
    if (!clock_of(one.clock.id, clock)) {
      done_.push_back({one.userdata, Errno::Inval, one.type, 0, 0});
      return;
    }
    uint64_t left = one.clock.timeout;
    if ((one.clock.flags & 1) != 0) {
      clock_gettime(clock, &now);
      left = left > nanoseconds(now) ? left - nanoseconds(now) : 0;
    }
    if (left < least_) least_ = left;
    clocks_.push_back({one.userdata, left});
  }

  void add_fd(const Subscription& one) {
    Errno error;
    const bool reads = one.type == EventType::FdRead;
    Descriptor* found = process_.find(one.fd, right::kPollFdReadwrite, error);
    if (found == nullptr) {
      done_.push_back({one.userdata, error, one.type, 0, 0});
      return;
    }
    polled_.push_back({found->file.get(), static_cast<short>(reads ? POLLIN : POLLOUT), 0});
    owners_.push_back(one);
  }

  bool wait() {
    const timespec time{static_cast<time_t>(least_ / kSecond), static_cast<long>(least_ % kSecond)};
    // Without a clock it waits for ever; so long a time is for ever, too.
    const bool ever = least_ / kSecond > 0x3fff'ffff;
    int count;
    do {
      count = ppoll(polled_.data(), polled_.size(), ever ? nullptr : &time, nullptr);
    } while (count < 0 && errno == EINTR);
    happened_ = count;
    return count >= 0;
  }

  void add_what_happened() {
    for (size_t i = 0; i < polled_.size() && happened_ > 0; ++i) {
      if (polled_[i].revents == 0) continue;
      Event event{owners_[i].userdata, Errno::Success, owners_[i].type, 0, 0};
      if ((polled_[i].revents & POLLNVAL) != 0) event.error = Errno::Badf;
      if ((polled_[i].revents & POLLERR) != 0) event.error = Errno::Io;
      if ((polled_[i].revents & POLLHUP) != 0) event.flags = 1;
      int bytes = 0;
      if (event.type == EventType::FdRead && ioctl(polled_[i].fd, FIONREAD, &bytes) == 0)
        event.bytes = static_cast<uint64_t>(bytes);
      done_.push_back(event);
    }
    if (!done_.empty()) return;
    for (const auto& [userdata, left] : clocks_) {
      if (left == least_) done_.push_back({userdata, Errno::Success, EventType::Clock, 0, 0});
    }
  }

  struct Clock {
    uint64_t userdata, left;
  };
  Process& process_;
  GuestSpan<const Subscription> wanted_;
  std::vector<Clock> clocks_;
  std::vector<pollfd> polled_;
  std::vector<Subscription> owners_;  ///< of polled_
  std::vector<Event> done_;
  uint64_t least_ = ~uint64_t{0};
  int happened_ = 0;
};

}  // namespace

Errno clock_res_get(Context&, uint32_t id, Out<uint64_t> out) {
  clockid_t clock;
  timespec step;
  if (!clock_of(id, clock)) return Errno::Inval;
  if (clock_getres(clock, &step) != 0) return last_error();
  out.set(nanoseconds(step));
  return Errno::Success;
}

Errno clock_time_get(Context&, uint32_t id, uint64_t, Out<uint64_t> out) {
  clockid_t clock;
  timespec now;
  if (!clock_of(id, clock)) return Errno::Inval;
  if (clock_gettime(clock, &now) != 0) return last_error();
  out.set(nanoseconds(now));
  return Errno::Success;
}

Errno poll_oneoff(Context& context, uint32_t subscriptions, uint32_t events, uint32_t count,
                  Out<uint32_t> happened) {
  if (count == 0) return Errno::Inval;
  constexpr uint32_t kMost = 0xffff;
  if (count > kMost) return Errno::Nomem;
  uint8_t* in = context.guest_bytes(subscriptions, count * static_cast<uint32_t>(sizeof(Subscription)));
  uint8_t* out = context.guest_bytes(events, count * static_cast<uint32_t>(sizeof(Event)));
  if (in == nullptr || out == nullptr) return Errno::Fault;
  std::vector<Event> all;
  const Errno error = Poll(context, GuestSpan<const Subscription>(in, count)).run(all);
  if (error != Errno::Success) return error;
  const GuestSpan<Event> span(out, count);
  for (uint32_t i = 0; i < all.size(); ++i) span.set(i, all[i]);
  happened.set(static_cast<uint32_t>(all.size()));
  return Errno::Success;
}

}  // namespace mote::wasi
