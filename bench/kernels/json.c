// SPDX-License-Identifier: Apache-2.0
// Scanning of text: a JSON (RFC 8259) tokenizer and checker with an explicit stack.
#include "kernel.h"

enum { kRounds = 24, kMaxDepth = 16 };
static const char kText[] =
    "{\"device\":{\"id\":\"mote-0042\",\"firmware\":\"1.7.3\",\"uptime\":86417,\"ok\":true},\n"
    " \"sensors\":[{\"name\":\"temperature\",\"unit\":\"\\u00b0C\",\"values\":[21.5,21.75,-3e-2,1E+3,0]},\n"
    "  {\"name\":\"humidity\",\"unit\":\"%\",\"values\":[45,46,47.125,null,44]},\n"
    "  {\"name\":\"door\",\"open\":false,\"log\":[[1,\"closed\"],[2,\"open "
    "\\\"wide\\\"\"],[3,\"closed\\n\"]]}],\n"
    " \"network\":{\"ssid\":\"caf\\u00e9\",\"rssi\":-67,\"dns\":[\"10.0.0.1\",\"10.0.0.2\"],\"retries\":{}},"
    "\n"
    " \"empty\":[],\"nested\":[[[[[[\"deep\"]]]]]]}\n";

typedef enum { kEnd, kString, kNumber, kLiteral, kPunctuation, kBad } Token;
static const char* at;
static const char* token_start;

static int is_digit(char c) {
  return c >= '0' && c <= '9';
}

static Token scan_string(void) {
  for (++at; *at != '"'; ++at) {
    if ((uint8_t)*at < 0x20) return kBad;
    if (*at != '\\') continue;
    ++at;
    if (*at == 'u') {
      for (int i = 0; i < 4; ++i) {
        ++at;
        if (!is_digit(*at) && !((*at | 32) >= 'a' && (*at | 32) <= 'f')) return kBad;
      }
    }
  }
  ++at;
  return kString;
}

static Token scan_number(void) {
  if (*at == '-') ++at;
  if (!is_digit(*at)) return kBad;
  while (is_digit(*at)) ++at;
  if (*at == '.') {
    for (++at; is_digit(*at); ++at) {
    }
  }
  if ((*at | 32) == 'e') {
    ++at;
    if (*at == '+' || *at == '-') ++at;
    if (!is_digit(*at)) return kBad;
    while (is_digit(*at)) ++at;
  }
  return kNumber;
}

static Token next_token(void) {
  while (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r') ++at;
  token_start = at;
  switch (*at) {
    case 0:
      return kEnd;
    case '"':
      return scan_string();
    case '{':
    case '}':
    case '[':
    case ']':
    case ',':
    case ':':
      ++at;
      return kPunctuation;
    default:
      break;
  }
  if (*at == '-' || is_digit(*at)) return scan_number();
  if (*at < 'a' || *at > 'z') return kBad;
  while (*at >= 'a' && *at <= 'z') ++at;
  return kLiteral;
}

static uint32_t parse(const char* text) {
  char stack[kMaxDepth];
  uint32_t depth = 0, check = kMixStart;
  at = text;
  for (;;) {
    const Token token = next_token();
    if (token == kBad) return 0;
    if (token == kEnd) return depth == 0 ? check : 0;
    check = mix(check, (uint32_t)token << 16 | (uint32_t)(at - token_start));
    if (token != kPunctuation) continue;
    const char c = *token_start;
    if (c == '{' || c == '[') {
      if (depth == kMaxDepth) return 0;
      stack[depth++] = (char)(c + 2);  // the bracket that closes it
    } else if (c == '}' || c == ']') {
      if (depth == 0 || stack[--depth] != c) return 0;
    }
  }
}

uint32_t kernel(void) {
  uint32_t check = kMixStart;
  for (uint32_t round = 0; round < kRounds; ++round) check = mix(check, parse(kText) + round);
  return check;
}
