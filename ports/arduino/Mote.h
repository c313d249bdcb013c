// SPDX-License-Identifier: Apache-2.0
// What a sketch includes. Mote's interface is C++20; most cores set an older standard.
#pragma once
#if __cplusplus < 202002L && !defined(__cpp_concepts)
#error \
    "Mote needs C++20 (gcc 10 or newer). Arduino: put compiler.cpp.extra_flags=-std=gnu++20 into the core's platform.local.txt. PlatformIO: build_unflags = -std=gnu++17 and build_flags = -std=gnu++20"
#else
#include <mote/mote.hpp>
#endif
