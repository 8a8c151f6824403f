#include "../membership/member_cluster.hpp"
#include "joint_books.hpp"
#include "joint_process.hpp"

#include <chorus/simulation/world.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace chorus::testing {
namespace {

using namespace std::chrono_literals;
using simulation::node_index;

constexpr node_index a = 0;
constexpr node_index b = 1;
constexpr node_index c = 2;

/// Three nodes that have met, on a network that does nothing wrong by itself; what happens to them, in order,
/// and what their users hear of it. All checkers of the campaign look on.
struct relation_story : ::testing::Test, member_cluster::listener {
  relation_story() {
    for (auto* each : books.checkers())
      around.watch(*each);
    cluster = std::make_unique<member_cluster>(
        around,
        3,
        *this,
        [this](simulation::node& at, member_cluster& all, membership::member self) {
          return std::make_unique<joint_process>(at, all, std::move(self), books);
        }
    );
    cluster->start_all();
    around.run_for(5s);
    for (auto which : {a, b, c})
      before_[which] = process(which).story().size();
  }

  ~relation_story() override { EXPECT_FALSE(around.broken()) << around.broken()->how; }

  void failed(const member_process&, const peer&) override {}
  void over(const member_process&, const membership::member_over&) override {}
  void was_suspected(const member_process&, const peer&) override {}

  joint_process& process(node_index which) {
    return static_cast<joint_process&>(*around.at(which).running());
  }

  /// What that node's users have heard since all had met.
  std::string story_of(node_index which) {
    auto story = process(which).story().substr(before_[which]);
    return story.empty() ? story : story.substr(1);
  }

  void disturb(node_index one, node_index other) {
    books.bystanders.disturbed(around.at(one).self().node, around.at(other).self().node);
  }

  void close(std::vector<simulation::network::direction> directions) {
    for (auto [from, to] : directions)
      disturb(from, to);
    around.network().close(std::move(directions));
  }

  void heal() { around.network().heal_all(); }
  void run_for(duration time) { around.run_for(time); }

  /// An actor of that node, held by its users there.
  thing_handle make_actor(node_index at) {
    auto made = process(at).handles().spawn();
    process(at).handles().hands.push_back(made);
    return made;
  }

  /// The handle of it that the users of that node have.
  thing_handle handle_at(node_index at, const handles::actor_name& actor) {
    for (const auto& each : process(at).handles().hands)
      if (each->name == actor)
        return each;
    return nullptr;
  }

  /// The users of `from` give that handle away to those of `to`.
  void give(node_index from, const thing_handle& handle, node_index to) {
    process(from).handles().send(around.at(to).self(), handle);
    process(from).clear_up();
  }

  void let_go(node_index at, const handles::actor_name& actor) {
    std::erase_if(process(at).handles().hands, [&](const auto& each) { return each->name == actor; });
  }

  /// Whether everything is let go of that nobody holds, and nothing else.
  void expect_right_accounts() {
    for (auto round = 0; round < 5; ++round) {
      for (auto which : {a, b, c})
        process(which).clear_up();
      around.run_for(1s);
    }
    std::vector<handles_at_rest> all;
    for (auto which : {a, b, c})
      all.push_back(process(which).handles_at_rest());
    books.accounts.look(all);
  }

