// SPDX-License-Identifier: Apache-2.0
// What is told to a Cortex-M's caches, in which order: no board at hand models them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "platform/cortex_m/caches.hpp"

namespace mote::platform::caches {
namespace {

struct Registers {
  uint32_t control;
  std::vector<std::string> log;
  uint32_t read(uint32_t address) {
    EXPECT_EQ(address, kControl);
    return control;
  }
  void write(uint32_t address, uint32_t value) {
    char text[32];
    std::snprintf(text, sizeof text, "%08x=%x", address, value);
    log.emplace_back(text);
  }
  void barrier() { log.emplace_back("barrier"); }
};

std::vector<std::string> sync_with(uint32_t control, uint32_t begin, uint32_t bytes) {
  Registers registers{control, {}};
  sync(registers, begin, bytes);
  return registers.log;
}

TEST(Caches, ACoreWithoutThemWaitsForItsWrites) {
  EXPECT_EQ(sync_with(0x200, 0x20000010, 100), (std::vector<std::string>{"barrier"}));
}

TEST(Caches, EveryLineThatCodeTouchesIsCleaned) {
  EXPECT_EQ(sync_with(kDataOn | kInstructionsOn, 0x2000001e, 4),
            (std::vector<std::string>{"barrier", "e000ef64=20000000", "e000ef64=20000020", "barrier",
                                      "e000ef50=0", "e000ef78=0", "barrier"}));
  EXPECT_EQ(sync_with(kDataOn, 0x20000020, 32),
            (std::vector<std::string>{"barrier", "e000ef64=20000020", "barrier"}));
}

TEST(Caches, InstructionsAloneAreForgotten) {
  EXPECT_EQ(sync_with(kInstructionsOn, 0x20000000, 4096),
            (std::vector<std::string>{"barrier", "e000ef50=0", "e000ef78=0", "barrier"}));
}

}  // namespace
}  // namespace mote::platform::caches
