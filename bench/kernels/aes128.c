// SPDX-License-Identifier: Apache-2.0
// Bytes, an S-box and GF(2^8): AES-128 encryption (FIPS 197), in counter mode, byte by byte.
#include "kernel.h"

enum { kBlocks = 96, kRounds = 10 };
static uint8_t sbox[256];
static uint8_t round_keys[16 * (kRounds + 1)];

static uint8_t times2(uint8_t x) {
  return (uint8_t)((x << 1) ^ (x & 0x80 ? 0x1b : 0));
}

// FIPS 197, 5.1.1: p runs through the powers of 3, q through their inverses; then the affine map.
static void make_sbox(void) {
  uint8_t p = 1, q = 1;
  do {
    p = (uint8_t)(p ^ times2(p));
    q = (uint8_t)(q ^ (q << 1));
    q = (uint8_t)(q ^ (q << 2));
    q = (uint8_t)(q ^ (q << 4));
    if (q & 0x80) q ^= 0x09;
    const uint32_t twice = q * 0x101u;
    sbox[p] = (uint8_t)(0x63 ^ q ^ (twice >> 7) ^ (twice >> 6) ^ (twice >> 5) ^ (twice >> 4));
  } while (p != 1);
  sbox[0] = 0x63;
}

static void expand_key(const uint8_t* key) {
  for (int i = 0; i < 16; ++i) round_keys[i] = key[i];
  uint8_t constant = 1;
  for (int i = 16; i < 16 * (kRounds + 1); i += 4) {
    uint8_t word[4];
    for (int j = 0; j < 4; ++j) word[j] = round_keys[i - 4 + j];
    if (i % 16 == 0) {
      const uint8_t first = word[0];
      word[0] = (uint8_t)(sbox[word[1]] ^ constant);
      word[1] = sbox[word[2]];
      word[2] = sbox[word[3]];
      word[3] = sbox[first];
      constant = times2(constant);
    }
    for (int j = 0; j < 4; ++j) round_keys[i + j] = round_keys[i - 16 + j] ^ word[j];
  }
}

static void substitute_and_shift(const uint8_t* in, uint8_t* out) {
  for (int column = 0; column < 4; ++column) {
    for (int row = 0; row < 4; ++row) out[4 * column + row] = sbox[in[4 * ((column + row) & 3) + row]];
  }
}

static void mix_columns(uint8_t* state) {
  for (uint8_t* c = state; c < state + 16; c += 4) {
    const uint8_t first = c[0], all = c[0] ^ c[1] ^ c[2] ^ c[3];
    c[0] ^= all ^ times2(c[0] ^ c[1]);
    c[1] ^= all ^ times2(c[1] ^ c[2]);
    c[2] ^= all ^ times2(c[2] ^ c[3]);
    c[3] ^= all ^ times2(c[3] ^ first);
  }
}

static void encrypt(uint8_t* block) {
  uint8_t other[16];
  for (int i = 0; i < 16; ++i) block[i] ^= round_keys[i];
  for (int round = 1; round <= kRounds; ++round) {
    substitute_and_shift(block, other);
    if (round < kRounds) mix_columns(other);
    for (int i = 0; i < 16; ++i) block[i] = other[i] ^ round_keys[16 * round + i];
  }
}

static uint32_t word_at(const uint8_t* bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

uint32_t kernel(void) {
  uint8_t key[16], block[16];
  make_sbox();
  for (int i = 0; i < 16; ++i) key[i] = (uint8_t)i;
  expand_key(key);
  // FIPS 197, C.1: this block must give 69c4e0d8...; the check value starts with it.
  for (int i = 0; i < 16; ++i) block[i] = (uint8_t)(i * 0x11);
  encrypt(block);
  uint32_t check = word_at(block) == 0x69c4e0d8 ? kMixStart : 0;
  for (uint32_t counter = 0; counter < kBlocks; ++counter) {
    for (int i = 0; i < 16; ++i) block[i] = (uint8_t)(counter >> (8 * (i & 3)));
    encrypt(block);
    check = mix(check, word_at(block) ^ word_at(block + 12));
  }
  return check;
}
