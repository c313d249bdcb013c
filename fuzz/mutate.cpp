// SPDX-License-Identifier: Apache-2.0
#include "mutate.hpp"

#include <algorithm>
#include <optional>

#include "instructions.hpp"

namespace mote::fuzz {

namespace {

struct Section {
  uint8_t id = 0;
  Bytes contents;
};

constexpr uint8_t kCode = 10;
constexpr size_t kHeader = 8;

uint32_t pick(Random& random, size_t below) {
  return below == 0 ? 0 : static_cast<uint32_t>(random() % below);
}

std::optional<uint32_t> read_leb(const Bytes& bytes, size_t& at) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 35 && at < bytes.size(); shift += 7) {
    const uint8_t byte = bytes[at++];
    value |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return static_cast<uint32_t>(value);
  }
  return std::nullopt;
}

void append_leb(Bytes& bytes, uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<uint8_t>(value | 0x80));
  bytes.push_back(static_cast<uint8_t>(value));
}

std::optional<std::vector<Section>> split(std::span<const uint8_t> module) {
  const Bytes bytes(module.begin(), module.end());
  if (bytes.size() < kHeader) return std::nullopt;
  std::vector<Section> sections;
  for (size_t at = kHeader; at < bytes.size();) {
    Section section{bytes[at++], {}};
    const auto size = read_leb(bytes, at);
    if (!size || *size > bytes.size() - at) return std::nullopt;
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    section.contents.assign(begin, begin + *size);
    at += *size;
    sections.push_back(std::move(section));
  }
  return sections;
}

Bytes join(std::span<const uint8_t> header, const std::vector<Section>& sections) {
  Bytes bytes(header.begin(), header.begin() + kHeader);
  for (const Section& section : sections) {
    bytes.push_back(section.id);
    append_leb(bytes, section.contents.size());
    bytes.insert(bytes.end(), section.contents.begin(), section.contents.end());
  }
  return bytes;
}

/// Bytes that mean something somewhere: opcodes, types, numbers at the ends of ranges.
void append_interesting(Bytes& bytes, Random& random) {
  constexpr uint64_t kNumbers[] = {
      0,     1,      2,        0x3f,        0x40,        0x7f,        0x80,          0xff,
      0x100, 0xffff, 0x1'0000, 0x7fff'ffff, 0x8000'0000, 0xffff'ffff, 0x1'0000'0000, ~uint64_t{0}};
  constexpr uint8_t kBytes[] = {0x02, 0x03, 0x04, 0x05, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x1a,
                                0x1b, 0x20, 0x21, 0x22, 0x23, 0x24, 0x28, 0x36, 0x3f, 0x40, 0x41, 0x42, 0x43,
                                0x44, 0x60, 0x6f, 0x70, 0x7b, 0x7c, 0x7d, 0x7e, 0x7f, 0xfb, 0xfc, 0xfd, 0xfe};
  if (pick(random, 2) == 0) return append_leb(bytes, kNumbers[pick(random, std::size(kNumbers))]);
  bytes.push_back(pick(random, 3) == 0 ? static_cast<uint8_t>(random())
                                       : kBytes[pick(random, std::size(kBytes))]);
}

/// Replaces, inserts, removes or repeats a few bytes.
void edit(Bytes& bytes, size_t from, Random& random) {
  const size_t at = from + pick(random, bytes.size() - from + 1);
  const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  const size_t length = std::min<size_t>(1 + pick(random, 4), bytes.size() - at);
  const auto end = place + static_cast<std::ptrdiff_t>(length);
  Bytes piece;
  switch (pick(random, 4)) {
    case 0:  // as long as it was
      append_interesting(piece, random);
      std::copy_n(piece.begin(), std::min(piece.size(), bytes.size() - at), place);
      return;
    case 1:
      append_interesting(piece, random);
      bytes.insert(place, piece.begin(), piece.end());
      return;
    case 2:
      bytes.erase(place, end);
      return;
    default:
      piece.assign(place, end);
      bytes.insert(place, piece.begin(), piece.end());
  }
}

struct Body {
  size_t at, size;  // of the contents, behind their length
};

