# SPDX-License-Identifier: Apache-2.0
# Linux on Arm, run by QEMU in user mode: the compiler for Thumb-2 and its code, tested without a board.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_C_COMPILER arm-linux-gnueabihf-gcc)
set(CMAKE_CXX_COMPILER arm-linux-gnueabihf-g++)
set(CMAKE_ASM_COMPILER arm-linux-gnueabihf-gcc)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-arm -L /usr/arm-linux-gnueabihf -cpu max)

# The interpreter's registers driver is for bare metal: here the portable loop runs.
set(flags "-mthumb -march=armv7-a+fp -DMOTE_VM_DRIVER=1")
set(CMAKE_C_FLAGS_INIT "${flags}")
set(CMAKE_CXX_FLAGS_INIT "${flags} -Wno-psabi")
set(CMAKE_ASM_FLAGS_INIT "${flags}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
