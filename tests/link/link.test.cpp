#include "two_ends.hpp"

#include <gtest/gtest.h>

using namespace chorus;
using chorus::testing::bytes_of;
using chorus::testing::two_ends;

namespace {

constexpr auto a = two_ends::a;
constexpr auto b = two_ends::b;

struct started : two_ends {
  explicit started(link::config settings = {}) : two_ends(settings) {
    perform(a);
    perform(b);
    deliver();
  }
};

using texts = std::vector<std::string>;

} // namespace

TEST(link, both_ends_are_established_once_by_a_handshake) {
  started ends;
  EXPECT_EQ(ends[a].established, 1);
  EXPECT_EQ(ends[b].established, 1);
  EXPECT_TRUE(ends.settle());
}

TEST(link, a_message_arrives_and_is_acknowledged_and_its_room_is_released) {
  started ends;
  ends.send(a, {1, 2}, "hello");
  EXPECT_FALSE(ends[a].core->settled());
  EXPECT_TRUE(ends.settle());
  EXPECT_EQ(ends.texts(b), texts{"hello"});
  EXPECT_TRUE(ends[a].core->settled());
  EXPECT_EQ(ends[a].released_bytes, 5 + link::message_overhead);
}

TEST(link, messages_sent_before_the_handshake_arrive_after_it_in_order) {
  two_ends ends;
  ends.send(a, {1, 2}, "one");
  ends.send(a, {1, 2}, "two");
  ends.perform(b);
  EXPECT_TRUE(ends.settle());
  EXPECT_EQ(ends.texts(b), (texts{"one", "two"}));
}

TEST(link, a_lost_frame_is_sent_again) {
  started ends;
  ends.send(a, {1, 2}, "one");
  ends.way_to(b).clear();
  ends.send(a, {1, 2}, "two");
  EXPECT_TRUE(ends.settle());
  EXPECT_EQ(ends.texts(b), (texts{"one", "two"}));
}

TEST(link, a_large_message_lets_other_pairs_pass_while_its_own_pair_waits) {
  started ends;
  const std::string large(1'000'000, 'x');
  for (const auto& [who, text] : {std::pair{link::pair{1, 2}, large}, {{1, 2}, "after"}, {{3, 4}, "beside"}})
    ends[a].core->apply(ends.now(), link::send{who, link::urgency::ordinary, bytes_of(text)});
  ends.perform(a);
  EXPECT_TRUE(ends.settle());
  ASSERT_EQ(ends[b].delivered.size(), 3u);
  EXPECT_EQ(ends.texts(b)[0], "beside");
  EXPECT_TRUE(ends.texts(b)[1] == large);
  EXPECT_EQ(ends.texts(b)[2], "after");
}
