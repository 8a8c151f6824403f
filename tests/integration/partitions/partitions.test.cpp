#include "six_nodes.hpp"

// Faults that end. What they may cost is what two nodes have with each other of which one could not reach the
// other for long enough.

namespace chorus::testing {
namespace {

using namespace std::chrono_literals;

using members = six_nodes::members;
const members one_side{six_nodes::ada, six_nodes::ben, six_nodes::cleo};
const members other_side{six_nodes::dora, six_nodes::eva, six_nodes::finn};
const members all_but_finn{six_nodes::ada, six_nodes::ben, six_nodes::cleo, six_nodes::dora, six_nodes::eva};

/// By then TCP has given up what is cut, and those who are gone are asked for slowly.
constexpr auto long_enough = 15s;

/// By then the first link has given up, and so has the one that was begun in its place.
constexpr auto long_enough_for_links = 75s;

TEST_F(six_nodes, lose_nothing_by_a_one_way_cut) {
  cut({ada}, {ben});
  ask(ada, ben);
  expect_no(everybody, "down", everybody, long_enough);
  heal();
  expect({ada}, "answer", {ben});
  expect_agreement();
  EXPECT_EQ(count("down"), 0u);
}

TEST_F(six_nodes, begin_only_those_links_anew_that_gave_up_while_they_were_cut) {
  part({ada}, {ben});
  part({cleo}, {dora});
  ask(ada, ben);
  ask(cleo, dora);
  ask(dora, cleo);
  expect({ada}, "down", {ben});
  expect({cleo}, "down", {dora});
  expect({dora}, "down", {cleo});
  expect_no(everybody, "gone", everybody, long_enough_for_links);
  heal();
  expect_agreement();
}

TEST_F(six_nodes, begin_only_those_links_anew_that_were_cut_in_a_ring) {
  const auto next = [](member which) { return static_cast<member>((which + 1) % everybody.size()); };
  for (auto each : everybody) {
    part({each}, {next(each)});
    ask(each, next(each));
  }
  for (auto each : everybody)
    expect({each}, "down", {next(each)});
  heal();
  expect_agreement();
  EXPECT_EQ(count("gone"), 0u);
}

TEST_F(six_nodes, take_one_back_that_was_deaf) {
  cut(all_but_finn, {finn});
  expect(all_but_finn, "gone", {finn});
  expect_no(all_but_finn, "down", all_but_finn, long_enough);
  heal();
  expect_agreement();
}

TEST_F(six_nodes, take_one_back_that_was_mute) {
  cut({finn}, all_but_finn);
  expect(all_but_finn, "gone", {finn});
  expect_no(all_but_finn, "down", all_but_finn, long_enough);
  heal();
  expect_agreement();
}

TEST_F(six_nodes, are_together_again_after_a_partition) {
  part(one_side, other_side);
  expect(one_side, "gone", other_side);
  expect(other_side, "gone", one_side);
  expect_no(one_side, "down", one_side, long_enough);
  expect_no(other_side, "down", other_side, long_enough);
  heal();
  expect_agreement();
}

TEST_F(six_nodes, take_two_back_that_stood_still) {
  const members running{ada, ben, cleo, dora};
  pause({eva, finn});
  expect(running, "gone", {eva, finn});
  expect_no(running, "down", running, 12s);
  resume({eva, finn});
  expect_agreement();
}

TEST_F(six_nodes, know_one_that_was_killed_at_its_new_address) {
  kill(finn);
  start_elsewhere(finn);
  expect(all_but_finn, "gone", {finn});
  expect_agreement();
}

TEST_F(six_nodes, are_not_taken_for_quiet_if_they_report_what_touched_nobody) {
  EXPECT_TRUE(bystanders_are_quiet());
  at(finn).kill(); // which the fixture does not know of
  expect(all_but_finn, "gone", {finn});
  EXPECT_FALSE(bystanders_are_quiet());
}

} // namespace
} // namespace chorus::testing
