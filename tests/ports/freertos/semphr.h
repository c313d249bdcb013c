// SPDX-License-Identifier: Apache-2.0
// See FreeRTOS.h.
#pragma once
#include "FreeRTOS.h"
