#include "chat_room.hpp"

#include <algorithm>

/// A process that is stopped looks to the others as if it were gone, and finds out when it goes on.
namespace chorus::testing {
namespace {

using paused_chat_program = chat_room;

TEST_F(paused_chat_program, loses_nothing_and_is_not_declared_failed_when_the_pause_is_short) {
  flags_ = {"--failure-timeout", "12", "--log-level", "info"};
  enter("ada");
  enter("ben");
  enter("cleo");
  at("cleo").pause();
  say("ada", 200);
  ASSERT_TRUE(heard("ben", "ada", 200));
  for (const auto* person : {"ada", "ben"})
    ASSERT_TRUE(at(person).logs("suspected: cleo "));
  at("cleo").resume();
  for (const auto* person : {"ada", "ben"})
    EXPECT_TRUE(at(person).logs("trusted again: cleo "));
  EXPECT_TRUE(heard("cleo", "ada", 200));
  say("cleo", 20);
  for (const auto* listener : {"ada", "ben"})
    EXPECT_TRUE(heard(listener, "cleo", 20));
  for (const auto* person : {"ada", "ben", "cleo"})
    for (auto& line : at(person).output())
      EXPECT_EQ(line.find("is gone"), std::string::npos) << person << ": " << line;
}

TEST_F(paused_chat_program, is_declared_failed_after_a_long_pause_and_goes_on_in_the_same_life) {
  flags_ = {"--failure-timeout", "4"};
  enter("ada");
  enter("ben");
  enter("cleo");
  at("cleo").pause();
  for (const auto* person : {"ada", "ben"})
    ASSERT_TRUE(at(person).prints("* cleo is gone (failed)"));
  say("ada", 20);
  ASSERT_TRUE(heard("ben", "ada", 20)) << "nobody waits for the one that is gone";

  at("cleo").resume();
  EXPECT_TRUE(at("cleo").logs("2 of 2 members say that this node has failed"));
  for (const auto* person : {"ada", "ben"}) {
    ASSERT_TRUE(at(person).prints("* cleo joined", 2));
    ASSERT_TRUE(at("cleo").prints(std::string{"* "} + person + " joined", 2));
    EXPECT_TRUE(hears(person, "cleo"));
    EXPECT_TRUE(hears("cleo", person));
  }
  say("cleo", 20);
  say("ben", 20);
  EXPECT_TRUE(heard("ada", "cleo", 20));
  EXPECT_TRUE(heard("ben", "cleo", 20));
  EXPECT_TRUE(heard("cleo", "ben", 20));
  for (const auto* person : {"ada", "ben"}) {
    auto output = at(person).output();
    EXPECT_EQ(std::ranges::count(output, "* cleo is gone (failed)"), 1) << person;
    EXPECT_EQ(std::ranges::count(output, "* cleo joined"), 2) << person;
  }
}

} // namespace
} // namespace chorus::testing
