// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "mutate.hpp"

namespace mote::fuzz {

/// Changes an instruction of a function's body (locals' declarations and code) so that the types around it
/// stay as they were: another operation of the same signature, another constant or offset, one more operation
/// on a result. Nothing happens to bytes that are no code.
void change_instruction(Bytes& body, Random& random);

/// A number as signed LEB128, as constants are.
void append_sleb(Bytes& bytes, int64_t value);

}  // namespace mote::fuzz
