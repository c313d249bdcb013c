// SPDX-License-Identifier: Apache-2.0
// Loops over bytes and words: the functions of string.h, written plainly.
#include "kernel.h"

enum { kSize = 1024, kRounds = 8 };
static char text[kSize], copy[kSize];
static uint32_t words[kSize / 4], moved[kSize / 4];

static uint32_t length_of(const char* s) {
  const char* end = s;
  while (*end) ++end;
  return (uint32_t)(end - s);
}

static void copy_bytes(char* to, const char* from, uint32_t size) {
  for (uint32_t i = 0; i < size; ++i) to[i] = from[i];
}

static void copy_words(uint32_t* to, const uint32_t* from, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) to[i] = from[i];
}

static void fill(char* to, char value, uint32_t size) {
  for (uint32_t i = 0; i < size; ++i) to[i] = value;
}

static int compare(const char* a, const char* b) {
  while (*a && *a == *b) ++a, ++b;
  return (uint8_t)*a - (uint8_t)*b;
}

static const char* find(const char* text_, const char* word) {
  for (; *text_; ++text_) {
    const char *t = text_, *w = word;
    while (*w && *t == *w) ++t, ++w;
    if (!*w) return text_;
  }
  return NULL;
}

static void to_upper(char* s) {
  for (; *s; ++s) {
    if (*s >= 'a' && *s <= 'z') *s = (char)(*s - 32);
  }
}

uint32_t kernel(void) {
  uint32_t random = 23, check = kMixStart;
  for (int round = 0; round < kRounds; ++round) {
    fill(text, 0, kSize);
    for (int i = 0; i < kSize - 1; ++i) text[i] = (char)('a' + (next_random(&random) >> 7) % 6);
    fill(copy, 'z', kSize);
    copy_bytes(copy, text, length_of(text) + 1);
    const char* found = find(text, "abcab");
    check = mix(check, found ? (uint32_t)(found - text) : 0xffff);
    check = mix(check, (uint32_t)compare(text, copy));
    copy[700 + round] ^= 3;
    check = mix(check, (uint32_t)compare(text, copy));
    to_upper(copy);
    for (int i = 0; i < kSize / 4; ++i) words[i] = (uint32_t)(uint8_t)copy[4 * i] << 8 | (uint8_t)text[i];
    copy_words(moved, words, kSize / 4);
    check = mix(check, moved[(uint32_t)round * 31] + length_of(copy));
  }
  return check;
}
