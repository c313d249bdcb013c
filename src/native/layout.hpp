/* SPDX-License-Identifier: Apache-2.0 */
/* Offsets that code for this machine and enter_<isa>.S rely on; native.cpp asserts each. */
#pragma once

#if defined(__x86_64__)
#include "native/layout_x64.hpp"
#else
#include "native/layout_thumb2.hpp"
#endif
