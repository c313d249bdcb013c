// SPDX-License-Identifier: Apache-2.0
// On emulated controllers the sample presses its button itself, and looks at its LEDs (emulated.conf); on a
// board nothing of this is there.
#pragma once
#include <cstdint>

namespace emulated {

#ifdef CONFIG_EMUL
void begin();
void report(int32_t presses, int32_t degrees);
#else
inline void begin() {}
inline void report(int32_t, int32_t) {}
#endif

}  // namespace emulated