std::vector<Body> bodies_of(const Bytes& code) {
  std::vector<Body> bodies;
  size_t at = 0;
  const auto count = read_leb(code, at);
  for (uint32_t i = 0; count && i < *count; ++i) {
    const auto size = read_leb(code, at);
    if (!size || *size > code.size() - at) break;
    bodies.push_back({at, *size});
    at += *size;
  }
  return bodies;
}

Bytes slice(const Bytes& bytes, size_t from, size_t to) {
  return {bytes.begin() + static_cast<std::ptrdiff_t>(from), bytes.begin() + static_cast<std::ptrdiff_t>(to)};
}

/// The code section with another body in one's place.
Bytes with_body(const Bytes& code, const std::vector<Body>& bodies, size_t changed, const Bytes& body) {
  Bytes whole;
  append_leb(whole, bodies.size());
  for (size_t i = 0; i < bodies.size(); ++i) {
    const Bytes contents = i == changed ? body : slice(code, bodies[i].at, bodies[i].at + bodies[i].size);
    append_leb(whole, contents.size());
    whole.insert(whole.end(), contents.begin(), contents.end());
  }
  return whole;
}

/// Changes one function's code; or puts another's in its place.
void edit_body(Bytes& code, Random& random) {
  const std::vector<Body> bodies = bodies_of(code);
  if (bodies.empty()) return edit(code, 0, random);
  const size_t at = pick(random, bodies.size());
  const Body& source = bodies[pick(random, 8) == 0 ? pick(random, bodies.size()) : at];
  Bytes changed = slice(code, source.at, source.at + source.size);
  for (uint32_t times = 1 + pick(random, 3); times > 0; --times) edit(changed, 0, random);
  code = with_body(code, bodies, at, changed);
}

/// Changes one function's code so that it probably stays valid.
void edit_instructions(Bytes& code, Random& random) {
  const std::vector<Body> bodies = bodies_of(code);
  if (bodies.empty()) return edit(code, 0, random);
  const size_t at = pick(random, bodies.size());
  Bytes changed = slice(code, bodies[at].at, bodies[at].at + bodies[at].size);
  for (uint32_t times = 1 + pick(random, 4); times > 0; --times) change_instruction(changed, random);
  code = with_body(code, bodies, at, changed);
}

void change_sections(std::vector<Section>& sections, Random& random) {
  const size_t at = pick(random, sections.size());
  const auto place = sections.begin() + static_cast<std::ptrdiff_t>(at);
  switch (pick(random, 5)) {
    case 0:
      sections.erase(place);
      return;
    case 1: {
      const Section copy = *place;
      sections.insert(place, copy);
      return;
    }
    case 2:
      std::swap(*place, sections[pick(random, sections.size())]);
      return;
    case 3:
      place->id = static_cast<uint8_t>(pick(random, 15));
      return;
    default:
      place->contents.resize(pick(random, place->contents.size() + 1));
  }
}

}  // namespace

Bytes flip_bits(std::span<const uint8_t> module, Random& random) {
  Bytes bytes(module.begin(), module.end());
  if (bytes.empty()) return bytes;
  for (uint32_t times = 1 + pick(random, 3); times > 0; --times)
    bytes[pick(random, bytes.size())] ^= static_cast<uint8_t>(1u << pick(random, 8));
  return bytes;
}

Bytes mutate(std::span<const uint8_t> module, Random& random) {
  auto sections = split(module);
  if (!sections || sections->empty()) return flip_bits(module, random);
  const uint32_t kind = pick(random, 16);
  if (kind == 0) return flip_bits(module, random);
  if (kind == 1) {
    change_sections(*sections, random);
    return join(module, *sections);
  }
  const auto code =
      std::find_if(sections->begin(), sections->end(), [](const Section& s) { return s.id == kCode; });
  if (kind < 8 && code != sections->end()) {
    edit_instructions(code->contents, random);
  } else if (kind < 11 && code != sections->end()) {
    edit_body(code->contents, random);
  } else {
    edit((*sections)[pick(random, sections->size())].contents, 0, random);
  }
  return join(module, *sections);
}

}  // namespace mote::fuzz
