// SPDX-License-Identifier: Apache-2.0
// A module blinks the LED. blink.h is `mote embed` of ports/common/blink.c.
#include <Mote.h>

#include "blink.h"

void led(bool on) {
  digitalWrite(LED_BUILTIN, on ? HIGH : LOW);
  delay(500);
}

constexpr mote::HostFunction kHost[] = {mote::bind<led>("env", "led")};
alignas(8) std::byte pool[4 * 1024];
mote::Engine engine(pool);

void setup() {
  Serial.begin(115200);
  pinMode(LED_BUILTIN, OUTPUT);
}

void loop() {
  static auto module = engine.load(blink);
  if (!module) return Serial.println(module.error().message), delay(1000);
  static auto instance = engine.instantiate(*module, {.functions = kHost});
  if (!instance) return Serial.println(instance.error().message), delay(1000);
  const auto switched = instance->call<int32_t>("blink", 3);
  if (!switched) return Serial.println(switched.error().message), delay(1000);
  Serial.print("LED switched: ");
  Serial.println(static_cast<int>(*switched));
}
