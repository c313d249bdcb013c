// SPDX-License-Identifier: Apache-2.0
#include "config/message.hpp"

#include <array>
#include <span>
#include <utility>

#include "config/texts.hpp"

namespace mote {

namespace {

using messages::kRowCount;
using messages::kRows;

/// A packed text ends with a zero; letters are less by kShift than in ASCII; a byte from kFirstPair on stands
/// for two others.
constexpr uint8_t kShift = 0x1f, kFirstPair = 0x60;
/// Made by scripts/messages, for each kind of build from its own texts.
constexpr uint8_t kPairsOfTiny[][2] = {
#include "config/message_pairs_tiny.inc"
};
constexpr uint8_t kPairsOfMcu[][2] = {
#include "config/message_pairs_mcu.inc"
};
constexpr uint8_t kPairsOfImages[][2] = {
#include "config/message_pairs_images.inc"
};
constexpr std::span<const uint8_t[2]> kPairs = messages::kImages ? std::span<const uint8_t[2]>(kPairsOfImages)
                                               : MOTE_PROFILE == MOTE_PROFILE_TINY
                                                   ? std::span<const uint8_t[2]>(kPairsOfTiny)
                                                   : std::span<const uint8_t[2]>(kPairsOfMcu);

struct Packed {
  std::array<uint8_t, Error::kMessageBytes> bytes{};
  unsigned size = 0;  ///< with the zero at the end
};

/// One text after the other, so that each takes a compiler few steps.
template <unsigned kRow>
constexpr Packed pack() {
  Packed packed;
  const char* text = kRows[kRow].text;
  for (; *text != '\0'; ++text) packed.bytes[packed.size++] = static_cast<uint8_t>(*text - kShift);
  unsigned code = kFirstPair;
  for (const auto& pair : kPairs) {
    unsigned to = 0;
    for (unsigned from = 0; from < packed.size; ++to) {
      const bool found =
          from + 1 < packed.size && packed.bytes[from] == pair[0] && packed.bytes[from + 1] == pair[1];
      packed.bytes[to] = found ? static_cast<uint8_t>(code) : packed.bytes[from];
      from += found ? 2 : 1;
    }
    packed.size = to;
    ++code;
  }
  packed.bytes[packed.size++] = 0;
  return packed;
}
template <unsigned kRow>
constexpr Packed kPacked = pack<kRow>();

constexpr unsigned kNumbers = [] {
  unsigned count = 1;
  for (const messages::Row& row : kRows) count += row.numbered;
  return count;
}();

template <unsigned... kRow>
constexpr auto all_packed(std::integer_sequence<unsigned, kRow...>) {
  std::array<const Packed*, kNumbers> by_number{};
  ((messages::number_of(kRow) != 0 ? (by_number[messages::number_of(kRow)] = &kPacked<kRow>, 0) : 0), ...);
  return by_number;
}
constexpr auto kByNumber = all_packed(std::make_integer_sequence<unsigned, kRowCount>());

constexpr auto kTexts = [] {
  constexpr unsigned kSize = [] {
    unsigned size = 1;
    for (unsigned i = 1; i < kNumbers; ++i) size += kByNumber[i]->size;
    return size;
  }();
  std::array<uint8_t, kSize> texts{};
  unsigned to = 1;
  for (unsigned i = 1; i < kNumbers; ++i) {
    for (unsigned byte = 0; byte < kByNumber[i]->size; ++byte) texts[to++] = kByNumber[i]->bytes[byte];
  }
  return texts;
}();

/// By code, the last number that has it.
constexpr auto kLast = [] {
  static_assert(kNumbers <= 256);
  constexpr auto kCodes = static_cast<unsigned>(ErrorCode::Storage) + 1;  // the last
  std::array<uint8_t, kCodes> last{};
  for (unsigned code = 0; code < kCodes; ++code) {
    unsigned count = 0;
    for (const messages::Row& row : kRows) count += row.numbered && static_cast<unsigned>(row.code) <= code;
    last[code] = static_cast<uint8_t>(count);
  }
  return last;
}();

static_assert(kLast.back() == kNumbers - 1, "each message has a code that is counted");

constexpr unsigned kFirstTrap = messages::number_of(messages::row_of("no trap"));
constexpr unsigned kFirstProposal = kLast[static_cast<unsigned>(ErrorCode::Unsupported)] -
                                    static_cast<unsigned>(Proposal::LegacyExceptionHandling);

/// Pairs are made of earlier ones, so this goes no deeper than there are pairs in a text.
char* unpack(char* to, uint8_t byte) {
  if (byte < kFirstPair) {
    *to = static_cast<char>(byte + kShift);
    return to + 1;
  }
  const uint8_t* pair = kPairs[byte - kFirstPair];
  return unpack(unpack(to, pair[0]), pair[1]);
}

}  // namespace

Message::Message(Trap trap) : number_(kFirstTrap + static_cast<unsigned>(trap)) {}

Message::Message(Proposal proposal) : number_(kFirstProposal + static_cast<unsigned>(proposal)) {}

void Message::write(Error& error) const {
  unsigned code = 0;
  while (number_ > kLast[code]) ++code;
  error.code = static_cast<ErrorCode>(code);
  const auto* at = reinterpret_cast<const uint8_t*>(
      config::find_text(reinterpret_cast<const char*>(kTexts.data()), number_));
  char* to = error.message;
  while (*at != 0) to = unpack(to, *at++);
  *to = '\0';
}

}  // namespace mote
