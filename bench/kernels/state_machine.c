// SPDX-License-Identifier: Apache-2.0
// Branches and a dense switch: the states of a drinks machine, driven by random events.
#include "kernel.h"

enum { kEvents = 20000 };
typedef enum { kIdle, kPaying, kSelecting, kHeating, kPouring, kCleaning, kFault } State;
typedef enum { kCoin, kCancel, kButton, kHot, kCold, kDone, kTick, kService } Event;

static struct {
  State state;
  uint32_t credit, served, faults, refunds, temperature, cups, ticks;
} machine;

static void refund(void) {
  machine.refunds += machine.credit;
  machine.credit = 0;
  machine.state = kIdle;
}

static void step(Event event, uint32_t value) {
  if (event == kTick) ++machine.ticks;
  switch (machine.state) {
    case kIdle:
      if (event == kCoin) machine.credit += value, machine.state = kPaying;
      if (event == kService) machine.state = kCleaning;
      break;
    case kPaying:
      if (event == kCoin) machine.credit += value;
      if (event == kCancel) refund();
      if (machine.credit >= 150) machine.state = kSelecting;
      break;
    case kSelecting:
      if (event == kCancel) refund();
      if (event == kButton) machine.state = machine.temperature < 80 ? kHeating : kPouring;
      break;
    case kHeating:
      if (event == kTick) machine.temperature += 7;
      if (event == kHot || machine.temperature >= 80) machine.state = kPouring;
      if (event == kCold && value > 240) machine.state = kFault, ++machine.faults;
      break;
    case kPouring:
      if (event == kDone) {
        ++machine.served;
        machine.credit -= 150;
        machine.temperature -= machine.temperature / 4;
        machine.state = ++machine.cups % 20 == 0 ? kCleaning : machine.credit ? kPaying : kIdle;
      }
      break;
    case kCleaning:
      if (event == kTick || event == kDone) machine.state = kIdle;
      break;
    case kFault:
      if (event == kService) refund();
      break;
  }
}

uint32_t kernel(void) {
  uint32_t random = 21, check = kMixStart;
  machine.state = kIdle;
  machine.credit = machine.served = machine.faults = machine.refunds = machine.cups = machine.ticks = 0;
  machine.temperature = 20;
  for (int i = 0; i < kEvents; ++i) {
    const uint32_t draw = next_random(&random);
    step((Event)(draw >> 8 & 7), draw & 0xff);
    check += machine.state ^ draw;
  }
  check = mix(mix(check, machine.served), machine.faults);
  return mix(mix(check, machine.refunds), machine.temperature + machine.ticks);
}
