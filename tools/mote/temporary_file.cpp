// SPDX-License-Identifier: Apache-2.0
#include "temporary_file.hpp"

#include <unistd.h>

#include <cstdlib>

namespace mote::tool {

TemporaryFile::TemporaryFile() {
  const char* folder = std::getenv("TMPDIR");
  path_ = std::string(folder != nullptr && *folder != '\0' ? folder : "/tmp") + "/mote-XXXXXX";
  const int descriptor = mkstemp(path_.data());
  made_ = descriptor >= 0;
  if (made_) close(descriptor);
}

TemporaryFile::~TemporaryFile() {
  if (made_) unlink(path_.c_str());
}

}  // namespace mote::tool
