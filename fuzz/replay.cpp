// SPDX-License-Identifier: Apache-2.0
// A target without libFuzzer: every file that is named, or found in a folder that is named, is given to it as
// it is and, with --mutations N, changed N times. usage: replay_TARGET [--mutations N] [--seed N] PATH...
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "mutate.hpp"
#include "target.hpp"

namespace {

namespace fs = std::filesystem;

struct Options {
  unsigned mutations = 0, seed = 1;
  std::vector<fs::path> files;
};

void add(Options& options, const fs::path& path) {
  if (!fs::is_directory(path)) return options.files.push_back(path);
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    if (entry.is_regular_file()) options.files.push_back(entry.path());
  }
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const bool more = i + 1 < argc;
    if (more && std::strcmp(argv[i], "--mutations") == 0) {
      options.mutations = static_cast<unsigned>(std::atoi(argv[++i]));
    } else if (more && std::strcmp(argv[i], "--seed") == 0) {
      options.seed = static_cast<unsigned>(std::atoi(argv[++i]));
    } else {
      add(options, argv[i]);
    }
  }
  std::sort(options.files.begin(), options.files.end());
  return options;
}

/// The input that runs is on disk while it does, so that a crash leaves it behind.
bool run(const mote::fuzz::Bytes& bytes, const fs::path& trace) {
  if (!trace.empty()) {
    std::ofstream(trace, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  return mote_fuzz_one(bytes);
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  if (options.files.empty()) return std::fprintf(stderr, "no inputs\n"), 2;
  mote::fuzz::Random random(options.seed);
  const char* environment = std::getenv("MOTE_FUZZ_TRACE");
  const fs::path trace = environment == nullptr ? "" : environment;  // a file for the present input
  size_t inputs = 0, valid = 0;
  for (const fs::path& file : options.files) {
    std::ifstream stream(file, std::ios::binary);
    const mote::fuzz::Bytes bytes{std::istreambuf_iterator<char>(stream), {}};
    if (!stream) return std::fprintf(stderr, "%s cannot be read\n", file.c_str()), 2;
    valid += run(bytes, trace) ? 1 : 0;
    ++inputs;
    mote::fuzz::Bytes last = bytes;
    for (unsigned i = 0; i < options.mutations; ++i, ++inputs) {
      // Changes that leave a module valid add up for a while, so that what lies deep is reached.
      mote::fuzz::Bytes changed = mote::fuzz::mutate(i % 16 == 0 ? bytes : last, random);
      if (!run(changed, trace)) continue;
      ++valid;
      last = std::move(changed);
    }
  }
  std::printf("%zu inputs from %zu files, %zu of them valid\n", inputs, options.files.size(), valid);
  return 0;
}
