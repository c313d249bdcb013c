// SPDX-License-Identifier: Apache-2.0
// See kernel.h.
#pragma once
#include <cstdarg>

extern "C" {
[[gnu::format(printf, 1, 2)]] void printk(const char* format, ...);
void vprintk(const char* format, std::va_list arguments);
}
