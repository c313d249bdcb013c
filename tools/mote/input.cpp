// SPDX-License-Identifier: Apache-2.0
#include "input.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "command.hpp"
#include "errors.hpp"
#include "temporary_file.hpp"

extern char** environ;

namespace mote::tool {

namespace {

using Bytes = std::vector<uint8_t>;

constexpr size_t kMost = size_t{1} << 30;  // no module is larger; /dev/zero is

void complain_of_file(const std::string& sentence) {
  complain(sentence, "file");
}

std::optional<Bytes> read_stream(std::FILE* stream, const std::string& name) {
  Bytes bytes;
  uint8_t chunk[65536];
  for (size_t size; (size = std::fread(chunk, 1, sizeof chunk, stream)) > 0;) {
    bytes.insert(bytes.end(), chunk, chunk + size);
    if (bytes.size() > kMost) {
      complain_of_file(name + ": larger than 1 GiB: not a module");
      return std::nullopt;
    }
  }
  if (std::ferror(stream) == 0) return bytes;
  complain_of_file(name + ": " + std::strerror(errno));
  return std::nullopt;
}

std::optional<Bytes> read_file(const std::string& file) {
  std::FILE* stream = std::fopen(file.c_str(), "rb");
  if (stream == nullptr) {
    complain_of_file(file + ": " + std::strerror(errno));
    return std::nullopt;
  }
  auto bytes = read_stream(stream, file);
  std::fclose(stream);
  return bytes;
}

bool write_file(const std::string& path, const Bytes& bytes) {
  std::FILE* stream = std::fopen(path.c_str(), "wb");
  if (stream == nullptr) return false;
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), stream) == bytes.size();
  return std::fclose(stream) == 0 && written;
}

/// Starts a program with its standard error in `errors`; its exit status, or -1 when it cannot be started.
int run_program(std::vector<std::string> words, const std::string& errors) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors.c_str(), O_WRONLY | O_TRUNC, 0);
  pid_t child = 0;
  const int refused = posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (refused != 0 || waitpid(child, &status, 0) != child) return -1;
  return status;
}

/// What wat2wasm says, indented, with the file's own name.
std::string complaint(const TemporaryFile& errors, const TemporaryFile& source, const std::string& file) {
  std::string text;
  std::FILE* stream = std::fopen(errors.path().c_str(), "rb");
  char line[512];
  while (stream != nullptr && std::fgets(line, sizeof line, stream) != nullptr) {
    std::string words = line;
    if (const size_t at = words.find(source.path()); at != std::string::npos)
      words.replace(at, source.path().size(), file);
    text += "\n  " + words.substr(0, words.find('\n'));
  }
  if (stream != nullptr) std::fclose(stream);
  return text;
}

std::optional<Bytes> assemble(const std::string& file, const Bytes& text, int& status) {
  status = kFile;
  const TemporaryFile source, output, errors;
  if (!source || !output || !errors || !write_file(source.path(), text)) {
    complain_of_file(std::string("cannot make a temporary file: ") + std::strerror(errno));
    return std::nullopt;
  }
  // With typed function references wabt takes a reference to a function for no funcref, so they come second.
  const std::vector<std::string> files{source.path(), "-o", output.path()};
  std::vector<std::string> words{
      "wat2wasm",          "--enable-exceptions",   "--enable-threads",       "--enable-tail-call",
      "--enable-memory64", "--enable-multi-memory", "--enable-extended-const"};
  words.insert(words.end(), files.begin(), files.end());
  int ended = run_program(words, errors.path());
  if (ended != 0 && ended != -1) {
    const TemporaryFile ignored;
    words = {"wat2wasm", "--enable-all", files[0], files[1], files[2]};
    if (run_program(words, ignored.path()) == 0) ended = 0;
  }
  if (ended == 0) return read_file(output.path());
  // Where the program is missing, some systems only tell by the child's exit status.
  if (ended == -1 || (WIFEXITED(ended) && WEXITSTATUS(ended) == 127)) {
    complain_of_file(file +
                     " is text, and wat2wasm is not installed\n  install wabt (Debian: apt-get install "
                     "wabt), or give the .wasm");
  } else {
    status = kRefused;
    complain(file + ": wat2wasm refuses it" + complaint(errors, source, file), "module");
  }
  return std::nullopt;
}

/// Whether bytes are WebAssembly's text format: its first token is a parenthesis or a comment.
bool is_text(const Bytes& bytes) {
  for (const uint8_t byte : bytes) {
    if (byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n') continue;
    return byte == '(' || byte == ';';
  }
  return false;
}

}  // namespace

std::optional<Bytes> read_module(const std::string& file, int* status) {
  int ignored = 0;
  int& code = status != nullptr ? *status : ignored;
  code = kFile;
  std::error_code error;
  if (file != "-" && std::filesystem::is_directory(file, error)) {
    complain_of_file(file + " is a directory");
    return std::nullopt;
  }
  const std::string name = file == "-" ? "standard input" : file;
  auto bytes = file == "-" ? read_stream(stdin, name) : read_file(file);
  if (!bytes) return std::nullopt;
  if (!bytes->empty() && !is_text(*bytes)) return bytes;
  code = kRefused;
  if (!bytes->empty()) return assemble(name, *bytes, code);
  complain(name + " is empty", "module");
  return std::nullopt;
}

}  // namespace mote::tool
