// SPDX-License-Identifier: Apache-2.0
// Implementation limits (core spec, appendix "Implementation Limitations"). A module beyond one is refused
// with ErrorCode::Limit. Each says what it costs; a limit that costs nothing is where a field's width ends.
#pragma once
#include <cstdint>

namespace mote::limits {

inline constexpr uint32_t kTypes =
    65535;  ///< 16 bytes of RAM for each type that a module has (32-bit machine)
inline constexpr uint32_t kFunctions =
    65535;  ///< 2 bytes (index of its type), 4 bytes (entry of its code), 1 bit each
inline constexpr uint32_t kTables = 65535;           ///< a segment names its table with 16 bits
inline constexpr uint32_t kMemories = 65535;         ///< a segment names its memory with 16 bits
inline constexpr uint32_t kGlobals = 65535;          ///< 16 bytes each
inline constexpr uint32_t kTags = 65534;             ///< 2 bytes each
inline constexpr uint32_t kElementSegments = 65535;  ///< 20 bytes each
inline constexpr uint32_t kDataSegments = 65535;     ///< 16 bytes each
inline constexpr uint32_t kParamSlots =
    240;  ///< 4-byte slots of a function's parameters: a call names them with a byte
inline constexpr uint32_t kResultSlots = 240;  ///< 4-byte slots of a function's results
inline constexpr uint32_t kLocals = 50000;     ///< 24 bytes of the pool each while the function is compiled
inline constexpr uint32_t kFrameSlots =
    65000;  ///< 4-byte slots of a function's frame: wide moves name them with 16 bits
inline constexpr uint32_t kBranchTable = 65535;  ///< labels of a br_table
inline constexpr uint32_t kOperands = 10000;     ///< of array.new_fixed
inline constexpr uint8_t kNestedRuns =
    sizeof(void*) > 4 ? 100 : 8;  ///< calls from host functions into guests, and between tiers or instances
                                  ///< where C++ makes them, inside each other: some 500 bytes of C stack each
inline constexpr uint32_t kConstStack =
    16;  ///< operands on the stack of a constant expression: 8 bytes of C stack each

}  // namespace mote::limits
