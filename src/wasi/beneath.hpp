// SPDX-License-Identifier: Apache-2.0
// Opening paths that must stay below a directory: no "..", absolute path or symbolic link leads out, whatever
// others do to the tree meanwhile. By openat2 with RESOLVE_BENEATH where the kernel has it; otherwise
// component by component with O_NOFOLLOW, each directory held open, links and ".." resolved here.
#pragma once
#include <string>
#include <string_view>

#include "wasi/process.hpp"

namespace mote::wasi {

enum class Resolver { Automatic, Walk };
/// For tests: Walk, whatever the kernel has.
void use_resolver(Resolver resolver);

/// As openat(). The errors are POSIX', and EPERM for a way out. `flags` may have O_NOFOLLOW, for the last
/// component. Empty: errno says why.
File open_beneath(int directory, std::string_view path, int flags, unsigned mode = 0);

/// The directory of a path's last component, and that component: never "", ".", ".." or with a slash.
struct Place {
  File directory;
  std::string name;
  bool must_be_directory = false;  ///< there were slashes behind it
};
/// Empty directory: errno says why.
Place find_place(int directory, std::string_view path);

}  // namespace mote::wasi
