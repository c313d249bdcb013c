// SPDX-License-Identifier: Apache-2.0
// One line of the agent's protocol, both ways: "@SEQ BODY *CRC" (docs/conformance.md, "Line protocol").
// Freestanding: shared by the firmware and the host.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mote::spec {

/// Longest line in either direction, without its end-of-line characters.
inline constexpr size_t kLineBytes = 1024;
/// Most bytes of a module in one `data` line: base64 of them, the frame and the verb stay under kLineBytes.
inline constexpr size_t kChunkBytes = 720;

/// CRC-16/CCITT-FALSE: polynomial 0x1021, initial value 0xffff, most significant bit first.
uint16_t crc16(std::string_view text);
/// CRC-32 as in IEEE 802.3: reflected polynomial 0xedb88320. `crc` is the result so far, 0 at the start.
uint32_t crc32(std::span<const uint8_t> bytes, uint32_t crc = 0);

/// Writes a line into a buffer of the caller's. What does not fit is remembered, never written past the end.
class LineWriter {
 public:
  explicit LineWriter(std::span<char> buffer) : buffer_(buffer) {}

  /// "@SEQ": how every line starts.
  void begin(uint8_t sequence);
  /// A space and a word that needs no quoting.
  LineWriter& word(std::string_view text);
  LineWriter& decimal(uint64_t number);
  /// A space and a name of any bytes, percent-encoded; the empty name is a lone '%'.
  LineWriter& name(std::string_view bytes);
  LineWriter& base64(std::span<const uint8_t> bytes);
  /// Appended to the last word.
  LineWriter& append(std::string_view text);
  LineWriter& append_hex(uint64_t number, unsigned digits);
  LineWriter& append_decimal(uint64_t number);
  /// " *CRC": the finished line without an end-of-line, or an empty view when it did not fit.
  std::string_view end();

 private:
  void put(char c);

  std::span<char> buffer_;
  size_t size_ = 0;
  bool overflow_ = false;
};

/// The words of a line's body, from left to right.
class LineReader {
 public:
  explicit LineReader(std::string_view body) : left_(body) {}

  /// The next word; empty at the end.
  std::string_view word();
  bool decimal(uint32_t& number);
  bool decimal(uint64_t& number);
  /// Everything that has not been read, without the space before it.
  std::string_view rest();

 private:
  std::string_view left_;
};

/// Checks frame and CRC of a received line (end-of-line characters may be there): its sequence number and
/// body.
bool open_line(std::string_view line, uint8_t& sequence, std::string_view& body);

bool parse_hex(std::string_view digits, uint64_t& number);
bool parse_decimal(std::string_view digits, uint64_t& number);
/// Undoes LineWriter::name. False when it is not such a word or `to` is too small.
bool decode_name(std::string_view word, std::span<char> to, size_t& size);
/// Undoes LineWriter::base64.
bool decode_base64(std::string_view word, std::span<uint8_t> to, size_t& size);

}  // namespace mote::spec
