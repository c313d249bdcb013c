// SPDX-License-Identifier: Apache-2.0
#include "wasm/walk.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace mote::wasm {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(Walk, ReadsNumbersAsAReaderDoes) {
  const Bytes bytes = {0xe5, 0x8e, 0x26,                                            // 624485
                       0x7f,                                                        // -1
                       0x80, 0x80, 0x80, 0x80, 0x78,                                // the least of 32 bits
                       0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f,  // of 64 bits
                       0xff, 0xff, 0xff, 0xff, 0x0f,                                // the most of 32 bits
                       0x78, 0x56, 0x34, 0x12, 0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01};
  Walk walk(bytes, bytes.data());
  EXPECT_EQ(walk.u32(), 624485u);
  EXPECT_EQ(walk.s33(), -1);
  EXPECT_EQ(walk.s32(), std::numeric_limits<int32_t>::min());
  EXPECT_EQ(walk.s64(), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(walk.u32(), 0xffff'ffffu);
  EXPECT_EQ(walk.fixed32(), 0x1234'5678u);
  EXPECT_EQ(walk.fixed64(), 0x0123'4567'89ab'cdefu);
  EXPECT_EQ(walk.position(), bytes.data() + bytes.size());
}

TEST(Walk, StopsAtTheEndWhateverLengthsSay) {
  const Bytes bytes = {100, 'a', 'b', 0xff, 0xff};
  Walk name(bytes, bytes.data());
  EXPECT_EQ(name.name().size(), 4u);
  EXPECT_EQ(name.u8(), 0);
  EXPECT_EQ(name.fixed64(), 0u);
  EXPECT_TRUE(name.name().empty());
  Walk number(bytes, bytes.data() + 3);  // each byte says that another follows
  EXPECT_EQ(number.u32(), 0x3fffu);
  EXPECT_EQ(number.position(), bytes.data() + bytes.size());
}

}  // namespace
}  // namespace mote::wasm
