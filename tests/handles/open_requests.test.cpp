#include <chorus/handles/open_requests.hpp>
#include <chorus/handles/passed_requests.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace chorus::handles {
namespace {

using table = open_requests<std::string>;

const table::place ben{{{0, 2}, {1}}, {2}};
const table::place cleo{{{0, 3}, {1}}, {3}};
const table::place cleo_again{{{0, 3}, {1}}, {4}};
const table::place nowhere{{{0, 4}, {1}}, {}};
const request_key question{1, 1};

/// One request, which ben has.
class delegated : public testing::Test {
protected:
  delegated() { EXPECT_FALSE(requests.add(question, "why?", ben)); }

  const std::vector<std::string> lost{"why?"};
  table requests;
};

TEST_F(delegated, waits_for_whoever_has_it) {
  EXPECT_FALSE(requests.move(question, ben.relation, cleo));
  EXPECT_FALSE(requests.move(question, cleo.relation, cleo));
  EXPECT_TRUE(requests.end(ben).empty());
  EXPECT_EQ(requests.end(cleo), lost);
  EXPECT_TRUE(requests.empty());
}

TEST_F(delegated, is_unknown_when_whoever_passed_it_on_is_lost_before_it_has_arrived) {
  EXPECT_FALSE(requests.move(question, ben.relation, cleo));
  EXPECT_EQ(requests.end(ben), lost);
}

TEST_F(delegated, is_unknown_when_it_moves_to_where_there_is_no_relation) {
  EXPECT_EQ(requests.move(question, ben.relation, nowhere), "why?");
}

TEST_F(delegated, is_unknown_when_it_moves_across_the_end_of_a_relation) {
  EXPECT_TRUE(requests.end(cleo).empty());
  EXPECT_EQ(requests.move(question, ben.relation, cleo_again), "why?");
}

TEST_F(delegated, is_not_concerned_by_an_end_before_it_was_made) {
  EXPECT_TRUE(requests.end(cleo).empty());
  const request_key later{1, 2};
  EXPECT_FALSE(requests.add(later, "and now?", ben));
  EXPECT_FALSE(requests.move(later, ben.relation, cleo_again));
  EXPECT_TRUE(requests.take(later));
}

TEST_F(delegated, is_unknown_when_it_is_cut_off_unless_it_has_arrived) {
  EXPECT_FALSE(requests.move(question, ben.relation, cleo));
  EXPECT_FALSE(requests.move(question, cleo.relation, cleo));
  EXPECT_TRUE(requests.cut(ben.relation, cleo.life).empty());
  const request_key other{1, 2};
  EXPECT_FALSE(requests.add(other, "how?", ben));
  EXPECT_FALSE(requests.move(other, ben.relation, cleo));
  EXPECT_EQ(requests.cut(ben.relation, cleo.life), std::vector<std::string>{"how?"});
}

/// Ben has delegated it to cleo and cleo to dan; ben's news come last.
TEST_F(delegated, is_unknown_when_it_was_cut_off_before_it_was_known_to_have_come_so_far) {
  const table::place dan{{{4, 4}, {1}}, {14}};
  EXPECT_FALSE(requests.move(question, cleo.relation, cleo));
  EXPECT_FALSE(requests.move(question, cleo.relation, dan));
  EXPECT_TRUE(requests.cut(cleo.relation, dan.life).empty());
  EXPECT_TRUE(requests.move(question, ben.relation, cleo));
  EXPECT_TRUE(requests.empty());
}

TEST_F(delegated, is_waited_for_if_it_had_arrived_before_it_was_cut_off) {
  const table::place dan{{{4, 4}, {1}}, {14}};
  EXPECT_FALSE(requests.move(question, cleo.relation, cleo));
  EXPECT_FALSE(requests.move(question, cleo.relation, dan));
  EXPECT_FALSE(requests.move(question, dan.relation, dan));
  EXPECT_TRUE(requests.cut(cleo.relation, dan.life).empty());
  EXPECT_FALSE(requests.move(question, ben.relation, cleo));
  EXPECT_TRUE(requests.take(question));
}

TEST(passed_requests, are_told_once_to_who_has_to_know) {
  passed_requests passed;
  EXPECT_TRUE(passed.pass_on(ben.relation));
  EXPECT_TRUE(passed.pass_on(ben.relation));
  EXPECT_TRUE(passed.receive(cleo.relation));
  auto [origins, delegators] = passed.close();
  EXPECT_EQ(origins, std::set{ben.relation});
  EXPECT_EQ(delegators, std::set{cleo.relation});
  EXPECT_FALSE(passed.pass_on(ben.relation)) << "tell at once";
  EXPECT_FALSE(passed.receive(cleo.relation));
}

} // namespace
} // namespace chorus::handles
