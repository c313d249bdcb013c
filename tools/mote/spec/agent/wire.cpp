// SPDX-License-Identifier: Apache-2.0
#include "agent/wire.hpp"

namespace mote::spec {

namespace {

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kHex[] = "0123456789abcdef";

/// Value of a base64 digit, or -1.
int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// substr() that needs no exception: `from` and `size` are inside.
std::string_view part(std::string_view text, size_t from, size_t size) {
  return {text.data() + from, size};
}

bool is_plain(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == '$' || c == '/' || c == ':';
}

}  // namespace

uint16_t crc16(std::string_view text) {
  uint32_t crc = 0xffff;
  for (const char c : text) {
    crc ^= static_cast<uint32_t>(static_cast<uint8_t>(c)) << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000) ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return static_cast<uint16_t>(crc);
}

uint32_t crc32(std::span<const uint8_t> bytes, uint32_t crc) {
  crc = ~crc;
  for (const uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) ? (crc >> 1) ^ 0xedb8'8320 : crc >> 1;
  }
  return ~crc;
}

void LineWriter::put(char c) {
  if (size_ == buffer_.size()) {
    overflow_ = true;
  } else {
    buffer_[size_++] = c;
  }
}

void LineWriter::begin(uint8_t sequence) {
  size_ = 0;
  overflow_ = false;
  put('@');
  append_hex(sequence, 2);
}

LineWriter& LineWriter::append(std::string_view text) {
  for (const char c : text) put(c);
  return *this;
}

LineWriter& LineWriter::append_hex(uint64_t number, unsigned digits) {
  while (digits-- > 0) put(kHex[(number >> (4 * digits)) & 15]);
  return *this;
}

LineWriter& LineWriter::append_decimal(uint64_t number) {
  char digits[20];
  size_t count = 0;
  do {
    digits[count++] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  while (count > 0) put(digits[--count]);
  return *this;
}

LineWriter& LineWriter::word(std::string_view text) {
  put(' ');
  return append(text);
}

LineWriter& LineWriter::decimal(uint64_t number) {
  put(' ');
  return append_decimal(number);
}

LineWriter& LineWriter::name(std::string_view bytes) {
  put(' ');
  if (bytes.empty()) put('%');
  for (const char c : bytes) {
    if (is_plain(c)) {
      put(c);
    } else {
      put('%');
      append_hex(static_cast<uint8_t>(c), 2);
    }
  }
  return *this;
}

LineWriter& LineWriter::base64(std::span<const uint8_t> bytes) {
  put(' ');
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t left = bytes.size() - i;
    const uint32_t group = static_cast<uint32_t>(bytes[i]) << 16 |
                           (left > 1 ? static_cast<uint32_t>(bytes[i + 1]) << 8 : 0) |
                           (left > 2 ? static_cast<uint32_t>(bytes[i + 2]) : 0);
    put(kBase64[group >> 18]);
    put(kBase64[(group >> 12) & 63]);
    put(left > 1 ? kBase64[(group >> 6) & 63] : '=');
    put(left > 2 ? kBase64[group & 63] : '=');
  }
  return *this;
}

std::string_view LineWriter::end() {
  const uint16_t crc = crc16({buffer_.data(), size_});
  append(" *").append_hex(crc, 4);
  return overflow_ ? std::string_view{} : std::string_view{buffer_.data(), size_};
}

std::string_view LineReader::word() {
  while (!left_.empty() && left_.front() == ' ') left_.remove_prefix(1);
  const size_t end = left_.find(' ');
  const std::string_view found = part(left_, 0, end == std::string_view::npos ? left_.size() : end);
  left_.remove_prefix(found.size());
  return found;
}

bool LineReader::decimal(uint64_t& number) {
  return parse_decimal(word(), number);
}

bool LineReader::decimal(uint32_t& number) {
  uint64_t wide = 0;
  if (!decimal(wide) || wide > 0xffff'ffff) return false;
  number = static_cast<uint32_t>(wide);
  return true;
}

std::string_view LineReader::rest() {
  if (!left_.empty() && left_.front() == ' ') left_.remove_prefix(1);
  return left_;
}

bool open_line(std::string_view line, uint8_t& sequence, std::string_view& body) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  constexpr size_t kTail = 6;  // " *CCCC"
  if (line.size() < 3 + kTail || line[0] != '@') return false;
  const std::string_view tail = part(line, line.size() - kTail, kTail);
  const std::string_view text = part(line, 0, line.size() - kTail);
  uint64_t crc = 0, number = 0;
  if (!tail.starts_with(" *") || !parse_hex(part(tail, 2, 4), crc) || crc != crc16(text)) return false;
  if (!parse_hex(part(text, 1, 2), number)) return false;
  sequence = static_cast<uint8_t>(number);
  body = part(text, 3, text.size() - 3);
  return true;
}

bool parse_hex(std::string_view digits, uint64_t& number) {
  if (digits.empty() || digits.size() > 16) return false;
  number = 0;
  for (const char c : digits) {
    const int digit = hex_digit(c);
    if (digit < 0) return false;
    number = number << 4 | static_cast<uint64_t>(digit);
  }
  return true;
}

bool parse_decimal(std::string_view digits, uint64_t& number) {
  if (digits.empty()) return false;
  number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return false;
    const auto digit = static_cast<uint64_t>(c - '0');
    if (number > (~uint64_t{0} - digit) / 10) return false;
    number = number * 10 + digit;
  }
  return true;
}

bool decode_name(std::string_view word, std::span<char> to, size_t& size) {
  size = 0;
  if (word == "%") return true;
  if (word.empty()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    char c = word[i];
    if (c == '%') {
      uint64_t byte = 0;
      if (i + 2 >= word.size() || !parse_hex(part(word, i + 1, 2), byte)) return false;
      c = static_cast<char>(byte);
      i += 2;
    }
    if (size == to.size()) return false;
    to[size++] = c;
  }
  return true;
}

bool decode_base64(std::string_view word, std::span<uint8_t> to, size_t& size) {
  size = 0;
  if (word.size() % 4 != 0) return false;
  for (size_t i = 0; i < word.size(); i += 4) {
    const bool last = i + 4 == word.size();
    const size_t pad = !last || word[i + 3] != '=' ? 0 : word[i + 2] == '=' ? 2 : 1;
    uint32_t group = 0;
    for (size_t k = 0; k < 4; ++k) {
      const int digit = k >= 4 - pad ? 0 : base64_digit(word[i + k]);
      if (digit < 0) return false;
      group = group << 6 | static_cast<uint32_t>(digit);
    }
    for (size_t k = 0; k < 3 - pad; ++k) {
      if (size == to.size()) return false;
      to[size++] = static_cast<uint8_t>(group >> (16 - 8 * k));
    }
  }
  return true;
}

}  // namespace mote::spec
