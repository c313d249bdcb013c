// SPDX-License-Identifier: Apache-2.0
// `mote inspect` of an image: what its header says, and whether this machine would run it.
#include "inspect_image.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "errors.hpp"
#include "image/verify.hpp"
#include "runtime/instance.hpp"
#include "targets.hpp"

namespace mote::tool {

namespace {

using nlohmann::json;

const char* isa_name(uint8_t isa) {
  constexpr const char* kNames[] = {"vm", "thumb2", "x64"};
  return isa < std::size(kNames) ? kNames[isa] : "unknown";
}

const char* bounds_name(uint8_t bounds) {
  return bounds < bounds_names().size() ? bounds_names()[bounds].c_str() : "another";
}

std::string hexadecimal(uint64_t number, int digits) {
  char text[20];
  std::snprintf(text, sizeof text, "%0*llx", digits, static_cast<unsigned long long>(number));
  return text;
}

json describe(const image::Header& header) {
  Error error;
  const bool runs = image::fits(header, error);
  return {{"format_version", header.version},
          {"bytes", header.length},
          {"isa", isa_name(header.isa)},
          {"features", header.features},
          {"engine_abi", hexadecimal(header.abi, 8)},
          {"bounds", bounds_name(header.bounds)},
          {"fuel", (header.flags & image::kFuel) != 0},
          {"module_hash", hexadecimal(header.module_hash, 16)},
          {"module_bytes", header.module_bytes},
          {"code_bytes", header.part(image::kCodePart).bytes},
          {"memory_bytes", header.memory_bytes},
          {"largest_frame_bytes", header.frame_bytes},
          {"functions", header.defined_functions()},
          {"imported_functions", header.imported[image::kFunctions]},
          {"names_bytes", header.part(image::kNamesPart).bytes},
          {"map_bytes", (header.flags & image::kMapped) != 0 ? header.length - image::map_at(header) : 0},
          {"crc", hexadecimal(header.crc, 8)},
          {"runs_here", runs},
          {"why_not", runs ? "" : error.message}};
}

}  // namespace

int inspect_image(const std::string& file, const std::vector<uint8_t>& bytes, bool as_json) {
  Error error;
  if (!image::verify(bytes, error)) return report(file, error, as_json);
  const json out = describe(*reinterpret_cast<const image::Header*>(bytes.data()));
  if (as_json) {
    std::printf("%s\n", out.dump(2).c_str());
    return kSuccess;
  }
  std::printf("image\n");
  for (const auto& [name, value] : out.items())
    std::printf("  %-20s %s\n", name.c_str(),
                value.is_string() ? value.get<std::string>().c_str() : value.dump().c_str());
  return kSuccess;
}

}  // namespace mote::tool
