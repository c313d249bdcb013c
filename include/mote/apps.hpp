// SPDX-License-Identifier: Apache-2.0
// Apps on a device: modules that arrive as a stream, are compiled while they arrive, and lie in flash as
// images that run in place. Flash is divided into slots of equal size; each holds one image of one app. An
// install writes to a slot that no app needs, and makes it valid by one record that is written last: whenever
// the power is cut, the old app is there, or the new one.
//
//   mote::AppStore store(flash, 64 * 1024);
//   mote::Installer installer(store, pool);
//   installer.begin("blink");
//   while (receive(chunk)) installer.write(chunk);
//   installer.finish();
//   mote::App app;
//   if (store.find("blink", app)) module = engine.load_image(app.image, {.trusted = true});
#pragma once
#include <mote/mote.hpp>

namespace mote {

/// A driver of NOR flash that the CPU reads, and runs code from, where it lies. Erased cells are 0xff, and
/// programming only clears bits. Both functions return when it is done, with caches told; false: it failed.
struct Flash {
  const uint8_t* base = nullptr;  ///< where its first byte is read, a multiple of 32
  uint32_t bytes = 0;
  uint32_t erase_bytes = 0;  ///< of a block, a power of two
  uint32_t page_bytes = 0;  ///< no programming crosses a multiple of it: a power of two, 32 to 4096. Costs as
                            ///< much RAM during an install; without such a rule take 256
  uint32_t write_bytes = 1;  ///< offset and size of a programming are multiples of it: a power of two up
                             ///< to 32. What has been programmed is not programmed again before it is erased
  bool (*erase)(void* context, uint32_t offset) = nullptr;
  bool (*program)(void* context, uint32_t offset, const uint8_t* bytes, uint32_t size) = nullptr;
  void* context = nullptr;
};

/// An app that is installed.
struct App {
  std::string_view name;
  uint32_t slot = 0;
  uint32_t sequence = 0;             ///< counts installs; of two of one name the higher is the newer
  std::span<const uint8_t> image{};  ///< in flash: for Engine::load_image()
};

/// The slots of a flash. Keeps nothing in RAM but its own fields: everything is read from the flash.
class AppStore {
 public:
  static constexpr uint32_t kNameBytes = 32;  ///< of an app's name, with the zero behind it
  /// A flash should have two slots for each app and one more, so that any can be installed anew.
  AppStore(const Flash& flash, uint32_t slot_bytes) : flash_(flash), slot_bytes_(slot_bytes) {}

  uint32_t slots() const { return flash_.bytes / slot_bytes_; }
  uint32_t slot_bytes() const { return slot_bytes_; }
  const Flash& flash() const { return flash_; }

  /// The app in a slot; false if there is none whose record and image are whole.
  bool at(uint32_t slot, App& app) const;
  /// The newest app of that name.
  bool find(std::string_view name, App& app) const;
  /// The index-th app in the order of slots, each name once; false past the last.
  bool app(uint32_t index, App& app) const;
  /// Where the next install goes: a slot that is not the newest of its app. False: all are.
  bool spare(uint32_t& slot) const;
  /// Higher than every app's.
  uint32_t next_sequence() const;
  /// Forgets an app, older installs of it first. NotFound; Storage when the flash fails.
  Result<void> remove(std::string_view name);

 private:
  bool newest(const App& app) const;

  Flash flash_;
  uint32_t slot_bytes_;
};

struct InstallOptions {
  Tier tier = Tier::Vm;
  Bounds bounds = Bounds::Software;  ///< of native code, as load() takes it; GuardPages is for hosts
  bool fuel = false;                 ///< native code counts fuel
  bool names = false;                ///< keep functions' names for backtraces
  bool map =
      false;  ///< add byte offsets for backtraces, which take RAM during an install: about a fifth of the
              ///< code's bytes. Boards make them with -DMOTE_OFFSET_MAPS=2 among the compiler's flags
};

class Installer {
 public:
  /// Works in `pool`, which needs room for a page, the module's tables, 4 bytes for each function, the
  /// largest function's body and code, and the compiler's stacks; never for the module or its code. Store,
  /// pool and flash must outlive it.
  Installer(AppStore& store, std::span<std::byte> pool, const InstallOptions& options = {});
  ~Installer();
  Installer(const Installer&) = delete;
  Installer& operator=(const Installer&) = delete;

  /// Chooses a slot and erases its record. Storage: no slot is spare, or the flash fails.
  Result<void> begin(std::string_view name);
  /// The module's next bytes, any number. What load() would refuse is refused here, with the same errors, and
  /// Limit when the slot is too small.
  Result<void> write(std::span<const uint8_t> bytes);
  /// The module is complete: from here on find() gives the new app.
  Result<App> finish();
  /// Bytes of the pool that were taken at most.
  size_t peak() const;

 private:
  struct State;
  void end();

  AppStore& store_;
  std::span<std::byte> memory_;
  InstallOptions options_;
  State* state_ = nullptr;
  size_t peak_ = 0;
};

}  // namespace mote
