// SPDX-License-Identifier: Apache-2.0
#include "config/message.hpp"

#include <gtest/gtest.h>

namespace mote {
namespace {

using namespace messages;

Error written(Message message) {
  Error error;
  message.write(error);
  return error;
}

TEST(Message, EveryTextComesBackWithItsCode) {
#define MOTE_MESSAGE(row_code, condition, text)         \
  if (condition) {                                      \
    const Error error = written(text);                  \
    EXPECT_STREQ(error.message, text);                  \
    EXPECT_EQ(error.code, ErrorCode::row_code) << text; \
  }
#include "config/messages.inc"
}

TEST(Message, TrapsHaveTheirWords){
#define MOTE_TRAP(name, text)                           \
  {                                                     \
    const Error error = written(Message(Trap::name));   \
    EXPECT_STREQ(error.message, to_string(Trap::name)); \
    EXPECT_EQ(error.code, ErrorCode::Trapped) << #name; \
  }
#include <mote/errors.inc>
}

TEST(Message, ProposalsThatTheBuildLacksAreNamed) {
  const Error error = written(Message(Proposal::LegacyExceptionHandling));
  EXPECT_STREQ(error.message, "needs the legacy-exception-handling proposal");
  EXPECT_EQ(error.code, ErrorCode::Unsupported);
  EXPECT_STREQ(written(Message(Proposal::CustomDescriptors)).message,
               "needs the custom-descriptors proposal");
}

TEST(Message, NoneIsFalse) {
  EXPECT_FALSE(Message());
  EXPECT_TRUE(Message("unknown type"));
}

TEST(Error, WordsOfOthersAreCutToFit) {
  const std::string words(3 * Error::kMessageBytes, 'x');
  const Error error(ErrorCode::Storage, words.c_str());
  EXPECT_EQ(std::string(error.message), std::string(Error::kMessageBytes - 1, 'x'));
  EXPECT_EQ(error.code, ErrorCode::Storage);
}

}  // namespace
}  // namespace mote
