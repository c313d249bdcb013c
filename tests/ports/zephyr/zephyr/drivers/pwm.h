// SPDX-License-Identifier: Apache-2.0
// See kernel.h.
#pragma once
#include <zephyr/device.h>
#include <cstdint>

struct pwm_dt_spec {
  const device* dev;
  uint32_t channel;
  uint32_t period;
  uint16_t flags;
};
#define PWM_DT_SPEC_GET_OR(node, other) \
  { nullptr, 0, 20'000'000, 0 }

extern "C" int pwm_set_pulse_dt(const pwm_dt_spec* spec, uint32_t pulse);
