// SPDX-License-Identifier: Apache-2.0
// mote/drivers.hpp over Zephyr: ADC and PWM. Stack: under 200 bytes and the driver's. From interrupts: none.
#include <zephyr/kernel.h>
#include <mote/devices.hpp>
#include <mote/drivers.hpp>
#ifdef CONFIG_ADC
#include <zephyr/drivers/adc.h>
#endif
#ifdef CONFIG_PWM
#include <zephyr/drivers/pwm.h>
#endif

#include "specs.hpp"

namespace mote::drivers {

#ifdef CONFIG_ADC
namespace {

#define MOTE_ADC(node, property, index) ADC_DT_SPEC_GET_BY_IDX(node, index),
#if DT_NODE_HAS_PROP(MOTE_USER, io_channels)
const adc_dt_spec kAdcs[] = {DT_FOREACH_PROP_ELEM(MOTE_USER, io_channels, MOTE_ADC)};
#else
const adc_dt_spec kAdcs[1] = {};
#endif

}  // namespace

uint32_t analog_in_max(uint8_t channel) {
  return (uint32_t{1} << kAdcs[channel].resolution) - 1;
}

int32_t read_analog(uint8_t channel, uint32_t& value) {
  const adc_dt_spec& adc = kAdcs[channel];
  int32_t sample = 0;
  adc_sequence sequence{};
  sequence.buffer = &sample;
  sequence.buffer_size = sizeof sample;
  if (!device_is_ready(adc.dev) || adc_channel_setup_dt(&adc) < 0 ||
      adc_sequence_init_dt(&adc, &sequence) < 0 || adc_read(adc.dev, &sequence) < 0)
    return devices::kHardwareFault;
  // Drivers of up to 16 bits of resolution fill half of it; single-ended readings just below 0 are noise.
  if (adc.resolution <= 16) sample = static_cast<int16_t>(sample);
  value = sample < 0 ? 0 : static_cast<uint32_t>(sample);
  return 0;
}
#else  // then nothing of this kind is in the table
uint32_t analog_in_max(uint8_t) {
  return 0;
}
int32_t read_analog(uint8_t, uint32_t&) {
  return devices::kOperationNotSupported;
}
#endif

#ifdef CONFIG_PWM
namespace {

constexpr uint32_t kPwmMax = 65535;
const pwm_dt_spec kPwms[] = {
    PWM_DT_SPEC_GET_OR(DT_ALIAS(pwm_led0), {}), PWM_DT_SPEC_GET_OR(DT_ALIAS(pwm_led1), {}),
    PWM_DT_SPEC_GET_OR(DT_ALIAS(pwm_led2), {}), PWM_DT_SPEC_GET_OR(DT_ALIAS(pwm_led3), {})};

}  // namespace

uint32_t analog_out_max(uint8_t) {
  return kPwmMax;
}

int32_t write_analog(uint8_t channel, uint32_t value) {
  const pwm_dt_spec& pwm = kPwms[channel];
  const auto pulse = static_cast<uint32_t>(uint64_t{pwm.period} * value / kPwmMax);
  return device_is_ready(pwm.dev) && pwm_set_pulse_dt(&pwm, pulse) == 0 ? 0
                                                                        : int32_t{devices::kHardwareFault};
}
#else
uint32_t analog_out_max(uint8_t) {
  return 0;
}
int32_t write_analog(uint8_t, uint32_t) {
  return devices::kOperationNotSupported;
}
#endif

}  // namespace mote::drivers
