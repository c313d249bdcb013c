// SPDX-License-Identifier: Apache-2.0
// `mote embed`: a module as a C or C++ header, a constant array that the linker leaves in flash.
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "command.hpp"
#include "embed.hpp"
#include "errors.hpp"
#include "input.hpp"

namespace mote::tool {

std::string array_name(const std::string& file) {
  std::string name = std::filesystem::path(file).stem().string();
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) != 0) name.insert(0, "module_");
  return name;
}

void write_array(std::ostream& out, const ArrayText& text, const std::vector<uint8_t>& bytes) {
  out << "// Made by `mote " << text.command << "` from "
      << std::filesystem::path(text.file).filename().string() << ": " << bytes.size() << " bytes.\n"
      << "#pragma once\n\n#ifdef __cplusplus\n#include <cstdint>\n#define MOTE_EMBEDDED "
         "constexpr\n#else\n#include <stdint.h>\n"
      << "#define MOTE_EMBEDDED static const\n#endif\n\n";
  if (!text.section.empty()) out << "__attribute__((section(\"" << text.section << "\")))\n";
  out << "__attribute__((aligned(8))) MOTE_EMBEDDED uint8_t " << text.name << "[" << bytes.size() << "] = {";
  for (size_t i = 0; i < bytes.size(); ++i) {
    char number[8];
    std::snprintf(number, sizeof number, "0x%02x,", bytes[i]);
    out << (i % 16 == 0 ? "\n    " : " ") << number;
  }
  out << "\n};\n#undef MOTE_EMBEDDED\n";
}

namespace {

struct Options {
  std::string file, output, name, section;
};

int embed(Options options) {
  int status = kSuccess;
  const auto bytes = read_module(options.file, &status);
  if (!bytes) return status;
  if (options.name.empty()) options.name = array_name(options.file);
  if (options.name != array_name(options.name)) {
    complain('"' + options.name + "\" is no name in C");
    return kUsage;
  }
  const ArrayText text{"embed", options.file, options.name, options.section};
  if (options.output.empty() || options.output == "-") {
    write_array(std::cout, text, *bytes);
    return std::cout.flush() ? kSuccess : kFile;
  }
  std::ofstream out(options.output, std::ios::trunc);
  write_array(out, text, *bytes);
  out.close();
  if (out) return kSuccess;
  complain(options.output + " cannot be written");
  return kFile;
}

}  // namespace

void add_embed(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("embed", "Write a module as a C/C++ header for flash");
  command->add_option("FILE", options->file, "Module")->required();
  command->add_option("-o,--output", options->output, "Header (default: standard output)");
  command->add_option("--name", options->name, "Name of the array (default: from the file's)");
  command->add_option("--section", options->section, "Linker section to put it in");
  command->callback([options, &status] { status = embed(*options); });
}

}  // namespace mote::tool
