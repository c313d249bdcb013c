# SPDX-License-Identifier: Apache-2.0
# Bare metal Arm Cortex-M with GNU's compiler. MOTE_CPU_FLAGS says which core (presets of the boards set it); default Cortex-M4F.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)

set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
set(CMAKE_ASM_COMPILER arm-none-eabi-gcc)
# There is no operating system to link a test program for.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

set(MOTE_CPU_FLAGS "-mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard" CACHE STRING
    "Options that select the core, its FPU and calling convention")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MOTE_CPU_FLAGS)
set(CMAKE_C_FLAGS_INIT "${MOTE_CPU_FLAGS}")
set(CMAKE_CXX_FLAGS_INIT "${MOTE_CPU_FLAGS} -fno-asynchronous-unwind-tables -fno-unwind-tables -fno-use-cxa-atexit -Wno-psabi")
set(CMAKE_ASM_FLAGS_INIT "${MOTE_CPU_FLAGS}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "${MOTE_CPU_FLAGS} -Wl,--gc-sections")

# Libraries and headers of the target only; programs of the host.
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
