// SPDX-License-Identifier: Apache-2.0
// On the host: writes a module with exceptions, which no text tool of Debian's knows, to the file that is
// named.
#include <cstdio>

#include "runtime/exceptions_module.hpp"

int main(int count, char** arguments) {
  const auto bytes = mote::wasm::test::exceptions_module();
  std::FILE* file = count == 2 ? std::fopen(arguments[1], "wb") : nullptr;
  if (file == nullptr) return 1;
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  return std::fclose(file) == 0 && written ? 0 : 1;
}
