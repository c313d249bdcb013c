// SPDX-License-Identifier: Apache-2.0
// A module decides which readings of an analog input are worth reporting. sensor.h is `mote embed` of sensor.c, which lies in extras/modules.
#include <Mote.h>

#include "sensor.h"

void report(int32_t value) {
  Serial.print("about ");
  Serial.println(static_cast<int>(value));
}

constexpr mote::HostFunction kHost[] = {mote::bind<report>("env", "report")};
alignas(8) std::byte pool[4 * 1024];
mote::Engine engine(pool);

void setup() {
  Serial.begin(115200);
}

void loop() {
  static auto module = engine.load(sensor);
  if (!module) return Serial.println(module.error().message), delay(1000);
  static auto instance = engine.instantiate(*module, {.functions = kHost});
  if (!instance) return Serial.println(instance.error().message), delay(1000);
  static int32_t smooth = 0;
  const auto next = instance->call<int32_t>("reading", smooth, static_cast<int32_t>(analogRead(A0)));
  if (!next) return Serial.println(next.error().message), delay(1000);
  smooth = *next;
  delay(100);
}
