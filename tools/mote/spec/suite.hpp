// SPDX-License-Identifier: Apache-2.0
// Where the suite's scripts lie: a directory, an archive of one, or a single script.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace mote::spec {

class Suite {
 public:
  Suite() = default;
  ~Suite();  ///< removes what an archive was unpacked into
  Suite(const Suite&) = delete;
  Suite& operator=(const Suite&) = delete;

  /// Finds the scripts below `path` whose name matches one of `filters` (all when there are none), in order
  /// of name.
  bool open(const std::filesystem::path& path, const std::vector<std::string>& filters, std::string& problem);

  struct Entry {
    std::filesystem::path path;
    std::string name;  ///< path below the suite's directory, without ".json"
  };
  const std::vector<Entry>& scripts() const { return scripts_; }

 private:
  bool unpack(const std::filesystem::path& archive, std::string& problem);

  std::filesystem::path unpacked_;
  std::vector<Entry> scripts_;
};

}  // namespace mote::spec
