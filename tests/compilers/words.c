// SPDX-License-Identifier: Apache-2.0
// C with a library: allocation, sorting, floating point, formatted output.
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct word {
  char* text;
  unsigned count;
};

static int by_count(const void* left, const void* right) {
  const struct word *a = left, *b = right;
  return a->count != b->count ? (int)b->count - (int)a->count : strcmp(a->text, b->text);
}

int main(void) {
  const char* text = "the device compiles the module and the module runs in place and the board sleeps";
  struct word* words = NULL;
  unsigned known = 0, total = 0;
  for (const char* at = text; *at != '\0';) {
    size_t length = strcspn(at, " ");
    unsigned i = 0;
    while (i < known && (strncmp(words[i].text, at, length) != 0 || words[i].text[length] != '\0')) ++i;
    if (i == known) {
      words = realloc(words, ++known * sizeof *words);
      words[i].text = strndup(at, length);
      words[i].count = 0;
    }
    ++words[i].count;
    ++total;
    at += length + (at[length] == ' ');
  }
  qsort(words, known, sizeof *words, by_count);
  for (unsigned i = 0; i < 3; ++i) printf("%-8s %u\n", words[i].text, words[i].count);
  double entropy = 0;
  for (unsigned i = 0; i < known; ++i)
    entropy -= words[i].count * log2((double)words[i].count / total) / total;
  printf("%u words, %.6f bits, %s\n", total, entropy, isupper((unsigned char)*text) ? "upper" : "lower");
  return 0;
}
