// SPDX-License-Identifier: Apache-2.0
// See kernel.h. A devicetree with led0, sw0, an ADC channel, pwm-led0, i2c0 and spi0.
#pragma once
#define DT_ALIAS(name) 0
#define DT_NODELABEL(name) 0
#define DT_PATH(name) 0
#define DT_NODE_HAS_STATUS(node, status) 1
#define DT_NODE_HAS_PROP(node, property) 1
#define DT_PROP_HAS_IDX(node, property, index) 1
#define DT_GPIO_FLAGS(node, property) GPIO_ACTIVE_LOW
#define DT_FOREACH_PROP_ELEM(node, property, what) what(node, property, 0)
#define MOTE_REMOVE(...) __VA_ARGS__
#define IF_ENABLED(flag, code) MOTE_REMOVE code
#define COND_CODE_1(flag, yes, no) MOTE_REMOVE yes
