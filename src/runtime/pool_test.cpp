// SPDX-License-Identifier: Apache-2.0
#include "runtime/pool.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <random>
#include <vector>

namespace mote {
namespace {

struct Memory {
  explicit Memory(size_t size) : bytes(size + 16) {}
  std::span<std::byte> span(size_t size, size_t skip = 0) {
    const auto at = reinterpret_cast<uintptr_t>(bytes.data());
    return {bytes.data() + (8 - at % 8) % 8 + skip, size};
  }
  std::vector<std::byte> bytes;
};

TEST(Pool, PoolsOfEverySmallSize) {
  for (size_t size = 0; size < 80; ++size) {
    for (size_t skip = 0; skip < 8; ++skip) {
      Memory memory(96);
      Pool pool(memory.span(size, skip));
      EXPECT_TRUE(pool.consistent());
      EXPECT_TRUE(pool.empty());
      EXPECT_LE(pool.capacity(), size);
      const size_t largest = pool.largest_free();
      EXPECT_EQ(pool.allocate(largest + 1), nullptr);
      EXPECT_GT(pool.missing(), 0u);
      void* all = pool.allocate(largest);
      EXPECT_EQ(all != nullptr, pool.capacity() >= Pool::kHeader);
      if (all) std::memset(all, 0xaa, largest);
      EXPECT_TRUE(pool.consistent());
      pool.free(all);
      EXPECT_TRUE(pool.empty());
    }
  }
}

TEST(Pool, MissingIsWhatWouldHaveBeenEnough) {
  Memory memory(1024);
  for (size_t size = 64; size <= 512; size += 8) {
    for (size_t request = size; request < size + 100; ++request) {
      Pool small(memory.span(size));
      ASSERT_EQ(small.allocate(request), nullptr);
      const size_t missing = small.missing();
      Pool enough(memory.span(size + missing));
      EXPECT_NE(enough.allocate(request), nullptr) << size << " " << request << " " << missing;
      Pool scant(memory.span(size + missing - Pool::kAlign));
      EXPECT_EQ(scant.allocate(request), nullptr) << "missing() asks for more than needed";
    }
  }
}

TEST(Pool, AbsurdSizesAreRefused) {
  Memory memory(256);
  Pool pool(memory.span(256));
  for (const size_t size : {std::numeric_limits<size_t>::max(), std::numeric_limits<size_t>::max() - 7,
                            size_t{0xffff'fff8}, size_t{0xffff'ffff}, size_t{0x8000'0000}}) {
    EXPECT_EQ(pool.allocate(size), nullptr);
    EXPECT_EQ(pool.allocate_high(size), nullptr);
  }
  EXPECT_EQ(pool.array<uint64_t>(std::numeric_limits<size_t>::max() / 4), nullptr);
  EXPECT_TRUE(pool.empty());
  EXPECT_TRUE(pool.consistent());
}

TEST(Pool, LowAndHighEndsGrowTowardsEachOther) {
  Memory memory(1024);
  Pool pool(memory.span(1024));
  auto* low = static_cast<std::byte*>(pool.allocate(32));
  auto* high = static_cast<std::byte*>(pool.allocate_high(32));
  EXPECT_LT(low, high);
  EXPECT_EQ(pool.handle(high) + 32, pool.capacity());
  EXPECT_TRUE(pool.extend(low, 900));
  EXPECT_EQ(pool.size_of(low), 904u);
  EXPECT_FALSE(pool.extend(low, 1000)) << "the high block is in the way";
  EXPECT_EQ(pool.size_of(low), 904u);
  EXPECT_TRUE(pool.extend(low, 16));
  EXPECT_EQ(pool.used(), 24u + 40u);
  EXPECT_EQ(pool.peak(), 912u + 40u);
  pool.free(low);
  pool.free(high);
  EXPECT_TRUE(pool.empty());
  EXPECT_EQ(pool.largest_free(), 1024u - Pool::kHeader);
}

TEST(Pool, HandlesNameAPlaceAndZeroIsNull) {
  Memory memory(256);
  Pool pool(memory.span(256));
  int* number = pool.array<int>(3);
  EXPECT_EQ(number[2], 0);
  EXPECT_NE(pool.handle(number), 0u);
  EXPECT_EQ(pool.at<int>(pool.handle(number)), number);
  EXPECT_EQ(pool.handle(nullptr), 0u);
  EXPECT_EQ(pool.at<int>(0), nullptr);
  EXPECT_NE(pool.allocate(0), pool.allocate(0)) << "empty blocks are told apart";
  pool.free(nullptr);
}

TEST(Pool, PlacedBlocksLieAsTheyMust) {
  Memory memory(64 * 1024);
  Pool pool(memory.span(60 * 1024, 8));
  std::vector<void*> blocks;
  for (size_t align = 32; align <= 4096; align *= 2) {
    for (size_t bytes = align; bytes <= 4 * align && bytes <= 8192; bytes += align) {
      auto* at = static_cast<std::byte*>(pool.allocate_placed(bytes, align, 8 * align));
      ASSERT_NE(at, nullptr) << bytes << " at " << align;
      const auto begin = reinterpret_cast<uintptr_t>(at);
      EXPECT_EQ(begin % align, 0u);
      EXPECT_EQ(begin / (8 * align), (begin + bytes - 1) / (8 * align));
      EXPECT_TRUE(pool.consistent());
      std::memset(at, 0xaa, bytes);
      if (blocks.size() % 3 == 0) {
        pool.free(at);
      } else {
        blocks.push_back(at);
      }
      if (blocks.size() > 4) {
        pool.free(blocks.front());
        blocks.erase(blocks.begin());
      }
    }
  }
  for (void* block : blocks) pool.free(block);
  EXPECT_TRUE(pool.empty());
  EXPECT_EQ(pool.largest_free(), pool.capacity() - Pool::kHeader);
}

TEST(Pool, APlacedBlockThatFitsNowhereIsRefused) {
  // 1016 bytes behind a multiple of 1024 contain no other one.
  Memory memory(4096);
  const auto begin = reinterpret_cast<uintptr_t>(memory.span(8).data());
  Pool pool(memory.span(1016, 1024 - begin % 1024 + 8));
  EXPECT_GE(pool.largest_free(), 768u);
  EXPECT_EQ(pool.allocate_placed(768, 1024, 8192), nullptr);
  EXPECT_GT(pool.missing(), 0u);
  EXPECT_TRUE(pool.consistent());
  EXPECT_TRUE(pool.empty());
}

TEST(Pool, TheFrontOfABlockCanBeGivenBack) {
  Memory memory(4096);
  Pool pool(memory.span(2048));
  auto* before = pool.allocate(40);
  auto* at = static_cast<std::byte*>(pool.allocate(400));
  auto* after = pool.allocate(40);
  std::memset(at + 104, 0x55, 296);
  auto* rest = static_cast<std::byte*>(pool.drop_front(at, 104));
  EXPECT_EQ(rest, at + 104);
  EXPECT_EQ(rest[295], std::byte{0x55});
  EXPECT_EQ(pool.size_of(rest), 296u);
  EXPECT_TRUE(pool.consistent());
  pool.free(before);
  EXPECT_TRUE(pool.consistent());
  pool.free(rest);
  pool.free(after);
  EXPECT_TRUE(pool.consistent());
  EXPECT_TRUE(pool.empty());
}

/// Random work against a model that knows what each block must contain.
class Model {
 public:
  Model(size_t capacity, unsigned seed) : memory_(capacity), pool_(memory_.span(capacity)), random_(seed) {}

  void step() {
    const auto what = random_() % 10;
    if (what < 5) {
      add(random_() % 3 == 0);
    } else if (what < 8) {
      remove();
    } else {
      extend();
    }
    check();
  }
  void finish() {
    while (!blocks_.empty()) remove();
    check();
    EXPECT_TRUE(pool_.empty());
    EXPECT_EQ(pool_.largest_free(), pool_.capacity() - Pool::kHeader);
  }

 private:
  struct Block {
    std::byte* at;
    size_t size;
    std::byte fill;
  };

  void add(bool high) {
    const size_t size = random_() % 8 == 0 ? random_() % 2000 : random_() % 100;
    const bool fits = size <= pool_.largest_free();
    const bool any_free = pool_.used() < pool_.capacity();
    auto* at = static_cast<std::byte*>(high ? pool_.allocate_high(size) : pool_.allocate(size));
    if (size > 0) {
      ASSERT_EQ(at != nullptr, fits && any_free) << "first fit refuses only what is larger than any gap";
    }
    if (!at) return;
    const Block block{at, size, static_cast<std::byte>(random_())};
    std::memset(at, static_cast<int>(block.fill), size);
    blocks_.push_back(block);
  }
  void remove() {
    if (blocks_.empty()) return;
    const size_t i = random_() % blocks_.size();
    pool_.free(blocks_[i].at);
    blocks_[i] = blocks_.back();
    blocks_.pop_back();
  }
  void extend() {
    if (blocks_.empty()) return;
    Block& block = blocks_[random_() % blocks_.size()];
    const size_t size = random_() % 300, before = pool_.size_of(block.at);
    if (pool_.extend(block.at, size)) {
      ASSERT_GE(pool_.size_of(block.at), size);
      for (size_t i = 0; i < std::min(size, block.size); ++i) ASSERT_EQ(block.at[i], block.fill);
      block.size = size;
      std::memset(block.at, static_cast<int>(block.fill), size);
    } else {
      ASSERT_EQ(pool_.size_of(block.at), before);
      ASSERT_GT(size, before) << "shrinking always succeeds";
    }
  }
  void check() {
    ASSERT_TRUE(pool_.consistent());
    size_t used = 0;
    for (const Block& block : blocks_) {
      ASSERT_EQ(reinterpret_cast<uintptr_t>(block.at) % Pool::kAlign, 0u);
      ASSERT_GE(pool_.size_of(block.at), block.size);
      used += pool_.size_of(block.at) + Pool::kHeader;
      for (size_t i = 0; i < block.size; ++i) ASSERT_EQ(block.at[i], block.fill);
    }
    ASSERT_EQ(pool_.used(), used);
    ASSERT_GE(pool_.peak(), used);
  }

  Memory memory_;
  Pool pool_;
  std::mt19937 random_;
  std::vector<Block> blocks_;
};

TEST(Pool, RandomWorkKeepsContentsAndTags) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    Model model(seed % 2 ? 1000 : 9000, seed);
    for (int i = 0; i < 600; ++i) {
      model.step();
      if (testing::Test::HasFatalFailure()) FAIL() << "seed " << seed << " step " << i;
    }
    model.finish();
  }
}

}  // namespace
}  // namespace mote
