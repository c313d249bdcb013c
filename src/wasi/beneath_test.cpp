// SPDX-License-Identifier: Apache-2.0
// No path leads out of the directory that it starts from: attacks on both ways of resolving, with every kind
// of opening, also while the tree changes.
#include "wasi/beneath.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace mote::wasi {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const char* text) {
  std::ofstream(path) << text;
}
std::string read(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// base/root is what the program has; base/outside is what it must not reach.
class Beneath : public testing::TestWithParam<Resolver> {
 protected:
  void SetUp() override {
    use_resolver(GetParam());
    std::string name = testing::TempDir() + "mote-beneath-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    base_ = fs::canonical(name);
    root_ = base_ / "root";
    fs::create_directories(root_ / "dir/sub/deep");
    fs::create_directories(base_ / "outside/dir");
    fs::create_directories(base_ / "root2");
    write(root_ / "in.txt", "inside");
    write(root_ / "dir/sub/deep/file", "deep");
    write(base_ / "outside/secret", "secret");
    write(base_ / "root2/secret", "neighbour");
    const auto link = [&](const fs::path& target, const char* at) { fs::create_symlink(target, root_ / at); };
    link("/", "slash");
    link(base_ / "outside", "abs");
    link(base_ / "outside/secret", "abs_file");
    link(root_ / "in.txt", "abs_inside");
    link("../outside", "rel");
    link("../outside/secret", "rel_file");
    link("../outside/new", "rel_new");
    link("..", "up");
    link("../..", "dir/up2");
    link("../../../outside", "dir/sub/up3");
    link("../../../..", "dir/sub/deep/up4");
    link("chain2", "chain1");
    link("chain3", "chain2");
    link("rel", "chain3");
    link("dir/../../outside", "through");
    link("./.././outside", "dots");
    link("loop_b", "loop_a");
    link("loop_a", "loop_b");
    link("/proc/self/root", "proc_root");
    link("/proc/self/cwd", "proc_cwd");
    link("../root2", "neighbour");
    link("dir/sub", "inside");
    link("..", "dir/parent");
    link("../in.txt", "dir/to_in");
    link("up", "up_again");
    link("dir/up2/outside", "twice");
    link("..//outside", "double");
    link("../root/../outside", "return");
    directory_ = File(open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(directory_);
  }
  void TearDown() override {
    use_resolver(Resolver::Automatic);
    fs::remove_all(base_);
  }

  /// Where the kernel says a descriptor is.
  static std::string place_of(const File& file) {
    char path[PATH_MAX] = "";
    const ssize_t size =
        readlink(("/proc/self/fd/" + std::to_string(file.get())).c_str(), path, sizeof path - 1);
    return {path, size > 0 ? static_cast<size_t>(size) : 0};
  }
  bool is_inside(const File& file) const {
    const std::string place = place_of(file);
    return place == root_.string() || place.starts_with(root_.string() + "/");
  }
  void expect_outside_untouched() const {
    EXPECT_EQ(read(base_ / "outside/secret"), "secret");
    EXPECT_EQ(read(base_ / "root2/secret"), "neighbour");
    EXPECT_EQ(std::distance(fs::directory_iterator(base_ / "outside"), {}), 2);
    EXPECT_EQ(std::distance(fs::directory_iterator(base_), {}), 3);
  }

  fs::path base_, root_;
  File directory_;
};

std::string name_of(const testing::TestParamInfo<Resolver>& resolver) {
  return resolver.param == Resolver::Walk ? "Walk" : "Automatic";
}
INSTANTIATE_TEST_SUITE_P(Both, Beneath, testing::Values(Resolver::Automatic, Resolver::Walk), name_of);

/// Each would lead out if it were followed as the system does.
constexpr const char* kAttacks[] = {
    "..",
    "../",
    "../outside",
    "../outside/secret",
    "../outside/new",
    "../root2/secret",
    "../root/in.txt",
    "./..",
    "./../outside/secret",
    ".//..//outside/secret",
    "../../../../../../../../etc/passwd",
    "dir/../..",
    "dir/../../outside/secret",
    "dir/sub/../../../outside/secret",
    "dir/sub/deep/../../../../outside/secret",
    "dir/./sub/./../../../outside",
    "dir//..//..//outside//secret",
    "in.txt/../../outside/secret",
    "/",
    "//",
    "/etc/passwd",
    "//etc/passwd",
    "/./etc/passwd",
    "/proc/self/root/etc/passwd",
    "/dev/null",
    "slash",
    "slash/",
    "slash/etc/passwd",
    "slash/proc/self/root",
    "abs",
    "abs/",
    "abs/secret",
    "abs/new",
    "abs/dir/../secret",
    "abs_file",
    "abs_inside",
    "rel",
    "rel/",
    "rel/.",
    "rel/secret",
    "rel/new",
    "rel/dir",
    "rel/../root/in.txt",
    "rel_file",
    "rel_new",
    "up",
    "up/",
    "up/outside/secret",
    "up/root/in.txt",
    "up_again/outside/secret",
    "dir/up2",
    "dir/up2/outside/secret",
    "dir/sub/up3",
    "dir/sub/up3/secret",
    "dir/sub/deep/up4",
    "dir/sub/deep/up4/outside/secret",
    "dir/../rel/secret",
    "dir/parent/rel/secret",
    "dir/parent/../outside/secret",
    "inside/up3/secret",
    "inside/deep/up4/outside/secret",
    "inside/../../../outside/secret",
    "chain1",
    "chain1/secret",
    "chain2/new",
    "through",
    "through/secret",
    "dots/secret",
    "double/secret",
    "return/secret",
    "twice/secret",
    "proc_root",
    "proc_root/etc/passwd",
    "proc_cwd",
    "neighbour/secret",
    "loop_a",
    "loop_a/secret",
};
static_assert(std::size(kAttacks) >= 50);

constexpr int kFlags[] = {O_RDONLY,
                          O_RDWR,
                          O_RDONLY | O_DIRECTORY,
                          O_PATH,
                          O_PATH | O_DIRECTORY,
                          O_RDONLY | O_NOFOLLOW,
                          O_WRONLY | O_CREAT,
                          O_WRONLY | O_CREAT | O_EXCL,
                          O_WRONLY | O_CREAT | O_TRUNC,
                          O_WRONLY | O_CREAT | O_NOFOLLOW};

TEST_P(Beneath, NoAttackLeadsOut) {
  int escapes = 0;
  for (const char* attack : kAttacks) {
    for (const int flags : kFlags) {
      const File file = open_beneath(directory_.get(), attack, flags, 0600);
      if (!file) continue;
      // With O_CREAT|O_NOFOLLOW and the like nothing may have been opened through a link.
      ++escapes;
      ADD_FAILURE() << attack << " with " << flags << " is " << place_of(file);
    }
    const Place place = find_place(directory_.get(), attack);
    if (place.directory && !is_inside(place.directory)) {
      ++escapes;
      ADD_FAILURE() << attack << ": its directory is " << place_of(place.directory);
    }
    if (place.directory) {
      EXPECT_TRUE(!place.name.empty() && place.name != "." && place.name != ".." &&
                  place.name.find('/') == place.name.npos)
          << attack;
    }
  }
  EXPECT_EQ(escapes, 0);
  expect_outside_untouched();
}

TEST_P(Beneath, WaysOutAreNotPermitted) {
  for (const char* attack : {"..", "../outside/secret", "/etc/passwd", "abs/secret", "rel/secret", "rel_file",
                             "dir/up2", "chain1/secret", "abs_inside", "dir/../../outside/secret"}) {
    EXPECT_FALSE(open_beneath(directory_.get(), attack, O_RDONLY)) << attack;
    EXPECT_EQ(errno, EPERM) << attack;
  }
  EXPECT_FALSE(open_beneath(directory_.get(), "loop_a", O_RDONLY));
  EXPECT_EQ(errno, ELOOP);
  EXPECT_FALSE(open_beneath(directory_.get(), "in.txt/x", O_RDONLY));
  EXPECT_EQ(errno, ENOTDIR);
  EXPECT_FALSE(open_beneath(directory_.get(), "in.txt/", O_RDONLY));
  EXPECT_EQ(errno, ENOTDIR);
  EXPECT_FALSE(open_beneath(directory_.get(), "none/x", O_RDONLY));
  EXPECT_EQ(errno, ENOENT);
  EXPECT_FALSE(open_beneath(directory_.get(), "", O_RDONLY));
  EXPECT_EQ(errno, ENOENT);
  EXPECT_FALSE(open_beneath(directory_.get(), "in.txt", O_WRONLY | O_CREAT | O_EXCL, 0600));
  EXPECT_EQ(errno, EEXIST);
  EXPECT_FALSE(open_beneath(directory_.get(), std::string(PATH_MAX, 'x'), O_RDONLY));
  EXPECT_EQ(errno, ENAMETOOLONG);
  EXPECT_FALSE(find_place(directory_.get(), "dir/..").directory);
  EXPECT_EQ(errno, EINVAL);
}

TEST_P(Beneath, WaysInsideWork) {
  constexpr std::pair<const char*, const char*> kWays[] = {
      {"in.txt", "in.txt"},
      {"./././in.txt", "in.txt"},
      {"dir/../in.txt", "in.txt"},
      {"dir//sub///deep/file", "dir/sub/deep/file"},
      {"inside/deep/file", "dir/sub/deep/file"},
      {"inside/deep/../deep/file", "dir/sub/deep/file"},
      {"dir/parent/in.txt", "in.txt"},
      {"dir/parent/dir/parent/in.txt", "in.txt"},
      {"dir/to_in", "in.txt"},
      {"inside/../../in.txt", "in.txt"},
      {".", "."},
      {"dir/..", "."},
      {"dir/", "dir"},
      {"inside/", "dir/sub"},
      {"dir/parent", "."},
  };
  for (const auto& [way, target] : kWays) {
    struct stat found {
    }, expected{};
    const File file = open_beneath(directory_.get(), way, O_RDONLY);
    ASSERT_TRUE(file) << way << ": " << std::strerror(errno);
    ASSERT_EQ(fstat(file.get(), &found), 0);
    ASSERT_EQ(stat((root_ / target).c_str(), &expected), 0);
    EXPECT_EQ(found.st_ino, expected.st_ino) << way;
  }
  // A link itself, and a new file through a link.
  struct stat link {};
  const File itself = open_beneath(directory_.get(), "rel", O_PATH | O_NOFOLLOW);
  ASSERT_TRUE(itself);
  ASSERT_EQ(fstat(itself.get(), &link), 0);
  EXPECT_TRUE(S_ISLNK(link.st_mode));
  fs::create_symlink("sub/made", root_ / "dir/to_new");
  EXPECT_TRUE(open_beneath(directory_.get(), "dir/to_new", O_WRONLY | O_CREAT, 0600));
  EXPECT_TRUE(fs::exists(root_ / "dir/sub/made"));
}

/// Somebody exchanges a directory with a link that leads out, as fast as they can.
TEST_P(Beneath, RacesAreLost) {
  fs::create_directory(root_ / "swap");
  write(root_ / "swap/secret", "inside");
  fs::create_symlink("../outside", root_ / "evil");
  std::atomic<bool> stop{false};
  std::thread attacker([&] {
    while (!stop) {
      (void)renameat2(AT_FDCWD, (root_ / "swap").c_str(), AT_FDCWD, (root_ / "evil").c_str(),
                      RENAME_EXCHANGE);
    }
  });
  int opened = 0, escaped = 0;
  for (int i = 0; i < 20000; ++i) {
    const File file =
        open_beneath(directory_.get(), i % 2 == 0 ? "swap/secret" : "swap/../swap/secret", O_RDONLY);
    if (!file) continue;
    ++opened;
    char first = 0;
    if (pread(file.get(), &first, 1, 0) != 1 || first != 'i') ++escaped;
  }
  stop = true;
  attacker.join();
  EXPECT_EQ(escaped, 0);
  EXPECT_GT(opened, 0);
}

}  // namespace
}  // namespace mote::wasi
