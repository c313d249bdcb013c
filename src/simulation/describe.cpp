// SPDX-License-Identifier: Apache-2.0
// A change of the simulated board as a line of text, by the same code on every machine.
#include <mote/simulation.hpp>

namespace mote::simulation {

namespace {

class Line {
 public:
  explicit Line(std::span<char> out) : out_(out) {}
  void text(std::string_view text) {
    for (const char letter : text) {
      if (size_ < out_.size()) out_[size_++] = letter;
    }
  }
  void number(uint64_t value, uint32_t width, char fill, uint32_t base = 10) {
    char digits[20];
    uint32_t count = 0;
    do {
      digits[count++] = "0123456789abcdef"[value % base];
      value /= base;
    } while (value != 0);
    for (; width > count; --width) text({&fill, 1});
    while (count > 0) text({&digits[--count], 1});
  }
  void bytes(std::string_view before, std::span<const uint8_t> all) {
    if (all.empty()) return;
    text(before);
    for (const uint8_t byte : all) {
      text(" ");
      number(byte, 2, '0', 16);
    }
  }
  size_t size() const { return size_; }

 private:
  std::span<char> out_;
  size_t size_ = 0;
};

}  // namespace

size_t describe(const Change& change, std::span<char> out) {
  Line line(out);
  line.number(change.at_ns / 1'000'000, 6, ' ');
  line.text(".");
  line.number(change.at_ns / 1000 % 1000, 3, '0');
  line.text(" ms  ");
  line.text(change.device != nullptr ? change.device->label : "?");
  if (change.what == Change::What::I2c) {
    line.text(" 0x");
    line.number(change.address, 2, '0', 16);
  }
  if (change.what == Change::What::I2c || change.what == Change::What::Spi) {
    line.bytes(" wrote", change.written);
    line.bytes(" read", change.read);
    if (change.value != 0) {
      line.text(" failed: ");
      line.text(devices::kFailureNames[~change.value]);  // from -1 on
    }
    return line.size();
  }
  line.text(" ");
  const devices::DeviceKind kind = change.device != nullptr ? change.device->kind : devices::DeviceKind::None;
  if (kind == devices::DeviceKind::AnalogIn || kind == devices::DeviceKind::AnalogOut) {
    line.number(change.value, 0, ' ');
  } else {
    line.text(change.value != 0 ? "active" : "inactive");
  }
  return line.size();
}

}  // namespace mote::simulation
