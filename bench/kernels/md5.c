// SPDX-License-Identifier: Apache-2.0
// Additions and rotations by tables: MD5 (RFC 1321).
#include "kernel.h"

enum { kBlocks = 96 };

// RFC 1321, 3.4: the integer part of 2^32 |sin(i + 1)|.
static const uint32_t kSines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};
static const uint8_t kShifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

static void add_block(uint32_t* hash, const uint32_t* words) {
  uint32_t a = hash[0], b = hash[1], c = hash[2], d = hash[3];
  for (uint32_t i = 0; i < 64; ++i) {
    uint32_t f, index;
    switch (i >> 4) {
      case 0:
        f = (b & c) | (~b & d), index = i;
        break;
      case 1:
        f = (d & b) | (~d & c), index = 5 * i + 1;
        break;
      case 2:
        f = b ^ c ^ d, index = 3 * i + 5;
        break;
      default:
        f = c ^ (b | ~d), index = 7 * i;
        break;
    }
    const uint32_t sum = a + f + kSines[i] + words[index & 15];
    const uint32_t shift = kShifts[i >> 4][i & 3];
    a = d;
    d = c;
    c = b;
    b += sum << shift | sum >> (32 - shift);
  }
  hash[0] += a, hash[1] += b, hash[2] += c, hash[3] += d;
}

static void start(uint32_t* hash) {
  hash[0] = 0x67452301, hash[1] = 0xefcdab89, hash[2] = 0x98badcfe, hash[3] = 0x10325476;
}

uint32_t kernel(void) {
  uint32_t words[16], hash[4];
  for (int i = 0; i < 16; ++i) words[i] = 0;
  // The message "abc" with its padding: RFC 1321, A.5, 90015098...
  words[0] = 0x80636261, words[14] = 24;
  start(hash);
  add_block(hash, words);
  uint32_t check = hash[0] == 0x98500190 ? kMixStart : 0;
  for (uint32_t i = 0; i < kBlocks; ++i) {
    words[i & 15] += hash[i & 3];
    add_block(hash, words);
  }
  for (int i = 0; i < 4; ++i) check = mix(check, hash[i]);
  return check;
}
