#include "connected.hpp"

#include <gtest/gtest.h>

// Two processes with one life: the data directory of the first was copied, or restored, while it runs.

namespace chorus::link {
namespace {

using testing::connected;
using testing::offered;
using testing::two_ends;
constexpr auto a = two_ends::a;
constexpr auto b = two_ends::b;

TEST(copied_process, does_not_end_the_relation_of_the_original_by_its_hello) {
  connected ends;
  ends.greet_as_copy(a);
  ends.deliver();
  EXPECT_FALSE(ends[b].closed);
  EXPECT_EQ(ends(b).statistics().foreign_greetings, 1u);
  ends.send(a, {1, 2}, "of the original");
  ends.send(b, {2, 1}, "to the original");
  ends.deliver();
  EXPECT_EQ(ends.texts(b), std::vector<std::string>{"of the original"});
  EXPECT_EQ(ends.texts(a), std::vector<std::string>{"to the original"});
}

TEST(copied_process, does_not_bind_an_end_that_waits_for_the_original) {
  two_ends ends;
  ends.greet_as_copy(a);
  ends.deliver_one(b);
  EXPECT_FALSE(ends[b].core->relation_there());
  ends.perform(a);
  ends.deliver();
  EXPECT_TRUE(ends[b].core->is_established());
  EXPECT_EQ(ends[b].core->relation_there(), ends.relation(a));
}

TEST(copied_process, cannot_end_a_relation_by_naming_another_cluster) {
  connected ends;
  ends.forge(hello{"elsewhere", 1, offered(1)});
  EXPECT_FALSE(ends[b].closed);
  EXPECT_TRUE(ends.way_to(a).empty());
}

TEST(copied_process, is_not_believed_when_it_answers_in_place_of_the_original) {
  two_ends ends;
  ends.perform(b);
  ends.way_to(a).clear();
  ends.start(a);
  auto answer = link::frame{
      ends.identity(a),
      ends.identity(b),
      ends.relation(a),
      ends.relation(b),
      welcome{"tests", 1, offered(1000)}};
  ends[b].core->receive(ends.now(), answer.source, answer);
  ends.perform(b);
  EXPECT_FALSE(ends[b].core->is_established());
  EXPECT_EQ(ends[b].core->statistics().foreign_greetings, 1u);
}

} // namespace
} // namespace chorus::link
