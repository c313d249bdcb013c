// SPDX-License-Identifier: Apache-2.0
// Regrouping of bits by bytes: base64 (RFC 4648) there and back.
#include "kernel.h"

enum { kSize = 3000, kRounds = 6 };
static const char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static uint8_t data[kSize + 2], decoded[kSize + 2];
static char encoded[4 * ((kSize + 2) / 3)];
static uint8_t values[128];

static uint32_t encode(uint32_t size) {
  uint32_t out = 0;
  for (uint32_t i = 0; i < size; i += 3) {
    const uint32_t second = i + 1 < size ? data[i + 1] : 0, third = i + 2 < size ? data[i + 2] : 0;
    const uint32_t group = (uint32_t)data[i] << 16 | second << 8 | third;
    encoded[out++] = kAlphabet[group >> 18];
    encoded[out++] = kAlphabet[group >> 12 & 63];
    encoded[out++] = i + 1 < size ? kAlphabet[group >> 6 & 63] : '=';
    encoded[out++] = i + 2 < size ? kAlphabet[group & 63] : '=';
  }
  return out;
}

static uint32_t decode(uint32_t size) {
  uint32_t out = 0, group = 0;
  for (uint32_t i = 0; i < size; ++i) {
    if (encoded[i] == '=') {
      group <<= 6;
    } else {
      group = group << 6 | values[(uint8_t)encoded[i]];
    }
    if (i % 4 == 3) {
      decoded[out++] = (uint8_t)(group >> 16);
      decoded[out++] = (uint8_t)(group >> 8);
      decoded[out++] = (uint8_t)group;
    }
  }
  return out - (encoded[size - 1] == '=') - (encoded[size - 2] == '=');
}

uint32_t kernel(void) {
  uint32_t random = 11, check = kMixStart;
  for (uint32_t i = 0; i < 64; ++i) values[(uint8_t)kAlphabet[i]] = (uint8_t)i;
  for (uint32_t i = 0; i < kSize; ++i) data[i] = (uint8_t)next_random(&random);
  for (uint32_t round = 0; round < kRounds; ++round) {
    const uint32_t size = kSize - round % 3, characters = encode(size);
    if (decode(characters) != size) return 0;
    for (uint32_t i = 0; i < size; ++i) {
      if (data[i] != decoded[i]) return 0;
    }
    check = mix(check, (uint8_t)encoded[characters / 2 + round]);
    data[round * 17] ^= 0x55;
  }
  return check;
}
