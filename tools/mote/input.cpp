// SPDX-License-Identifier: Apache-2.0
#include "input.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "errors.hpp"

extern char** environ;

namespace mote::tool {

namespace {

using Bytes = std::vector<uint8_t>;

std::optional<Bytes> read_stream(std::FILE* stream, const std::string& name) {
  Bytes bytes;
  uint8_t chunk[65536];
  for (size_t size; (size = std::fread(chunk, 1, sizeof chunk, stream)) > 0;)
    bytes.insert(bytes.end(), chunk, chunk + size);
  if (std::ferror(stream) == 0) return bytes;
  complain(name + ": " + std::strerror(errno));
  return std::nullopt;
}

std::optional<Bytes> read_file(const std::string& file) {
  std::FILE* stream = std::fopen(file.c_str(), "rb");
  if (stream == nullptr) {
    complain(file + ": " + std::strerror(errno));
    return std::nullopt;
  }
  auto bytes = read_stream(stream, file);
  std::fclose(stream);
  return bytes;
}

/// Runs wat2wasm, which prints its own errors.
std::optional<Bytes> assemble(const std::string& file) {
  char output[] = "/tmp/mote-XXXXXX";
  const int descriptor = mkstemp(output);
  if (descriptor < 0) {
    complain(std::string("cannot make a temporary file: ") + std::strerror(errno));
    return std::nullopt;
  }
  close(descriptor);
  const std::string arguments[] = {"wat2wasm", "--enable-all", file, "-o", output};
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t child = 0;
  int status = 0;
  std::optional<Bytes> bytes;
  if (posix_spawnp(&child, "wat2wasm", nullptr, nullptr, argv.data(), environ) != 0) {
    complain(file +
             " is text, and wat2wasm is not installed\n  install wabt (Debian: apt-get install wabt), or "
             "give the .wasm");
  } else if (waitpid(child, &status, 0) != child || status != 0) {
    complain(file + ": wat2wasm refuses it");
  } else {
    bytes = read_file(output);
  }
  std::error_code ignored;
  std::filesystem::remove(output, ignored);
  return bytes;
}

}  // namespace

std::optional<Bytes> read_module(const std::string& file) {
  if (file == "-") return read_stream(stdin, "standard input");
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    complain(file + " is a directory");
    return std::nullopt;
  }
  if (file.ends_with(".wat") && std::filesystem::exists(file, error)) return assemble(file);
  return read_file(file);
}

}  // namespace mote::tool
