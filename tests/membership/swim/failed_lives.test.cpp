#include <chorus/membership/swim/failed_lives.hpp>

#include <gtest/gtest.h>

namespace chorus::membership::swim {
namespace {

using namespace std::chrono_literals;

member someone(std::uint64_t number, std::uint64_t incarnation = 1, const std::string& host = "a") {
  return {{{0, number}, {incarnation}}, "n" + std::to_string(number), {host, 1}};
}

struct failed_lives_test : testing::Test {
  failed_lives lives;
  time_point start{1h};
};

TEST_F(failed_lives_test, keep_what_a_life_had_said_by_the_verdict) {
  lives.add(start, someone(1), {7});
  const auto* found = lives.find(someone(1).who);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->refuted, chorus::refutation{7});
  EXPECT_FALSE(found->asked_at);
}

TEST_F(failed_lives_test, know_one_life_of_each_node) {
  lives.add(start, someone(1, 1), {});
  lives.add(start, someone(1, 2), {});
  EXPECT_EQ(lives.find(someone(1, 1).who), nullptr);
  EXPECT_NE(lives.find(someone(1, 2).who), nullptr);
  EXPECT_NE(lives.find(node_id{0, 1}), nullptr);
  lives.remove({0, 1});
  EXPECT_EQ(lives.find(node_id{0, 1}), nullptr);
}

TEST_F(failed_lives_test, know_who_failed_last_at_an_address) {
  lives.add(start + 2s, someone(1), {});
  lives.add(start + 1s, someone(2), {});
  lives.add(start + 3s, someone(3, 1, "b"), {});
  ASSERT_NE(lives.find_at({"a", 1}), nullptr);
  EXPECT_EQ(lives.find_at({"a", 1})->who.who, someone(1).who);
  EXPECT_EQ(lives.find_at({"a", 2}), nullptr);
}

TEST_F(failed_lives_test, tell_the_latest_first) {
  lives.add(start, someone(1), {});
  lives.add(start + 1s, someone(2), {});
  ASSERT_EQ(lives.since(start, 9).size(), 2u);
  EXPECT_EQ(lives.since(start, 9).front().who.who, someone(2).who);
  EXPECT_EQ(lives.since(start, 1).size(), 1u);
  EXPECT_EQ(lives.since(start + 1s, 9).size(), 1u);
}

TEST_F(failed_lives_test, forget_who_failed_longest_ago_when_there_are_too_many) {
  for (std::uint64_t n = 1; n <= failed_lives::limit; ++n)
    lives.add(start + std::chrono::seconds{n}, someone(n), {});
  lives.add(start + 1h, someone(failed_lives::limit), {});
  EXPECT_NE(lives.find(node_id{0, 1}), nullptr) << "nobody has to make room for a node that is here";
  lives.add(start + 1h, someone(failed_lives::limit + 1), {});
  EXPECT_EQ(lives.find(node_id{0, 1}), nullptr);
  EXPECT_NE(lives.find(node_id{0, 2}), nullptr);
  EXPECT_EQ(lives.size(), failed_lives::limit);
}

} // namespace
} // namespace chorus::membership::swim
