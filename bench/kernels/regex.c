// SPDX-License-Identifier: Apache-2.0
// Recursion and pointers to text: a backtracking matcher of simple regular expressions.
#include "kernel.h"

// Patterns: literals, '.', [sets] with ranges and ^, the suffixes * + ?, the anchors ^ and $.
static const char* const kPatterns[] = {
    "^[a-z]+=[0-9]+$",          "err.*timeout", "[^ ]+@[a-z]+\\.org", "a*a*a*b",
    "[0-9]+\\.[0-9]+\\.[0-9]+", "^$",           "x?y?z?end$"};
static const char* const kLines[] = {"speed=1200",
                                     "error: bus 3 timeout",
                                     "mail bob.smith@example.org now",
                                     "aaaaaaaaaaaaaac",
                                     "version 12.0.345 is ready",
                                     "",
                                     "the long and winding road to the xyzend",
                                     "temperature=21.5 humidity=44"};

static const char* after_item(const char* p) {
  if (*p == '\\') return p + 2;
  if (*p != '[') return p + 1;
  for (++p; *p != ']'; ++p) {
  }
  return p + 1;
}

static int item_matches(const char* p, char c) {
  if (c == 0) return 0;
  if (*p == '.') return 1;
  if (*p == '\\') return p[1] == c;
  if (*p != '[') return *p == c;
  ++p;
  const int inverted = *p == '^';
  if (inverted) ++p;
  int found = 0;
  for (; *p != ']'; ++p) {
    if (p[1] == '-' && p[2] != ']') {
      found |= c >= p[0] && c <= p[2];
      p += 2;
    } else {
      found |= *p == c;
    }
  }
  return found != inverted;
}

static const char* match_here(const char* p, const char* text) {
  while (*p) {
    if (*p == '$' && p[1] == 0) return *text ? NULL : text;
    const char* next = after_item(p);
    if (*next == '*' || *next == '+') {
      const char* longest = text;
      while (item_matches(p, *longest)) ++longest;
      for (const char* least = text + (*next == '+'); longest >= least; --longest) {
        const char* end = match_here(next + 1, longest);
        if (end) return end;
      }
      return NULL;
    }
    if (*next == '?') {
      if (item_matches(p, *text)) {
        const char* end = match_here(next + 1, text + 1);
        if (end) return end;
      }
      p = next + 1;
      continue;
    }
    if (!item_matches(p, *text)) return NULL;
    ++text;
    p = next;
  }
  return text;
}

// The first match: its start and length, packed; 0 for none.
static uint32_t search(const char* pattern, const char* text) {
  const int anchored = *pattern == '^';
  const char* start = text;
  do {
    const char* end = match_here(pattern + anchored, start);
    if (end) return 0x10000 + (uint32_t)(start - text) * 256 + (uint32_t)(end - start);
  } while (!anchored && *start++);
  return 0;
}

uint32_t kernel(void) {
  uint32_t check = kMixStart;
  for (int round = 0; round < 4; ++round) {
    for (uint32_t pattern = 0; pattern < sizeof kPatterns / sizeof *kPatterns; ++pattern) {
      for (uint32_t line = 0; line < sizeof kLines / sizeof *kLines; ++line) {
        check = mix(check, search(kPatterns[pattern], kLines[line]));
      }
    }
  }
  return check;
}
