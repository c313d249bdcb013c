// SPDX-License-Identifier: Apache-2.0
#include "project.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "errors.hpp"

extern char** environ;

namespace mote::tool {

namespace {

using nlohmann::json;

bool number(const json& object, const char* key, uint32_t& value, const std::string& file) {
  if (!object.contains(key)) return true;
  const json& found = object[key];
  constexpr uint32_t kMost = 1u << 30;
  if (found.is_number_integer() && found >= 0 && found <= kMost) {
    value = found.get<uint32_t>();
    return true;
  }
  complain(file + ": \"" + key + "\" is no number of bytes");
  return false;
}

}  // namespace

std::optional<Project> read_project(const std::string& folder) {
  const std::string file = folder + "/mote.json";
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    complain(file + ": " + std::strerror(errno) + "\n  `mote new` makes an app's folder", "file");
    return std::nullopt;
  }
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const json object = json::parse(text, nullptr, false);
  Project project{.folder = folder, .name = "", .language = ""};
  if (!object.is_object()) return complain(file + ": this is no JSON object"), std::nullopt;
  const json name = object.value("name", json()), language = object.value("language", json());
  if (!name.is_string() || !language.is_string())
    return complain(file + ": \"name\" and \"language\" must be there"), std::nullopt;
  project.name = name.get<std::string>();
  project.language = language.get<std::string>();
  if (project.name.empty() || project.name.find('/') != std::string::npos || project.name[0] == '-')
    return complain(file + ": \"" + project.name + "\" cannot be a module's name"), std::nullopt;
  if (std::find(std::begin(kLanguages), std::end(kLanguages), project.language) == std::end(kLanguages))
    return complain(file + ": no language \"" + project.language +
                    "\"; there are c, cpp, rust, assemblyscript"),
           std::nullopt;
  if (!number(object, "stack", project.stack, file) || !number(object, "heap", project.heap, file))
    return std::nullopt;
  return project;
}

namespace {

int wait_for(pid_t child) {
  int status = 0;
  if (waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::vector<char*> argv_of(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  return argv;
}

}  // namespace

int run_in(const std::string& folder, const std::vector<std::string>& words) {
  std::fflush(stdout);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  pid_t child = 0;
  const int error = posix_spawnp(&child, words[0].c_str(), &actions, nullptr, argv_of(words).data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return error != 0 ? -1 : wait_for(child);
}

std::optional<std::string> output_of(const std::vector<std::string>& words) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int error = posix_spawnp(&child, words[0].c_str(), &actions, nullptr, argv_of(words).data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  std::string text;
  char chunk[4096];
  for (ssize_t size; error == 0 && (size = read(ends[0], chunk, sizeof chunk)) > 0;)
    text.append(chunk, static_cast<size_t>(size));
  close(ends[0]);
  if (error != 0 || wait_for(child) != 0) return std::nullopt;
  return text;
}

}  // namespace mote::tool
