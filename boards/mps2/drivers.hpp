// SPDX-License-Identifier: Apache-2.0
// The devices of an MPS2+ board with AN386's image, for apps: led0, led1, button0, button1, i2c0 (shield 1)
// and spi0 (shield 0). CMake: mote_board_drivers().
#pragma once
#include <mote/devices.hpp>

namespace board {

std::span<const mote::devices::Device> devices();

/// Drivers report the buttons to this board from now on.
void use(mote::devices::Board& board);

}  // namespace board
