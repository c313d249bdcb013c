// SPDX-License-Identifier: Apache-2.0
// What a fuzzing target is to its drivers: libFuzzer (libfuzzer.cpp), and a program of our own that any
// compiler builds (replay.cpp).
#pragma once
#include <cstdint>
#include <span>

/// Takes one input; aborts when something is wrong. Whether the input is a valid module.
bool mote_fuzz_one(std::span<const uint8_t> bytes);
