# SPDX-License-Identifier: Apache-2.0
# What a build of Mote can choose, and the flags that all its parts share.

set(MOTE_PROFILE "" CACHE STRING "Which proposals: tiny, mcu or full (default: full on hosts, mcu on boards)")
set(MOTE_BOARD "" CACHE STRING "Build the firmware of this board (see boards/)")
if(NOT MOTE_PROFILE)
  if(CMAKE_SYSTEM_NAME STREQUAL "Generic")
    set(MOTE_PROFILE mcu)
  else()
    set(MOTE_PROFILE full)
  endif()
endif()
string(TOUPPER ${MOTE_PROFILE} MOTE_PROFILE_UPPER)

# Who may run code: the interpreter (vm), and at most the CPU's own ISA. And what the build compiles for: on a host whatever a
# board may want, on a board what it runs; none for a firmware that runs images only.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$" AND NOT CMAKE_SYSTEM_NAME STREQUAL "Generic")
  set(MOTE_TIERS "vm;x64" CACHE STRING "Tiers: vm, and one of x64 and thumb2")
  set(MOTE_COMPILERS "vm;x64;thumb2" CACHE STRING "ISAs to compile for: vm, x64, thumb2; or none")
else()
  set(MOTE_TIERS "vm" CACHE STRING "Tiers: vm, and one of x64 and thumb2")
  set(MOTE_COMPILERS "tiers" CACHE STRING "ISAs to compile for: vm, x64, thumb2; tiers: those that run; none")
endif()
set(mote_compilers ${MOTE_COMPILERS})
if(MOTE_COMPILERS STREQUAL "tiers")
  set(mote_compilers ${MOTE_TIERS})
elseif(MOTE_COMPILERS STREQUAL "none")
  set(mote_compilers)
endif()

set(MOTE_ON_HOST OFF)
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_SYSTEM_NAME STREQUAL "Generic")
  set(MOTE_ON_HOST ON)
endif()
option(MOTE_BUILD_TOOLS "The mote command" ${MOTE_ON_HOST})
option(MOTE_BUILD_TESTS "Tests" ${MOTE_ON_HOST})
option(MOTE_BUILD_BENCH "Benchmarks" ${MOTE_ON_HOST})
option(MOTE_BUILD_FUZZERS "libFuzzer targets (clang)" OFF)
option(MOTE_CHECKS "Tests that check the whole repository: formatting, documentation, sanitizers, ..." OFF)
# Link-time optimisation takes 5 % off a firmware's flash. What it makes can only be linked by the same compiler, and by its own driver
# (not by ld itself), so it is for those who compile Mote with their firmware.
set(MOTE_LTO_DEFAULT OFF)
if(CMAKE_SYSTEM_NAME STREQUAL "Generic" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(MOTE_LTO_DEFAULT ON)
endif()
option(MOTE_LTO "Mote's library is optimised when the firmware is linked" ${MOTE_LTO_DEFAULT})
option(MOTE_WHOLE_LOADER "A build without compilers runs images for the MPU and ones with exceptions, too" OFF)
option(MOTE_SANITIZE "AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(MOTE_CHECK_COMPILER "The compiler checks its picture of values and registers after each instruction, as in builds for debugging" OFF)

if(NOT CMAKE_BUILD_TYPE AND PROJECT_IS_TOP_LEVEL)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
if(PROJECT_IS_TOP_LEVEL)
  find_program(MOTE_CCACHE ccache)
  if(MOTE_CCACHE)
    set(CMAKE_C_COMPILER_LAUNCHER ${MOTE_CCACHE})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${MOTE_CCACHE})
  endif()
endif()

# Warnings and language for every target of the project; not for its users.
add_library(mote_options INTERFACE)
target_compile_features(mote_options INTERFACE cxx_std_20)
# What -Wconversion means differs: GCC's says nothing of signs in C++, and Clang's follows.
target_compile_options(mote_options INTERFACE -Wall -Wextra -Wshadow $<$<COMPILE_LANGUAGE:CXX>:-Wconversion>
  $<$<COMPILE_LANG_AND_ID:CXX,Clang>:-Wno-sign-conversion> -Werror)
if(MOTE_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_compile_definitions(MOTE_SANITIZE)
  add_link_options(-fsanitize=address,undefined)
endif()

# The core: no exceptions, no RTTI; floats exactly as WebAssembly says (no contraction to fused multiply-add).
add_library(mote_core_options INTERFACE)
target_link_libraries(mote_core_options INTERFACE mote_options)
target_compile_options(mote_core_options INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti -fno-threadsafe-statics>
  -ffp-contract=off -fno-math-errno -ffunction-sections -fdata-sections
  # A loop of two turns must not become a call of memcpy or memset: loading takes 5 % fewer instructions.
  $<$<CXX_COMPILER_ID:GNU>:-fno-tree-loop-distribute-patterns>)