  // What processes report to outlives them.
  joint_books books{joint_process::limits()};
  std::unique_ptr<member_cluster> cluster;
  simulation::world around{1};

private:
  std::map<node_index, std::size_t> before_;
};

TEST_F(
    relation_story, a_hole_for_large_packets_ends_one_relation_again_and_again_and_bystanders_notice_nothing
) {
  disturb(a, b);
  around.network().set_largest({a, b}, 1000);
  for (auto round = 0; round < 2; ++round) {
    process(a).say_much(around.at(b).self(), 5'000);
    run_for(8s);
  }
  EXPECT_EQ(story_of(a), "-B:unreachable +B -B:unreachable +B");
  EXPECT_EQ(story_of(c), "");
}

TEST_F(relation_story, who_is_unreachable_from_one_node_and_dies_then_is_gone_for_all) {
  close({{a, b}, {b, a}});
  process(a).say_much(around.at(b).self(), 10);
  run_for(8s);
  EXPECT_EQ(story_of(a), "-B:unreachable");
  EXPECT_EQ(story_of(c), "");
  disturb(b, c);
  around.at(b).crash();
  run_for(20s);
  EXPECT_EQ(story_of(a), "-B:unreachable !B:failed");
  EXPECT_EQ(story_of(c), "-B:failed !B:failed");
}

TEST_F(relation_story, two_that_end_their_relation_at_once_report_it_once_each) {
  close({{a, b}, {b, a}});
  process(a).say_much(around.at(b).self(), 10);
  process(b).say_much(around.at(a).self(), 10);
  run_for(8s);
  heal();
  run_for(10s);
  EXPECT_EQ(story_of(a), "-B:unreachable +B");
  EXPECT_EQ(story_of(b), "-A:unreachable +A");
  EXPECT_EQ(story_of(c), "");
}

TEST_F(relation_story, an_idle_pair_whose_last_word_was_lost_begins_anew) {
  close({{a, b}});
  process(a).give_up(around.at(b).self());
  run_for(500ms);
  EXPECT_EQ(story_of(a), "-B:unreachable");
  EXPECT_EQ(story_of(b), "");
  heal();
  run_for(10s);
  EXPECT_EQ(story_of(a), "-B:unreachable +B");
  EXPECT_EQ(story_of(b), "-A:ended by peer +A");
}

TEST_F(
    relation_story, a_handle_that_is_given_to_a_node_without_a_relation_to_the_home_is_dead_and_leaks_nothing
) {
  auto actor = make_actor(a)->name;
  give(a, handle_at(a, actor), b);
  run_for(1s);
  close({{a, c}, {c, a}});
  process(a).give_up(around.at(c).self());
  process(c).give_up(around.at(a).self());
  run_for(500ms);
  give(b, handle_at(b, actor), c);
  run_for(1s);
  EXPECT_TRUE(handle_at(c, actor)->is_dead);
  EXPECT_FALSE(handle_at(b, actor)->is_dead);
  heal();
  run_for(10s);
  let_go(a, actor);
  expect_right_accounts(); // b holds it still
  let_go(b, actor);
  expect_right_accounts();
}

TEST_F(relation_story, a_request_whose_delegate_has_lost_sight_of_the_requester_has_an_unknown_outcome) {
  auto requester = make_actor(a);
  auto middle = make_actor(b)->name;
  auto last = make_actor(c)->name;
  give(b, handle_at(b, middle), a);
  give(c, handle_at(c, last), b);
  run_for(1s);
  close({{a, c}, {c, a}});
  process(c).give_up(around.at(a).self()); // a does not hear of it
  run_for(100ms);
  auto request = books.new_request(requester->name);
  process(a).handles().ask(handle_at(a, middle), requester, request);
  run_for(100ms);
  ASSERT_EQ(process(b).handles().inbox.size(), 1u);
  process(b).handles().delegate(0, handle_at(b, last));
  run_for(100ms);
  EXPECT_EQ(process(c).handles().inbox.size(), 1u);
  EXPECT_EQ(books.met["request unknown"], 1u);
  EXPECT_EQ(books.accounts.open(), 0u);
}

TEST_F(relation_story, a_name_whose_holder_one_node_cannot_reach_stays_there_out_of_reach) {
  process(c).announce("worker");
  run_for(1s);
  process(b).announce("worker"); // the last one counts
  run_for(1s);
  auto found_at = [&](node_index which) { return process(which).names().find("worker"); };
  const auto holder = around.at(b).self();
  close({{a, b}, {b, a}});
  process(a).give_up(holder);
  run_for(500ms);
  ASSERT_TRUE(found_at(a));
  EXPECT_EQ(found_at(a)->origin, holder) << "not the older announcer, whom the cluster does not mean";
  EXPECT_FALSE(found_at(a)->within_reach);
  EXPECT_TRUE(found_at(c)->within_reach);
  heal();
  run_for(10s);
  EXPECT_EQ(found_at(a)->origin, holder);
  EXPECT_TRUE(found_at(a)->within_reach);
}

TEST_F(relation_story, messages_that_nobody_has_read_take_their_part_of_the_next_window) {
  const auto here = around.at(a).self();
  const auto there = around.at(b).self();
  auto unread = [&] { return process(b).links().core(here)->unconsumed(); };
  process(b).set_lazy(true);
  for (auto letter = 0; letter < 3; ++letter)
    process(a).say_much(there, 4'000);
  run_for(1s);
  const auto before = unread();
  ASSERT_GE(before, 12'000u);
  close({{a, b}, {b, a}});
  process(a).give_up(there);
  process(b).give_up(here);
  run_for(500ms);
  heal();
  run_for(10s);
  EXPECT_EQ(story_of(a), "-B:unreachable +B");
  EXPECT_EQ(process(b).links().core(here)->statistics().held_at_start, before);
  for (auto letter = 0; letter < 8; ++letter)
    process(a).say_much(there, 4'000);
  run_for(1s);
  EXPECT_LE(unread(), joint_process::limits().channels.front().receive_window_bytes);
  process(b).set_lazy(false);
  run_for(5s);
  EXPECT_EQ(unread(), 0u);
  EXPECT_TRUE(process(a).is_quiet());
}

} // namespace
} // namespace chorus::testing
