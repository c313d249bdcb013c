// SPDX-License-Identifier: Apache-2.0
// See kernel.h.
#pragma once
struct device;
extern "C" bool device_is_ready(const device* device);
#define DEVICE_DT_GET(node) (static_cast<const device*>(nullptr))
#define DEVICE_DT_GET_OR_NULL(node) (static_cast<const device*>(nullptr))
