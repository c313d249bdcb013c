// SPDX-License-Identifier: Apache-2.0
// Zephyr's headers moved under zephyr/ in 3.1.
#pragma once
#if __has_include(<zephyr/kernel.h>)
#include <zephyr/drivers/gpio.h>
#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>
#else
#include <drivers/gpio.h>
#include <sys/printk.h>
#include <zephyr.h>
#endif
