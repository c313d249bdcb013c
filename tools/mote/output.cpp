// SPDX-License-Identifier: Apache-2.0
#include "output.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "errors.hpp"

namespace mote::tool {

bool write_file(const std::string& path, std::string_view contents) {
  errno = 0;
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << contents;
  out.close();
  if (out) return true;
  complain(path + " cannot be written: " + std::strerror(errno), "file");
  return false;
}

bool write_file(const std::string& path, const std::vector<uint8_t>& bytes) {
  return write_file(path, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace mote::tool
