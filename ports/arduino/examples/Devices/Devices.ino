// SPDX-License-Identifier: Apache-2.0
// A module that knows no pin numbers: it asks for "led0", and the table here says which pin that is. pulse.h is `mote embed` of pulse.c, which
// lies in extras/modules; it was compiled to WebAssembly and given as much memory as it needs by `mote shrink`.
#include <MoteDevices.h>

#include "pulse.h"

constexpr mote::devices::Device kDevices[] = {{"led0", mote::devices::DeviceKind::DigitalOut, LED_BUILTIN}};
mote::devices::Board pins(kDevices);
mote::devices::App app(pins);

// What the sketch offers to the module; flash is paid for these alone.
constexpr mote::HostFunction kHost[] = {
    mote::devices::kGpioGetDigitalOut, mote::devices::kDigitalOutPinToggle, mote::devices::kDigitalOutPinDrop,
    mote::devices::kEventsNewTimer,    mote::devices::kTimerSet,            mote::devices::kTimerDrop,
    mote::devices::kEventsWait};
alignas(8) std::byte pool[24 * 1024];
mote::Engine engine(pool);

void setup() {
  Serial.begin(115200);
  mote::arduino::use(pins);
}

void loop() {
  static auto module = engine.load(pulse);
  if (!module) return Serial.println(module.error().message), delay(1000);
  static auto instance = engine.instantiate(*module, {.functions = kHost}, {.data = &app});
  if (!instance) return Serial.println(instance.error().message), delay(1000);
  const auto switched = instance->call<int32_t>("pulse", 6);
  if (!switched) return Serial.println(switched.error().message), delay(1000);
  Serial.print("LED switched: ");
  Serial.println(static_cast<int>(*switched));
}
