// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>
#include <utility>

/// Room for an error's words, with their zero.
#define MOTE_MESSAGE_BYTES 80

namespace mote {

/// Why a load, a link or a call was refused.
enum class ErrorCode : uint8_t {
#define MOTE_ERROR(name, text) name,
#include <mote/errors.inc>
};

/// Why execution ended before the function returned (core spec, 4.2.1 "Results").
enum class Trap : uint8_t {
#define MOTE_TRAP(name, text) name,
#include <mote/errors.inc>
};

const char* to_string(ErrorCode code);
const char* to_string(Trap trap);

/// A refusal: what, where, and the number that helps to mend it. Its words are its own, `name` points into
/// the module's bytes.
struct Error {
  static constexpr uint32_t kNoOffset = 0xffff'ffff;
  static constexpr size_t kMessageBytes = MOTE_MESSAGE_BYTES;

  ErrorCode code = ErrorCode::None;
  Trap trap = Trap::None;         ///< set when code is Trapped
  uint32_t offset = kNoOffset;    ///< byte offset in the module
  uint32_t function = kNoOffset;  ///< index of the function that the offset lies in
  uint32_t detail = 0;        ///< OutOfMemory: bytes missing; otherwise an index that belongs to the message
  std::string_view module{};  ///< Unlinkable: first part of the import's name
  std::string_view name{};    ///< Unlinkable, NotFound: the name
  char message[kMessageBytes];  ///< without a full stop; a host function's own words are cut to fit

  Error() { message[0] = '\0'; }
  Error(ErrorCode why, const char* words) : code(why) { say(words); }
  void say(const char* words);

  explicit operator bool() const { return code != ErrorCode::None; }
};

/// A value or the Error that took its place. T may be move-only. Never allocates.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : ok_(true) { new (&storage_.value) T(std::move(value)); }  // NOLINT: implicit by design
  Result(const Error& error) : ok_(false) {
    new (&storage_.error) Error(error);
  }  // NOLINT: implicit by design
  Result(Result&& other) noexcept : ok_(other.ok_) {
    if (ok_) {
      new (&storage_.value) T(std::move(other.storage_.value));
    } else {
      new (&storage_.error) Error(other.storage_.error);
    }
  }
  Result& operator=(Result&&) = delete;
  ~Result() {
    if (ok_) storage_.value.~T();
  }

  explicit operator bool() const { return ok_; }
  bool ok() const { return ok_; }
  T& operator*() { return storage_.value; }
  const T& operator*() const { return storage_.value; }
  T* operator->() { return &storage_.value; }
  const T* operator->() const { return &storage_.value; }
  /// Meaningful only when !ok().
  const Error& error() const { return storage_.error; }

 private:
  friend class Engine;
  /// A refusal that is written where it will be read: an Error takes stack.
  Result() : ok_(false) { new (&storage_.error) Error; }
  Error& refusal() { return storage_.error; }
  void set(T value) {
    ok_ = true;
    new (&storage_.value) T(std::move(value));
  }

  union Storage {
    Storage() {}
    ~Storage() {}
    T value;
    Error error;
  } storage_;
  bool ok_;
};

/// Success or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(const Error& error) : error_(error) {}  // NOLINT: implicit by design
  explicit operator bool() const { return ok(); }
  bool ok() const { return error_.code == ErrorCode::None; }
  const Error& error() const { return error_; }

 private:
  friend class Function;
  friend class Instance;
  Error error_{};
};

}  // namespace mote
