// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace mote::tool {

/// A file in TMPDIR or /tmp that is gone with its object.
class TemporaryFile {
 public:
  TemporaryFile();
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  /// False: it could not be made; errno says why.
  explicit operator bool() const { return made_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool made_ = false;
};

}  // namespace mote::tool
