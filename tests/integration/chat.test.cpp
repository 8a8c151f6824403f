#include "chat_room.hpp"

#include <csignal>

namespace chorus::testing {
namespace {

using chat_program = chat_room;

TEST_F(chat_program, shows_every_line_to_all_others_once_and_in_the_order_typed) {
  enter("ada");
  enter("ben");
  enter("cleo");
  say("ada", 200);
  say("cleo", 200);
  EXPECT_TRUE(heard("ben", "ada", 200));
  EXPECT_TRUE(heard("cleo", "ada", 200));
  EXPECT_TRUE(heard("ada", "cleo", 200));
  EXPECT_TRUE(heard("ben", "cleo", 200));
}

TEST_F(chat_program, keeps_rooms_apart) {
  enter("ada");
  enter("ben");
  enter("cleo", "kitchen");
  enter("dora", "kitchen");
  say("ada", 3);
  say("dora", 3);
  EXPECT_TRUE(heard("ben", "ada", 3));
  EXPECT_TRUE(heard("cleo", "dora", 3));
  // A farewell comes after everything said before.
  at("ada").close_input();
  at("dora").close_input();
  ASSERT_TRUE(at("cleo").prints("* ada is gone (left)"));
  ASSERT_TRUE(at("ben").prints("* dora is gone (left)"));
  for (auto& line : at("cleo").output())
    EXPECT_FALSE(line.starts_with("[lobby]")) << line;
  for (auto& line : at("ben").output())
    EXPECT_FALSE(line.starts_with("[kitchen]")) << line;
}

TEST_F(chat_program, goes_on_among_the_others_after_a_crash) {
  enter("ada");
  enter("ben");
  enter("cleo");
  at("cleo").signal(SIGKILL);
  EXPECT_TRUE(at("ada").prints("* cleo is gone (failed)"));
  EXPECT_TRUE(at("ben").prints("* cleo is gone (failed)"));
  say("ada", 20);
  say("ben", 20);
  EXPECT_TRUE(heard("ben", "ada", 20));
  EXPECT_TRUE(heard("ada", "ben", 20));
}

TEST_F(chat_program, delivers_what_was_typed_before_its_input_ended) {
  enter("ada");
  enter("ben");
  enter("cleo");
  say("cleo", 200);
  at("cleo").close_input();
  EXPECT_EQ(at("cleo").wait(), 0);
  for (const auto* listener : {"ada", "ben"}) {
    ASSERT_TRUE(at(listener).prints("* cleo is gone (left)"));
    EXPECT_TRUE(heard(listener, "cleo", 200));
    EXPECT_EQ(at(listener).output().back(), "* cleo is gone (left)") << "after all the lines";
  }
}

TEST_F(chat_program, leaves_in_order_when_it_is_told_to_end) {
  enter("ada");
  enter("ben");
  at("ben").signal(SIGTERM);
  EXPECT_TRUE(at("ada").prints("* ben is gone (left)"));
  EXPECT_EQ(at("ben").wait(), 0);
  at("ada").signal(SIGINT);
  EXPECT_EQ(at("ada").wait(), 0);
}

} // namespace
} // namespace chorus::testing
