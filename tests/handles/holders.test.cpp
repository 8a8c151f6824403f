#include <chorus/handles/holders.hpp>

#include <gtest/gtest.h>

namespace chorus::handles {
namespace {

constexpr relation_number ben{2};
constexpr relation_number cleo{3};

TEST(holders, hold_what_they_were_given_until_they_release_it) {
  holders accounts;
  EXPECT_TRUE(accounts.empty());
  accounts.give(ben);
  accounts.give(ben);
  EXPECT_FALSE(accounts.empty());
  accounts.release(ben, 2, 0);
  EXPECT_TRUE(accounts.empty());
}

TEST(holders, still_hold_what_was_on_its_way_when_they_released) {
  holders accounts;
  accounts.give(ben);
  accounts.give(ben); // not received yet
  accounts.release(ben, 1, 0);
  EXPECT_FALSE(accounts.empty());
  accounts.release(ben, 1, 0);
  EXPECT_TRUE(accounts.empty());
}

TEST(holders, hold_until_what_they_sent_back_has_come) {
  holders accounts;
  accounts.give(ben);
  accounts.came_back(ben);
  accounts.release(ben, 1, 2);
  EXPECT_FALSE(accounts.empty()) << "one message to the actor has been overtaken by the release";
  accounts.came_back(ben);
  EXPECT_TRUE(accounts.empty());
}

TEST(holders, may_send_back_before_their_home_knows_of_them) {
  holders accounts;
  accounts.came_back(cleo);
  accounts.give(cleo);
  accounts.release(cleo, 1, 1);
  EXPECT_TRUE(accounts.empty());
}

TEST(holders, hold_nothing_that_was_not_sent) {
  holders accounts;
  accounts.give(ben);
  accounts.take_back(ben);
  EXPECT_TRUE(accounts.empty());
}

TEST(holders, are_forgotten_with_what_was_being_sent_to_them) {
  holders accounts;
  accounts.give(ben);
  accounts.forget(ben);
  accounts.take_back(ben);
  EXPECT_TRUE(accounts.empty());
}

TEST(holders, take_nothing_back_across_two_relations) {
  constexpr relation_number ben_again{4};
  holders accounts;
  accounts.give(ben);
  accounts.forget(ben);
  accounts.give(ben_again);
  accounts.take_back(ben);
  EXPECT_FALSE(accounts.empty());
  accounts.release(ben_again, 1, 0);
  EXPECT_TRUE(accounts.empty());
}

TEST(holders, are_independent_of_each_other) {
  holders accounts;
  accounts.give(ben);
  accounts.give(cleo);
  accounts.forget(ben);
  ASSERT_EQ(accounts.all().size(), 1u);
  EXPECT_EQ(accounts.all().front().relation, cleo);
  accounts.release(cleo, 1, 0);
  EXPECT_TRUE(accounts.empty());
}

TEST(holders, survive_any_numbers) {
  holders accounts;
  for (auto number : {std::uint64_t{1} << 63, ~std::uint64_t{0}, std::uint64_t{1}})
    accounts.release(ben, number, number);
  accounts.give(ben);
  EXPECT_FALSE(accounts.empty());
}

} // namespace
} // namespace chorus::handles
