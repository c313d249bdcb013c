// SPDX-License-Identifier: Apache-2.0
// Trees, heaps and bit streams: Huffman coding and decoding.
#include "kernel.h"

enum { kSize = 3000, kSymbols = 64, kNodes = 2 * kSymbols };
static uint8_t text[kSize], bits[kSize];
static uint32_t weight[kNodes], code[kSymbols];
static uint8_t parent[kNodes], left[kNodes], right[kNodes], length[kSymbols], heap[kSymbols];
static uint32_t heap_size, node_count;

static void sift_down(uint32_t at) {
  const uint8_t node = heap[at];
  for (;;) {
    uint32_t child = 2 * at + 1;
    if (child >= heap_size) break;
    if (child + 1 < heap_size && weight[heap[child + 1]] < weight[heap[child]]) ++child;
    if (weight[heap[child]] >= weight[node]) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = node;
}

static uint8_t pop(void) {
  const uint8_t top = heap[0];
  heap[0] = heap[--heap_size];
  if (heap_size) sift_down(0);
  return top;
}

static void build_tree(void) {
  for (uint32_t i = 0; i < kSymbols; ++i) weight[i] = 1, heap[i] = (uint8_t)i;
  for (uint32_t i = 0; i < kSize; ++i) ++weight[text[i]];
  heap_size = node_count = kSymbols;
  for (uint32_t i = kSymbols / 2; i-- > 0;) sift_down(i);
  while (heap_size > 1) {
    const uint8_t a = pop(), b = heap[0], both = (uint8_t)node_count++;
    left[both] = a, right[both] = b, weight[both] = weight[a] + weight[b];
    parent[a] = parent[b] = both;
    heap[0] = both;
    sift_down(0);
  }
}

static void assign_codes(void) {
  const uint32_t root = node_count - 1;
  for (uint32_t symbol = 0; symbol < kSymbols; ++symbol) {
    uint32_t value = 0, depth = 0;
    for (uint32_t node = symbol; node != root; node = parent[node]) {
      value |= (uint32_t)(right[parent[node]] == node) << depth++;
    }
    code[symbol] = value, length[symbol] = (uint8_t)depth;
  }
}

static uint32_t encode(void) {
  uint32_t buffer = 0, filled = 0, out = 0;
  for (uint32_t i = 0; i < kSize; ++i) {
    const uint8_t symbol = text[i];
    buffer = buffer << length[symbol] | code[symbol];
    filled += length[symbol];
    while (filled >= 8) filled -= 8, bits[out++] = (uint8_t)(buffer >> filled);
  }
  bits[out++] = (uint8_t)(buffer << (8 - filled));
  return out;
}

static uint32_t decode_and_compare(void) {
  uint32_t bit = 0, equal = 0;
  for (uint32_t i = 0; i < kSize; ++i) {
    uint32_t node = node_count - 1;
    while (node >= kSymbols) {
      node = bits[bit >> 3] >> (7 - (bit & 7)) & 1 ? right[node] : left[node];
      ++bit;
    }
    equal += node == text[i];
  }
  return equal;
}

uint32_t kernel(void) {
  uint32_t random = 3, check = kMixStart;
  for (int round = 0; round < 2; ++round) {
    for (uint32_t i = 0; i < kSize; ++i) {  // a skewed distribution: the least of three
      uint32_t symbol = kSymbols - 1;
      for (int draw = 0; draw < 3; ++draw) {
        const uint32_t other = next_random(&random) % kSymbols;
        if (other < symbol) symbol = other;
      }
      text[i] = (uint8_t)symbol;
    }
    build_tree();
    assign_codes();
    const uint32_t size = encode();
    if (decode_and_compare() != kSize) return 0;
    for (uint32_t i = 0; i < size; ++i) check = mix(check, bits[i]);
  }
  return check;
}
