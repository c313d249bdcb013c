// SPDX-License-Identifier: Apache-2.0
// Hash chains and copying of matches: an LZ77 compressor, and its decompressor to check it.
#include "kernel.h"

enum { kSize = 6000, kHashBits = 10, kMinMatch = 4, kMaxMatch = 127 + kMinMatch };
static uint8_t plain[kSize], packed[kSize + kSize / 64 + 16], unpacked[kSize];
static uint16_t heads[1 << kHashBits];

static void make_text(void) {
  static const char kWords[] = "sensor value motor speed alarm level reset ready ";
  uint32_t random = 5, at = 0;
  while (at < kSize) {
    uint32_t word = next_random(&random) % (sizeof kWords - 1);
    while (word && kWords[word - 1] != ' ') --word;
    do {
      plain[at++] = (uint8_t)kWords[word];
    } while (at < kSize && kWords[word++] != ' ');
  }
}

static uint32_t hash_at(uint32_t at) {
  const uint32_t bytes = (uint32_t)plain[at] | (uint32_t)plain[at + 1] << 8 | (uint32_t)plain[at + 2] << 16;
  return (bytes * 2654435761u) >> (32 - kHashBits);
}

// A byte below 128: so many literals + 1 follow. From 128: a match of (byte - 128) + kMinMatch at a 16-bit
// distance.
static uint32_t compress(void) {
  for (uint32_t i = 0; i < 1u << kHashBits; ++i) heads[i] = 0xffff;
  uint32_t out = 0, literals = 0, at = 0;
  while (at < kSize) {
    uint32_t length = 0, candidate = 0xffff;
    if (at + kMinMatch <= kSize) {
      const uint32_t hash = hash_at(at);
      candidate = heads[hash];
      heads[hash] = (uint16_t)at;
    }
    if (candidate != 0xffff) {
      const uint32_t limit = kSize - at < kMaxMatch ? kSize - at : kMaxMatch;
      while (length < limit && plain[candidate + length] == plain[at + length]) ++length;
    }
    if (length >= kMinMatch) {
      literals = 0;
      packed[out++] = (uint8_t)(128 + length - kMinMatch);
      packed[out++] = (uint8_t)(at - candidate);
      packed[out++] = (uint8_t)((at - candidate) >> 8);
      at += length;
    } else {
      if (literals == 0 || literals == 128) packed[out++] = (uint8_t)(literals = 0);
      packed[out - 1 - literals] = (uint8_t)literals;
      packed[out++] = plain[at++];
      ++literals;
    }
  }
  return out;
}

static uint32_t decompress(uint32_t size) {
  uint32_t out = 0;
  for (uint32_t at = 0; at < size;) {
    const uint32_t control = packed[at++];
    if (control < 128) {
      for (uint32_t i = 0; i <= control; ++i) unpacked[out++] = packed[at++];
    } else {
      const uint32_t distance = packed[at] | (uint32_t)packed[at + 1] << 8;
      at += 2;
      for (uint32_t i = 0; i < control - 128 + kMinMatch; ++i, ++out)
        unpacked[out] = unpacked[out - distance];
    }
  }
  return out;
}

uint32_t kernel(void) {
  uint32_t check = kMixStart;
  make_text();
  for (int round = 0; round < 3; ++round) {
    const uint32_t size = compress();
    if (decompress(size) != kSize) return 0;
    for (uint32_t i = 0; i < kSize; ++i) {
      if (plain[i] != unpacked[i]) return 0;
    }
    for (uint32_t i = 0; i < size; ++i) check = mix(check, packed[i]);
    for (uint32_t i = 0; i < kSize; i += 50) plain[i] ^= 1;
  }
  return check;
}
