// SPDX-License-Identifier: Apache-2.0
// Table look-ups by byte: CRC-32 (the polynomial of IEEE 802.3, reflected).
#include "kernel.h"

enum { kSize = 4096, kRounds = 24 };
static uint32_t table[256];
static uint8_t data[kSize];

static void make_table(void) {
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
    table[i] = c;
  }
}

static uint32_t crc32(uint32_t crc, const uint8_t* bytes, uint32_t size) {
  crc = ~crc;
  for (uint32_t i = 0; i < size; ++i) crc = table[(crc ^ bytes[i]) & 0xff] ^ (crc >> 8);
  return ~crc;
}

uint32_t kernel(void) {
  make_table();
  uint32_t random = 1;
  for (uint32_t i = 0; i < kSize; ++i) data[i] = (uint8_t)next_random(&random);
  uint32_t crc = 0;
  for (uint32_t round = 0; round < kRounds; ++round) crc = crc32(crc, data, kSize);
  return crc;
}
