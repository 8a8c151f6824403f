#include <chorus/handles/introductions.hpp>
#include <chorus/handles/open_holds.hpp>

#include <gtest/gtest.h>

#include <memory>

namespace chorus::handles {
namespace {

using handle = std::shared_ptr<int>;

constexpr relation_number with_ben{1};
constexpr relation_number with_home{2};
constexpr relation_number with_home_again{3};
const actor_name thing{{{0, 9}, {1}}, 7};

TEST(introductions, keep_a_proxy_until_the_newcomer_has_answered_for_each) {
  introductions<handle> given;
  auto proxy = std::make_shared<int>();
  EXPECT_FALSE(given.add(with_ben, thing, with_home, proxy));
  auto again = given.add(with_ben, thing, with_home, proxy);
  EXPECT_FALSE(given.settle(with_ben, thing));
  EXPECT_EQ(given.settle(with_ben, thing), proxy);
  EXPECT_EQ(given.size(), 0u);
}

TEST(introductions, end_with_the_relation_with_the_newcomer) {
  introductions<handle> given;
  auto kept = given.add(with_ben, thing, with_home, std::make_shared<int>());
  EXPECT_EQ(given.forget(with_ben).size(), 1u);
  EXPECT_EQ(given.size(), 0u);
}

TEST(introductions, made_before_the_home_was_lost_do_not_settle_one_made_afterwards) {
  introductions<handle> given;
  auto first = given.add(with_ben, thing, with_home, std::make_shared<int>());
  EXPECT_EQ(given.forget(with_home).size(), 1u);
  auto proxy = std::make_shared<int>();
  auto second = given.add(with_ben, thing, with_home_again, proxy);
  EXPECT_FALSE(given.settle(with_ben, thing)) << "that was about the first";
  EXPECT_EQ(given.settle(with_ben, thing), proxy);
}

TEST(open_holds, are_closed_once_for_each) {
  open_holds holds;
  EXPECT_TRUE(holds.add(with_ben, 7));
  EXPECT_TRUE(holds.add(with_ben, 7));
  EXPECT_TRUE(holds.close(with_ben, 7));
  EXPECT_TRUE(holds.close(with_ben, 7));
  EXPECT_FALSE(holds.close(with_ben, 7)) << "a home that says so once more is not believed";
}

TEST(open_holds, are_all_told_when_the_home_is_lost) {
  open_holds holds;
  EXPECT_TRUE(holds.add(with_ben, 7));
  EXPECT_TRUE(holds.add(with_ben, 7));
  auto open = holds.close_all();
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open.front().count, 2u);
  EXPECT_FALSE(holds.add(with_ben, 8)) << "the relation is over";
}

TEST(open_holds, are_forgotten_with_their_giver) {
  open_holds holds;
  EXPECT_TRUE(holds.add(with_ben, 7));
  EXPECT_TRUE(holds.add(with_home, 7));
  holds.forget(with_ben);
  EXPECT_FALSE(holds.close(with_ben, 7));
  EXPECT_TRUE(holds.close(with_home, 7));
}

} // namespace
} // namespace chorus::handles
