// SPDX-License-Identifier: Apache-2.0
// `mote new`: the folder of a new app, which blinks.
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "errors.hpp"
#include "output.hpp"
#include "project.hpp"

namespace mote::tool {

namespace {

struct Row {
  const char* language;
  const char* name;
  const char* text;
};

constexpr Row kFiles[] = {
#include "guest_files.inc"
};

/// A name for a folder and for a module.
bool valid(const std::string& name) {
  bool good = !name.empty() && name.size() <= 64 && std::isalpha(static_cast<unsigned char>(name[0])) != 0;
  for (const char c : name) good &= std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
  return good;
}

int create(const std::string& language, const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  if (!valid(name)) {
    complain('"' + name +
             "\" cannot be an app's name: begin with a letter, go on with letters, digits, _ and -");
    return kUsage;
  }
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    complain(path + " exists already; `mote new` overwrites nothing", "file");
    return kFile;
  }
  if (!std::filesystem::create_directory(path, error)) {
    complain(path + " cannot be made: " + error.message(), "file");
    return kFile;
  }
  const nlohmann::ordered_json project = {
      {"name", name}, {"language", language}, {"stack", 1024}, {"heap", 0}};
  if (!write_file(path + "/mote.json", project.dump(2) + "\n")) return kFile;
  const bool npm = language == "assemblyscript";
  if (!write_file(path + "/.gitignore", npm ? "build/\nnode_modules/\n" : "build/\n")) return kFile;
  std::string files;
  for (const Row& row : kFiles) {
    if (language != row.language) continue;
    if (!write_file(path + "/" + row.name, row.text)) return kFile;
    files += " " + std::string(row.name);
  }
  std::printf("%s:%s\n  mote build %s\n  mote run --device sim %s/build/%s.wasm\n", path.c_str(),
              files.c_str(), path.c_str(), path.c_str(), name.c_str());
  return kSuccess;
}

}  // namespace

void add_new(CLI::App& app, int& status) {
  auto language = std::make_shared<std::string>(), name = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("new", "Make the folder of a new app, which blinks");
  command->add_option("NAME", *name, "The app's name, and its folder's")->required();
  command->add_option("--lang", *language, "Language")
      ->required()
      ->check(CLI::IsMember({"c", "cpp", "rust", "assemblyscript"}));
  command->callback([=, &status] { status = create(*language, *name); });
}

}  // namespace mote::tool
