// SPDX-License-Identifier: Apache-2.0
// The facade on the host, as a user of it sees it.
#include <gtest/gtest.h>
#include <unistd.h>
#include <mote/platform.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <mote/threads.hpp>
#include <string>
#include <vector>

namespace mote::platform {
namespace {

TEST(Platform, ClocksAdvance) {
  const uint64_t before = monotonic_ns();
  sleep_ns(2'000'000);
  yield();
  EXPECT_GE(monotonic_ns() - before, 2'000'000u);
  EXPECT_GT(wall_ns(), uint64_t{1'700'000'000} * 1'000'000'000);
}

TEST(Platform, EntropyDiffers) {
  std::array<std::byte, 64> a{}, b{};
  ASSERT_TRUE(entropy(a));
  ASSERT_TRUE(entropy(b));
  EXPECT_NE(a, b);
}

class Storage : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "mote-storage-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    setenv("MOTE_STORAGE", name.c_str(), 1);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  static std::span<const std::byte> bytes(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
  }
  std::filesystem::path folder_;
};

TEST_F(Storage, BlobsAreReplacedWhole) {
  EXPECT_EQ(blob_size("config"), -1);
  ASSERT_TRUE(blob_write("config", bytes("first version")));
  ASSERT_TRUE(blob_write("config", bytes("second")));
  EXPECT_EQ(blob_size("config"), 6);
  std::array<std::byte, 16> out{};
  EXPECT_EQ(blob_read("config", 2, out), 4);
  EXPECT_EQ(std::memcmp(out.data(), "cond", 4), 0);
  EXPECT_EQ(blob_read("config", 6, out), 0);
  // Nothing else was left in the folder.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
  EXPECT_TRUE(blob_remove("config"));
  EXPECT_FALSE(blob_remove("config"));
}

TEST_F(Storage, NamesStayInside) {
  for (const std::string& name : {std::string(), std::string("../x"), std::string("a/b"), std::string("."),
                                  std::string(".."), std::string(65, 'x')}) {
    EXPECT_FALSE(blob_write(name, bytes("no"))) << name;
    EXPECT_EQ(blob_size(name), -1) << name;
  }
}

struct Shared {
  Mutex mutex;
  Condition changed;
  int count = 0;
};

TEST(Platform, ThreadsMeetAtConditions) {
  Shared shared;
  std::array<Thread, 4> threads;
  for (Thread& thread : threads) {
    ASSERT_TRUE(thread.start(
        [](void* data) {
          auto& s = *static_cast<Shared*>(data);
          for (int i = 0; i < 1000; ++i) {
            s.mutex.lock();
            ++s.count;
            s.mutex.unlock();
          }
          s.changed.wake_all();
        },
        &shared, {}, "worker"));
  }
  shared.mutex.lock();
  while (shared.count < 4000) shared.changed.wait(shared.mutex, 10'000'000);
  EXPECT_FALSE(shared.changed.wait(shared.mutex, 1000) && shared.count != 4000);
  shared.mutex.unlock();
  for (Thread& thread : threads) thread.join();
  EXPECT_EQ(shared.count, 4000);
}

}  // namespace
}  // namespace mote::platform
