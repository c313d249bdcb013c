// SPDX-License-Identifier: Apache-2.0
// Compares, swaps and recursion: quicksort, with insertion sort for short ranges.
#include "kernel.h"

enum { kSize = 1500, kRounds = 3, kShort = 8 };
static int32_t values[kSize];

static void insertion_sort(int32_t* first, int32_t* last) {
  for (int32_t* at = first + 1; at <= last; ++at) {
    const int32_t value = *at;
    int32_t* hole = at;
    for (; hole > first && hole[-1] > value; --hole) *hole = hole[-1];
    *hole = value;
  }
}

static void sort(int32_t* first, int32_t* last) {
  while (last - first >= kShort) {
    const int32_t pivot = first[(last - first) / 2];
    int32_t *left = first, *right = last;
    while (left <= right) {
      while (*left < pivot) ++left;
      while (*right > pivot) --right;
      if (left > right) break;
      const int32_t swapped = *left;
      *left++ = *right;
      *right-- = swapped;
    }
    if (right - first < last - left) {  // the longer part in this loop: the depth stays logarithmic
      sort(first, right);
      first = left;
    } else {
      sort(left, last);
      last = right;
    }
  }
  insertion_sort(first, last);
}

uint32_t kernel(void) {
  uint32_t random = 99, check = kMixStart;
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kSize; ++i) values[i] = (int32_t)next_random(&random);
    sort(values, values + kSize - 1);
    for (int i = 1; i < kSize; ++i) {
      if (values[i - 1] > values[i]) return 0;
    }
    check = mix(check, (uint32_t)values[kSize / 3]);
  }
  return check;
}
