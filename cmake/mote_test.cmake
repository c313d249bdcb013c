# SPDX-License-Identifier: Apache-2.0
include_guard(GLOBAL)

# mote_test(NAME SOURCE... [LABEL label] [LIBRARIES target...]): a GoogleTest program that sees the library's own headers. Each of
# its tests is one of ctest's, named after program, suite and test.
function(mote_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL" "LIBRARIES")
  if(NOT arg_LABEL)
    set(arg_LABEL unit)
  endif()
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${name} PRIVATE mote::mote mote_options ${arg_LIBRARIES} GTest::gtest_main)
  # Listing the tests when they run, not when they are built: a build must not execute what it made.
  gtest_discover_tests(${name} TEST_PREFIX ${name}. DISCOVERY_MODE PRE_TEST
                       PROPERTIES LABELS ${arg_LABEL} TIMEOUT 120)
endfunction()
