// SPDX-License-Identifier: Apache-2.0
// The words of images' errors. A firmware with a compiler may leave images out, and then pays nothing for
// them: there they are plain. Where there is nothing but images they are packed with all others.
#pragma once
#include <type_traits>

#include "config/message.hpp"
#include "runtime/pool.hpp"

namespace mote::image {

class Words {
 public:
  template <unsigned kBytes>
  consteval Words(const char (&text)[kBytes]) : words_(text) {}  // NOLINT: a text is a message

  /// Sets code and words.
  void write(Error& error, ErrorCode code) const { write(error, code, words_); }

 private:
  static void write(Error& error, ErrorCode code, const char* words) {
    error.code = code;
    error.say(words);
  }
  /// A message knows its code.
  static void write(Error& error, ErrorCode, const Message& message) { message.write(error); }

  std::conditional_t<config::kCompiler, const char*, Message> words_;
};

/// False, with the reason in an error that was none.
bool damaged(Error& error, Words words, uint32_t detail = 0);
bool mismatch(Error& error, Words words, uint32_t detail = 0);
bool no_memory(Error& error, Words words, const Pool& pool);
bool untrusted(Error& error, Words words);

}  // namespace mote::image
