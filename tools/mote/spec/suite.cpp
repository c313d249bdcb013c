// SPDX-License-Identifier: Apache-2.0
#include "suite.hpp"

#include <fnmatch.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstring>

extern char** environ;

namespace mote::spec {

namespace fs = std::filesystem;

namespace {

bool is_archive(const fs::path& path) {
  const std::string name = path.filename().string();
  for (const char* suffix : {".tar", ".tar.xz", ".tar.gz", ".tgz", ".tar.bz2", ".tar.zst"}) {
    if (name.ends_with(suffix)) return true;
  }
  return false;
}

/// A filter is a part of the name, or a pattern with * and ?, where * stands for '/' too.
bool selected(const std::string& name, const std::vector<std::string>& filters) {
  if (filters.empty()) return true;
  return std::any_of(filters.begin(), filters.end(), [&](const std::string& filter) {
    return name.find(filter) != std::string::npos || ::fnmatch(filter.c_str(), name.c_str(), 0) == 0;
  });
}

}  // namespace

Suite::~Suite() {
  std::error_code ignored;
  if (!unpacked_.empty()) fs::remove_all(unpacked_, ignored);
}

bool Suite::unpack(const fs::path& archive, std::string& problem) {
  std::string folder = (fs::temp_directory_path() / "mote-spec-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) {
    problem = "cannot make a temporary directory: " + std::string(std::strerror(errno));
    return false;
  }
  unpacked_ = folder;
  const std::string file = archive.string();
  const char* arguments[] = {"tar", "-xf", file.c_str(), "-C", folder.c_str(), nullptr};
  pid_t process = -1;
  int status = 0;
  const int error = ::posix_spawnp(&process, "tar", nullptr, nullptr, const_cast<char**>(arguments), environ);
  if (error != 0) {
    problem = "cannot run tar to unpack " + file + ": " + std::strerror(error);
    return false;
  }
  if (::waitpid(process, &status, 0) != process || status != 0) {
    problem = "tar cannot unpack " + file;
    return false;
  }
  return true;
}

bool Suite::open(const fs::path& path, const std::vector<std::string>& filters, std::string& problem) {
  std::error_code error;
  fs::path root = path;
  if (fs::is_regular_file(path, error) && is_archive(path)) {
    if (!unpack(path, problem)) return false;
    root = unpacked_;
  }
  if (fs::is_directory(root, error)) {
    for (const auto& entry : fs::recursive_directory_iterator(root, error)) {
      if (entry.path().extension() != ".json") continue;
      const std::string name = fs::relative(entry.path(), root).replace_extension().generic_string();
      if (selected(name, filters)) scripts_.push_back({entry.path(), name});
    }
  } else if (fs::is_regular_file(root, error)) {
    scripts_.push_back({root, root.stem().string()});
  } else {
    problem = path.string() + " is neither a directory nor a file";
    return false;
  }
  std::sort(scripts_.begin(), scripts_.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
  if (scripts_.empty()) {
    problem = filters.empty() ? path.string() + " holds no .json script of the suite"
                              : "no script below " + path.string() + " matches the filter";
  }
  return !scripts_.empty();
}

}  // namespace mote::spec
