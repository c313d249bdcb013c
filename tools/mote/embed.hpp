// SPDX-License-Identifier: Apache-2.0
// Bytes as a C and C++ array.
#pragma once
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace mote::tool {

struct ArrayText {
  std::string command;  ///< that makes it, for the comment
  std::string file;     ///< that it is made from
  std::string name;
  std::string section;  ///< may be empty
};
void write_array(std::ostream& out, const ArrayText& text, const std::vector<uint8_t>& bytes);

/// A C identifier from a file's name.
std::string array_name(const std::string& file);

}  // namespace mote::tool
