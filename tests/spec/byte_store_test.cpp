// SPDX-License-Identifier: Apache-2.0
#include "agent/byte_store.hpp"

#include <gtest/gtest.h>

namespace mote::spec {
namespace {

class ByteStoreTest : public testing::Test {
 protected:
  uint8_t bytes[100];
  ByteStore store{bytes};
  size_t missing = 0;

  uint8_t* push(uint32_t module, size_t size, size_t level) {
    const std::span<uint8_t> room = store.push(size, level, missing);
    if (missing != 0) return nullptr;
    store.accept(module);
    return room.data();
  }
};

TEST_F(ByteStoreTest, SaysWhatIsMissing) {
  EXPECT_EQ(push(0, 60, 10), bytes);
  EXPECT_EQ(push(1, 70, 20), nullptr);
  EXPECT_EQ(missing, 30u);
  EXPECT_EQ(push(1, 40, 20), bytes + 60);
}

TEST_F(ByteStoreTest, TheTopIsFreedWhenThePoolIsBackAtItsLevel) {
  push(0, 60, 10);
  push(1, 40, 20);
  store.drop(1);
  store.settle(25, 10);  // something of module 1 still lives
  EXPECT_EQ(push(2, 10, 25), nullptr);
  store.settle(20, 10);
  EXPECT_EQ(push(2, 10, 20), bytes + 60);
}

TEST_F(ByteStoreTest, AHandleKeepsItsBytes) {
  push(0, 60, 10);
  store.settle(10, 0);
  EXPECT_EQ(push(1, 60, 10), nullptr);
}

TEST_F(ByteStoreTest, LevelsAreDistrustedOnceSomethingBelowIsGone) {
  push(0, 30, 10);
  push(1, 30, 50);
  store.drop(0);  // frees 40, while module 1's 20 may be held by something
  store.settle(30, 10);
  store.drop(1);
  store.settle(50, 10);
  EXPECT_EQ(push(2, 60, 50), nullptr);
  store.settle(10, 10);  // the pool is empty: nothing can be held
  EXPECT_EQ(push(2, 60, 10), bytes);
}

TEST_F(ByteStoreTest, AnInstanceBelowTheTopCountsAsBelow) {
  push(0, 30, 10);
  push(1, 30, 50);
  store.instance_dropped(0);
  store.drop(1);
  store.settle(50, 10);
  EXPECT_EQ(push(2, 60, 50), nullptr);
}

TEST_F(ByteStoreTest, ARefusedModuleIsPopped) {
  store.push(100, 10, missing);
  store.refuse();
  EXPECT_EQ(push(0, 100, 10), bytes);
}

TEST_F(ByteStoreTest, AnUploadStaysWhateverIsDropped) {
  push(0, 30, 10);
  const std::span<uint8_t> upload = store.push(20, 50, missing);
  store.drop(0);
  store.settle(10, 10);  // the pool is empty, but the upload's bytes must stay
  store.accept(1);
  EXPECT_EQ(push(2, 10, 60), upload.data() + 20);
}

TEST_F(ByteStoreTest, RefusingNothingIsHarmless) {
  store.refuse();
  push(0, 30, 10);
  store.refuse();
  EXPECT_EQ(push(1, 30, 20), bytes + 30);
}

TEST_F(ByteStoreTest, EntriesAreLimited) {
  for (uint32_t i = 0; i < ByteStore::kEntries; ++i) ASSERT_NE(push(i, 0, 10), nullptr);
  store.push(0, 10, missing);
  EXPECT_NE(missing, 0u);
}

}  // namespace
}  // namespace mote::spec
