// SPDX-License-Identifier: Apache-2.0
#include "host.hpp"

#include <cstdio>

#include "values.hpp"

namespace mote::tool {

void Host::print(std::string_view text) {
  if (captured != nullptr) {
    captured->append(text);
  } else {
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
}

namespace {

using Clock = std::chrono::steady_clock;

Host& host(const Context& context) {
  return context.data_as<Host>();
}

void print_i32(Context& context, int32_t value) {
  host(context).print(std::to_string(value) + '\n');
}
void print_i64(Context& context, int64_t value) {
  host(context).print(std::to_string(value) + '\n');
}
void print_f64(Context& context, double value) {
  host(context).print(print_value(Value::f64(value)) + '\n');
}
void print_text(Context& context, GuestString text) {
  host(context).print(text);
}
void put_line(Context& context, GuestCString text) {
  host(context).print(std::string(text) + '\n');
}
void led(Context& context, int32_t on) {
  host(context).print(on != 0 ? "led on\n" : "led off\n");
}
void start_timer(Context& context) {
  host(context).timer = Clock::now();
}
void end_timer(Context& context) {
  const auto microseconds =
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - host(context).timer);
  host(context).print("timer: " + std::to_string(microseconds.count()) + " us\n");
}

constexpr HostFunction kHost[] = {
    bind<print_i32>("env", "print"),
    bind<print_i32>("env", "print_i32"),
    bind<print_i64>("env", "print_i64"),
    bind<print_f64>("env", "print_f64"),
    bind<print_text>("env", "print_text"),
    bind<put_line>("env", "puts"),
    bind<led>("env", "led"),
    bind<start_timer>("env", "start_timer"),
    bind<end_timer>("env", "end_timer"),
};

}  // namespace

std::span<const HostFunction> host_functions() {
  return kHost;
}

}  // namespace mote::tool
