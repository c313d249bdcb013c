// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: an image is made of the module for every ISA of the build; it must load, and however
// header, module, tables and data are changed behind the CRC's back, loading and instantiating reach nothing
// outside. What is instantiated is not run: code is trusted. Images for boards are made as well.
#include <mote/mote.hpp>

#include <cstddef>
#include <random>
#include <vector>

#include "compile/isa/target.hpp"
#include "compile/isa/thumb2/features.hpp"
#include "exercise.hpp"
#include "image/build.hpp"
#include "image/hash.hpp"
#include "image/verify.hpp"
#include "native/features.hpp"
#include "target.hpp"

namespace {

using mote::IsaId;

/// Empty: the module is not valid.
std::vector<uint8_t> build(std::span<const uint8_t> module, const mote::image::BuildOptions& options) {
  std::vector<std::byte> memory(1 << 22);
  std::vector<uint8_t> image(1 << 20);
  mote::Pool pool(memory);
  mote::image::Builder builder(pool, mote::image::memory_sink(image), options);
  const bool ok = builder.feed(module) && builder.finish();
  image.resize(ok ? builder.length() : 0);
  image.shrink_to_fit();
  return image;
}

/// Instantiates it with some bytes changed, of its header or of anything else but code.
void damage(const std::vector<uint8_t>& good, std::mt19937_64& random) {
  std::vector<uint8_t> image = good;
  auto& header = *reinterpret_cast<mote::image::Header*>(image.data());
  const mote::image::Part code = header.part(mote::image::kCodePart);
  for (auto n = 1 + random() % 4; n > 0; --n) {
    const bool in_header = random() % 4 == 0;
    const size_t begin = in_header ? 12 : sizeof header, end = in_header ? sizeof header - 4 : image.size();
    size_t at = begin + static_cast<size_t>(random() % (end - begin));
    if (at >= code.at && at < code.at + code.bytes) at = (at + code.bytes) % image.size();
    image[at] = static_cast<uint8_t>(random() % 4 == 0 ? 0xff : random());
  }
  header.length = static_cast<uint32_t>(image.size());
  header.crc = mote::image::crc_of(header, image);
  mote::fuzz::instantiate_image(image, {.pool_bytes = 1 << 18, .memory_bytes = 1 << 17});
}

bool exercise(std::span<const uint8_t> module, const mote::image::BuildOptions& options) {
  const auto image = build(module, options);
  if (image.empty()) return false;
  if (!mote::fuzz::instantiate_image(image)) mote::fuzz::fail("an image that was just made does not load");
  std::mt19937_64 random(mote::image::fnv1a(module));
  for (int i = 0; i < 16; ++i) damage(image, random);
  return true;
}

/// For a board with an MPU, and its profile: no host loads them, but they are whole.
void exercise_for_boards(std::span<const uint8_t> module) {
  if constexpr (mote::compile::compiles_for(IsaId::Thumb2)) {
    for (const bool wide : {false, true}) {
      const auto image = build(module, {.isa = IsaId::Thumb2,
                                        .bounds = mote::runtime::Bounds::Mpu,
                                        .features = mote::compile::thumb2::kFloat32,
                                        .wide_types = wide});
      mote::Error error;
      if (!image.empty() && !mote::image::verify(image, error))
        mote::fuzz::fail("an image for a board that was just made is not whole");
    }
  }
}

}  // namespace

bool mote_fuzz_one(std::span<const uint8_t> bytes) {
  bool made = false;
  if (mote::config::kInterpreter) made = exercise(bytes, {.isa = IsaId::Vm});
  if constexpr (mote::config::kNative) {
    const bool native =
        exercise(bytes, {.isa = mote::config::kNativeIsa, .features = mote::native::cpu_features()});
    made = made || native;
  }
  if (made) exercise_for_boards(bytes);
  return made;
}
