// SPDX-License-Identifier: Apache-2.0
// The words of errors, as numbers: a place that refuses takes a byte for them, and they lie packed in one
// block (a fifth of the flash that pointers to plain texts take).
#pragma once
#include <mote/error.hpp>

#include "config/features.hpp"
#include "config/tiers.hpp"
#include "config/tuning.hpp"

namespace mote {

namespace messages {

inline constexpr bool kAny = true, kDecoder = config::kCompiler, kNative = config::kNative;
#if defined(MOTE_COMPILER_THUMB2)
inline constexpr bool kThumb2 = true;
#else
inline constexpr bool kThumb2 = false;
#endif
inline constexpr bool kWide = kDecoder && sizeof(size_t) > 4;
inline constexpr bool kReferences = kDecoder && enabled(Proposal::ReferenceTypes),
                      kPageSizes = kDecoder && enabled(Proposal::CustomPageSizes),
                      kTyped = enabled(Proposal::TypedFunctionReferences),
                      // As wasm::kExceptions.
    kExceptions = enabled(Proposal::ExceptionHandling) && (kTyped || config::kWholeLoader),
                      kGc = enabled(Proposal::Gc), kSimd = enabled(Proposal::Simd),
                      kMemory64 = enabled(Proposal::Memory64), kThreads = enabled(Proposal::Threads),
                      kSwitching = enabled(Proposal::StackSwitching);

/// Of images, in builds that have nothing else.
inline constexpr bool kImages = !config::kCompiler, kImagesTyped = kImages && kTyped,
                      kNoBoard = kImages && sizeof(size_t) > 4,
                      kImagesNoFloat32 = kImages && !config::kFloat32Unit,
                      kImagesFloat32 = kImages && !config::kSoftFloat32,
                      kImagesNoFloat64 = kImages && !config::kFloat64Unit,
                      kImagesNoDsp = kImages && !config::kDspExtension,
                      kImagesFenced = kImages && (config::kGuardPages || config::kMpu);

/// What can be said, in no order. A text that this build never says takes no room; traps have consecutive
/// numbers, so theirs take a byte, and so do proposals where there is a decoder to refuse them.
struct Row {
  ErrorCode code;
  bool numbered;
  const char* text;
};
inline constexpr Row kRows[] = {
#define MOTE_MESSAGE(code, condition, text) {ErrorCode::code, condition, text},
#include "config/messages.inc"
#define MOTE_TRAP(name, text) {ErrorCode::Trapped, true, text},
#define MOTE_REFERENCE_TRAP(name, text) {ErrorCode::Trapped, true, kTyped ? text : ""},
#define MOTE_EXCEPTION_TRAP(name, text) {ErrorCode::Trapped, true, kExceptions ? text : ""},
#define MOTE_SWITCHING_TRAP(name, text) {ErrorCode::Trapped, kSwitching, text},
#include <mote/errors.inc>
#define MOTE_NEEDS_0(text) "needs the " text " proposal"
#define MOTE_NEEDS_1(text) ""
#define MOTE_NEEDS(enabled, text) MOTE_NEEDS_##enabled(text)
#define MOTE_PROPOSAL(name, text, tiny, mcu, full) \
  {ErrorCode::Unsupported, kDecoder, MOTE_OF_PROFILE(MOTE_NEEDS, tiny, mcu, full, text)},
#include "config/proposals.inc"
};
inline constexpr unsigned kRowCount = sizeof(kRows) / sizeof(kRows[0]);

constexpr bool same(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) {
    ++a;
    ++b;
  }
  return *a == *b;
}

/// Numbers go by code, so that a number says the code as well; 0 is no message.
constexpr unsigned number_of(unsigned row) {
  if (!kRows[row].numbered) return 0;
  unsigned number = 1;
  for (unsigned i = 0; i < kRowCount; ++i) {
    const bool before = kRows[i].code < kRows[row].code || (kRows[i].code == kRows[row].code && i < row);
    number += kRows[i].numbered && before;
  }
  return number;
}

/// Not a constant: that is how the compiler says that messages.inc lacks a text.
void this_text_is_not_in_messages_inc();

constexpr unsigned row_of(const char* text) {
  for (unsigned i = 0; i < kRowCount; ++i) {
    if (same(kRows[i].text, text)) return i;
  }
  this_text_is_not_in_messages_inc();
  return 0;
}

}  // namespace messages

/// A row of config/messages.inc. Made of its text, at compile time.
class Message {
 public:
  constexpr Message() = default;  ///< none
  template <unsigned kBytes>
  consteval Message(const char (&text)[kBytes])  // NOLINT: a text is a message
      : number_(messages::number_of(messages::row_of(text))) {}
  /// The trap's own words.
  explicit Message(Trap trap);
  /// "needs the exception-handling proposal", of one that the build lacks.
  explicit Message(Proposal proposal);

  explicit constexpr operator bool() const { return number_ != 0; }
  /// Sets code and words.
  void write(Error& error) const;

 private:
  uint32_t number_ = 0;
};

}  // namespace mote
