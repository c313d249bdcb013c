// SPDX-License-Identifier: Apache-2.0
// See kernel.h.
#pragma once
#include <zephyr/device.h>
#include <cstddef>
#include <cstdint>

struct adc_dt_spec {
  const device* dev;
  uint8_t channel_id;
  uint8_t resolution;
};
struct adc_sequence {
  const void* options;
  uint32_t channels;
  void* buffer;
  size_t buffer_size;
};
#define ADC_DT_SPEC_GET_BY_IDX(node, index) \
  { nullptr, index, 12 }

extern "C" {
int adc_channel_setup_dt(const adc_dt_spec* spec);
int adc_sequence_init_dt(const adc_dt_spec* spec, adc_sequence* sequence);
int adc_read(const device* dev, const adc_sequence* sequence);
}
