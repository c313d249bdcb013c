// SPDX-License-Identifier: Apache-2.0
#pragma once

#define MOTE_INLINE [[gnu::always_inline]] inline
