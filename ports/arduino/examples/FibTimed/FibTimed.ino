// SPDX-License-Identifier: Apache-2.0
// fib(24) natively and as a module, timed. fib_timed.h is `mote embed` of examples/fib_timed/fib_timed.c.
#include <Mote.h>

#include "fib_timed.h"

unsigned long started, took;
int printed;

void start_timer() {
  started = micros();
}
void end_timer() {
  took = micros() - started;
}
void print_number(int32_t value) {
  printed = value;
}

constexpr mote::HostFunction kHost[] = {
    mote::bind<start_timer>("env", "start_timer"),
    mote::bind<end_timer>("env", "end_timer"),
    mote::bind<print_number>("env", "print"),
};
alignas(8) std::byte pool[4 * 1024];

int fib(int n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

void report(const char* what, int result) {
  Serial.print(what);
  Serial.print(": fib(24) = ");
  Serial.print(result);
  Serial.print(", microseconds: ");
  Serial.println(took);
}

void setup() {
  Serial.begin(115200);
}

void loop() {
  start_timer();
  const int native = fib(24);
  end_timer();
  report("native", native);

  mote::Engine engine(pool);
  auto module = engine.load(fib_timed);
  if (!module) return Serial.println(module.error().message), delay(1000);
  auto instance = engine.instantiate(*module, {.functions = kHost});
  if (!instance) return Serial.println(instance.error().message), delay(1000);
  const auto done = instance->call<int32_t>("main");
  if (!done) return Serial.println(done.error().message), delay(1000);
  report("module", printed);
  delay(5000);
}
