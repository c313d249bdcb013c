// SPDX-License-Identifier: Apache-2.0
#include <mote/error.hpp>

#include "config/texts.hpp"
#include "runtime/engine.hpp"
#include "wasm/types.hpp"

namespace mote {

namespace {

constexpr char kErrors[] =
#define MOTE_ERROR(name, text) text "\0"
#include <mote/errors.inc>
    ;

// A build without references of types pays nothing for the words of their traps, which are the last.
constexpr char kTraps[] =
#define MOTE_TRAP(name, text) text "\0"
#define MOTE_REFERENCE_TRAP(name, text)
#define MOTE_EXCEPTION_TRAP(name, text)
#include <mote/errors.inc>
    ;
constexpr char kAllTraps[] =
#define MOTE_TRAP(name, text) text "\0"
#include <mote/errors.inc>
    ;

}  // namespace

void Error::say(const char* words) {
  size_t size = 0;
  while (words[size] != '\0' && size < kMessageBytes - 1) {
    message[size] = words[size];
    ++size;
  }
  message[size] = '\0';
}

const char* to_string(ErrorCode code) {
  return config::text_at(kErrors, static_cast<unsigned>(code));
}

const char* to_string(Trap trap) {
  if constexpr (wasm::kTypedReferences || enabled(Proposal::ExceptionHandling))
    return config::text_at(kAllTraps, static_cast<unsigned>(trap));
  return config::text_at(kTraps, static_cast<unsigned>(trap));
}

}  // namespace mote

namespace mote::runtime {

Error refusal(Message message) {
  Error error;
  message.write(error);
  return error;
}

Error refusal(ErrorCode code, const char* words) {
  return {code, words};
}

void trapped(Trap trap, Error& error) {
  Message(trap).write(error);
  error.trap = trap;
}

bool refuse(Error& error, Message message, uint32_t detail) {
  message.write(error);
  error.detail = detail;
  return false;
}

bool refuse_memory(Error& error, const Pool& pool, Message message) {
  return refuse(error, message, static_cast<uint32_t>(pool.missing()));
}

Error no_room(const Pool& pool, const char* words) {
  Error error{ErrorCode::OutOfMemory, words};
  error.detail = static_cast<uint32_t>(pool.missing());
  return error;
}

}  // namespace mote::runtime
