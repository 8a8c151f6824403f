#include "mesh_world.hpp"

#include <chorus/membership/full_mesh.hpp>

#include <gtest/gtest.h>

namespace chorus::membership::full_mesh {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{1h};

/// One core and whatever the test says in the name of others. The core is `b`, node 2.
struct full_mesh_test : testing::Test {
  time_point now = start;
  core mesh{start, {.self = someone("b", 2), .contacts = {}}};
  std::vector<std::string> story;
  std::vector<std::pair<std::string, message>> sent; ///< by host

  void SetUp() override { collect(); }

  void collect() {
    auto output = mesh.drain();
    for (const auto& change : output.changes)
      if (const auto* up = std::get_if<member_up>(&change))
        story.push_back('+' + up->who.name + '/' + to_string(up->who.who.incarnation));
      else if (const auto* down = std::get_if<member_down>(&change))
        story.push_back(
            '-' + down->who.name + '/' + to_string(down->who.who.incarnation) + ':'
            + std::string{to_string(down->reason)}
        );
    if (output.declared_failed_now)
      story.emplace_back("declared_failed");
    if (output.rejection)
      story.push_back("rejected: " + output.rejection->reason);
    for (const auto& step : output.silent_seeds)
      story.push_back("silent after " + std::to_string(step.attempts));
    for (auto& step : output.messages)
      sent.emplace_back("node " + std::to_string(step.to.node.low), std::move(step.message));
    for (auto& step : output.contacts)
      sent.emplace_back(step.to.host, std::move(step.message));
  }

  void hear(const peer& from, const message& what) {
    mesh.receive(now, from, what);
    collect();
  }

  void hear(const gossip& what) { hear(what.self.who, what); }

  void wait(duration time) {
    for (auto end = now + time; now < end;) {
      now = std::min(end, std::max(now, mesh.next_deadline().value_or(end)));
      mesh.tick(now);
      collect();
    }
  }

  /// What was sent since the last call.
  std::vector<std::pair<std::string, message>> take_sent() { return std::exchange(sent, {}); }

  /// `who` asks, is asked back and answers.
  void join(const member& who) {
    hear(gossip{who, {}, address{"b", 4000}, {}});
    hear(gossip{who, {}, {}, who.where});
    ASSERT_FALSE(story.empty());
    ASSERT_EQ(story.back(), '+' + who.name + '/' + to_string(who.who.incarnation));
    story.clear();
    sent.clear();
  }
};

TEST_F(full_mesh_test, has_nothing_to_wait_for_when_alone_without_seeds) {
  EXPECT_FALSE(mesh.next_deadline());
  EXPECT_TRUE(mesh.drain().empty());
}

TEST_F(full_mesh_test, asks_a_seed_and_says_when_it_is_silent_with_growing_pauses) {
  mesh.apply(now, add_seed{{"a", 4000}});
  wait(50s);
  EXPECT_EQ(story, (std::vector<std::string>{"silent after 2", "silent after 4", "silent after 8"}));
  for (const auto& [to, what] : take_sent()) {
    EXPECT_EQ(to, "a");
    EXPECT_EQ(std::get<gossip>(what).asked_at, (address{"a", 4000}));
  }
}

TEST_F(full_mesh_test, takes_a_newcomer_only_after_it_answered_at_its_own_address) {
  auto a = someone("a", 1);
  hear(gossip{a, {}, address{"b", 4000}, {}});
  EXPECT_TRUE(story.empty());
  auto sent_now = take_sent();
  ASSERT_EQ(sent_now.size(), 1u);
  EXPECT_EQ(sent_now[0].first, "a");
  EXPECT_EQ(std::get<gossip>(sent_now[0].second).answers, (address{"b", 4000}));
  EXPECT_EQ(std::get<gossip>(sent_now[0].second).asked_at, a.where);

  hear(gossip{a, {}, {}, a.where});
  EXPECT_EQ(story, std::vector<std::string>{"+a/1"});
}

TEST_F(full_mesh_test, takes_nobody_who_answers_a_question_that_was_not_asked) {
  auto a = someone("a", 1);
  hear(gossip{a, {}, {}, a.where});
  EXPECT_TRUE(story.empty());
}

TEST_F(full_mesh_test, takes_a_node_that_has_it_as_a_member_in_its_present_life) {
  hear(gossip{someone("a", 1), {someone("b", 2, 2)}, {}, {}});
  EXPECT_TRUE(story.empty());
  hear(gossip{someone("a", 1), {someone("b", 2)}, {}, {}});
  EXPECT_EQ(story, std::vector<std::string>{"+a/1"});
}

TEST_F(full_mesh_test, weighs_against_an_accuser_that_it_never_had_as_a_member) {
  hear(someone("a", 1).who, accusation{someone("b", 2).who, {1, {0, 1}, {0, 1}}, {"a", 4000}});
  wait(500ms);
  EXPECT_EQ(story, std::vector<std::string>{"declared_failed"});
}

TEST_F(full_mesh_test, asks_an_introduced_member_before_it_is_one) {
  join(someone("a", 1));
  hear(gossip{someone("a", 1), {someone("c", 3)}, {}, {}});
  wait(1ms);
  EXPECT_TRUE(story.empty());
  auto sent_now = take_sent();
  auto question = std::ranges::find(sent_now, "c", [](const auto& item) { return item.first; });
  ASSERT_NE(question, sent_now.end());
  hear(gossip{someone("c", 3), {}, {}, address{"c", 4000}});
  EXPECT_EQ(story, std::vector<std::string>{"+c/1"});
}

TEST_F(full_mesh_test, answers_a_member_that_asks) {
  auto a = someone("a", 1);
  join(a);
  hear(gossip{a, {}, address{"seed", 4000}, {}});
  auto sent_now = take_sent();
  ASSERT_EQ(sent_now.size(), 1u);
  EXPECT_EQ(sent_now[0].first, "node 1");
  EXPECT_EQ(std::get<gossip>(sent_now[0].second).answers, (address{"seed", 4000}));
}

TEST_F(full_mesh_test, gossips_to_every_member_within_each_interval) {
  auto a = someone("a", 1);
  join(a);
  for (auto round = 0; round < 20; ++round) {
    wait(250ms);
    EXPECT_GE(take_sent().size(), 1u);
    hear(gossip{a, {someone("b", 2)}, {}, {}});
  }
  EXPECT_TRUE(story.empty());
}

TEST_F(full_mesh_test, declares_a_member_failed_exactly_at_the_timeout) {
  join(someone("a", 1));
  wait(2s - 1ns);
  EXPECT_TRUE(story.empty());
  wait(1ns);
  EXPECT_EQ(story, std::vector<std::string>{"-a/1:failed"});
}

TEST_F(full_mesh_test, declares_a_member_failed_when_its_link_is_lost) {
  auto a = someone("a", 1);
  join(a);
  mesh.apply(now, link_lost{someone("a", 1, 2).who});
  collect();
  EXPECT_TRUE(story.empty());
  mesh.apply(now, link_lost{a.who});
  collect();
  EXPECT_EQ(story, std::vector<std::string>{"-a/1:failed"});
}

TEST_F(full_mesh_test, believes_nobody_that_somebody_else_has_failed) {
  join(someone("a", 1));
  join(someone("c", 3));
  hear(someone("a", 1).who, accusation{someone("c", 3).who, {40, {0, 1}, {0, 1}}, {"a", 4000}});
  hear(gossip{someone("a", 1), {}, {}, {}});
  wait(1s);
  EXPECT_TRUE(story.empty());
}

TEST_F(full_mesh_test, reports_the_old_life_down_before_the_new_one_is_up) {
  join(someone("a", 1));
  auto again = someone("a", 1, 2);
  hear(gossip{again, {}, address{"b", 4000}, {}});
  hear(gossip{again, {}, {}, again.where});
  EXPECT_EQ(story, (std::vector<std::string>{"-a/1:restarted", "+a/2"}));
}

TEST_F(full_mesh_test, ignores_an_older_life_of_a_member) {
  join(someone("a", 1, 2));
  hear(gossip{someone("a", 1), {}, address{"b", 4000}, {}});
  hear(gossip{someone("a", 1), {}, {}, address{"a", 4000}});
  hear(someone("a", 1).who, farewell{});
  EXPECT_TRUE(story.empty());
  EXPECT_TRUE(take_sent().empty());
  EXPECT_EQ(mesh.counters().messages_of_the_past, 3u);
}

TEST_F(full_mesh_test, never_takes_back_a_life_that_it_declared_failed_and_tells_it_now_and_then) {
  auto a = someone("a", 1);
  join(a);
  mesh.apply(now, link_lost{a.who});
  collect();
  take_sent();
  story.clear();
  auto accusations = 0;
  for (auto i = 0; i < 100; ++i) {
    hear(gossip{a, {someone("b", 2)}, address{"b", 4000}, a.where});
    for (const auto& [to, what] : take_sent())
      if (const auto* told = std::get_if<accusation>(&what)) {
        EXPECT_EQ(to, "a");
        EXPECT_EQ(told->subject, a.who);
        ++accusations;
      }
    wait(25ms);
  }
  EXPECT_EQ(accusations, 10);
  EXPECT_TRUE(story.empty());
}

TEST_F(full_mesh_test, takes_a_greater_incarnation_of_a_failed_node) {
  join(someone("a", 1));
  wait(2s);
  EXPECT_EQ(story, std::vector<std::string>{"-a/1:failed"});
  join(someone("a", 1, 2));
}

TEST_F(full_mesh_test, takes_a_farewell_for_what_it_is) {
  auto a = someone("a", 1);
  join(a);
  hear(a.who, farewell{});
  EXPECT_EQ(story, std::vector<std::string>{"-a/1:left"});
  hear(gossip{a, {}, address{"b", 4000}, a.where});
  EXPECT_EQ(story.size(), 1u);
  EXPECT_TRUE(take_sent().empty());
  EXPECT_FALSE(mesh.next_deadline());
}

TEST_F(full_mesh_test, says_farewell_to_every_member_and_is_silent_from_then_on) {
  join(someone("a", 1));
  join(someone("c", 3));
  mesh.apply(now, leave{});
  collect();
  auto sent_now = take_sent();
  ASSERT_EQ(sent_now.size(), 2u);
  for (const auto& [to, what] : sent_now)
    EXPECT_TRUE(std::holds_alternative<farewell>(what));
  hear(gossip{someone("a", 1), {}, address{"b", 4000}, {}});
  mesh.apply(now, add_seed{{"d", 4000}});
  wait(10s);
  EXPECT_TRUE(take_sent().empty());
  EXPECT_TRUE(story.empty());
  EXPECT_FALSE(mesh.next_deadline());
}

TEST_F(full_mesh_test, sends_nothing_to_a_member_that_went_down_in_the_same_turn) {
  auto a = someone("a", 1);
  join(a);
  mesh.receive(now, a.who, gossip{a, {}, address{"seed", 4000}, {}});
  mesh.receive(now, a.who, farewell{});
  collect();
  EXPECT_EQ(story, std::vector<std::string>{"-a/1:left"});
  EXPECT_TRUE(take_sent().empty());
}

TEST_F(full_mesh_test, yields_to_a_heavier_accuser_and_starts_over_with_a_new_life) {
  auto a = someone("a", 1);
  auto c = someone("c", 3);
  join(a);
  join(c);
  hear(a.who, accusation{someone("b", 2).who, {3, {0, 1}, {0, 1}}, {"a", 4000}});
  EXPECT_TRUE(story.empty());
  wait(500ms);
  EXPECT_EQ(story, std::vector<std::string>{"declared_failed"});
  EXPECT_FALSE(mesh.next_deadline());
  hear(gossip{a, {}, address{"b", 4000}, {}});
  take_sent();

  mesh.apply(now, new_life{{2}});
  collect();
  EXPECT_EQ(story, (std::vector<std::string>{"declared_failed", "-a/1:failed", "-c/1:failed"}));
  EXPECT_EQ(mesh.self().who.incarnation, incarnation{2});
  wait(1ms);
  std::vector<std::string> asked;
  for (const auto& [to, what] : take_sent())
    asked.push_back(to);
  EXPECT_EQ(asked, (std::vector<std::string>{"a", "c"}));
  join(a); // what the old life declared failed, the new one may meet again
}

TEST_F(full_mesh_test, ends_with_a_lighter_accuser_and_tells_it) {
  auto a = someone("a", 1);
  join(a);
  join(someone("c", 3));
  hear(a.who, accusation{someone("b", 2).who, {1, {0, 1}, {0, 1}}, {"a", 4000}});
  wait(500ms);
  EXPECT_EQ(story, std::vector<std::string>{"-a/1:failed"});
  auto sent_now = take_sent();
  auto told = std::ranges::find_if(sent_now, [](const auto& item) {
    return std::holds_alternative<accusation>(item.second);
  });
  ASSERT_NE(told, sent_now.end());
  EXPECT_EQ(told->first, "a");
  EXPECT_EQ(std::get<accusation>(told->second).accuser, (standing{2, {0, 2}, {0, 2}}));
}

TEST_F(full_mesh_test, does_not_count_its_accusers_among_those_who_stand_behind_it) {
  join(someone("a", 1));
  join(someone("c", 3));
  hear(someone("a", 1).who, accusation{someone("b", 2).who, {2, {0, 1}, {0, 1}}, {"a", 4000}});
  hear(someone("c", 3).who, accusation{someone("b", 2).who, {2, {0, 1}, {0, 3}}, {"c", 4000}});
  wait(500ms);
  EXPECT_EQ(story, std::vector<std::string>{"declared_failed"});
}

TEST_F(full_mesh_test, does_not_take_its_own_pause_for_the_silence_of_others) {
  auto a = someone("a", 1);
  join(a);
  wait(1s);
  now += 1min;
  mesh.tick(now);
  collect();
  EXPECT_TRUE(story.empty());
  EXPECT_EQ(mesh.counters().pauses_noticed, 1u);
  wait(2s);
  EXPECT_EQ(story, std::vector<std::string>{"-a/1:failed"});
}

TEST_F(full_mesh_test, refuses_a_newcomer_whose_name_is_taken) {
  auto a = someone("a", 1);
  join(a);
  auto twin = someone("a", 3);
  twin.where.host = "twin";
  hear(gossip{twin, {}, address{"b", 4000}, {}});
  auto sent_now = take_sent();
  ASSERT_EQ(sent_now.size(), 1u);
  EXPECT_EQ(sent_now[0].first, "twin");
  auto refused = std::get<refusal>(sent_now[0].second);
  EXPECT_EQ(refused.subject, twin.who);
  EXPECT_EQ(refused.reason, refusal::why::name_taken);
  EXPECT_EQ(refused.holder, a);

  hear(a.who, farewell{}); // and the name is free
  story.clear();
  join(twin);
}

TEST_F(full_mesh_test, is_rejected_once_and_only_after_refusals_lasted) {
  auto holder = someone("b", 1);
  holder.where.host = "elsewhere";
  refusal refused{someone("b", 2).who, refusal::why::name_taken, holder};
  auto a = someone("a", 3);
  hear(a.who, refused);
  now += 3s - 1ns;
  hear(a.who, refused);
  EXPECT_TRUE(story.empty());
  now += 1ns;
  hear(a.who, refused);
  ASSERT_EQ(story.size(), 1u);
  EXPECT_EQ(
      story[0],
      "rejected: the name 'b' is taken by node 00000000/1 at elsewhere:4000; start this node under another "
      "name "
      "or stop the other one"
  );
  now += 5s;
  hear(a.who, refused);
  EXPECT_EQ(story.size(), 1u);
}

TEST_F(full_mesh_test, forgets_a_refusal_that_nobody_repeats) {
  refusal refused{someone("b", 2).who, refusal::why::name_taken, someone("b", 1)};
  auto a = someone("a", 3);
  hear(a.who, refused);
  now += 7s + 1ns;
  hear(a.who, refused);
  EXPECT_TRUE(story.empty());
}

TEST_F(full_mesh_test, takes_no_more_members_than_a_cluster_has) {
  for (std::uint64_t n = 100; n < 100 + members_limit - 1; ++n)
    join(someone("m" + std::to_string(n), n));
  auto late = someone("late", 1);
  hear(gossip{late, {}, address{"b", 4000}, {}});
  auto sent_now = take_sent();
  ASSERT_EQ(sent_now.size(), 1u);
  EXPECT_EQ(std::get<refusal>(sent_now[0].second).reason, refusal::why::cluster_full);
  EXPECT_EQ(mesh.members().size(), members_limit - 1);
  join(someone("m100", 100, 2)); // a restart takes no place
}

TEST_F(full_mesh_test, remembers_a_bounded_number_of_past_lives) {
  for (std::uint64_t n = 100; n <= 100 + core::past_limit; ++n) {
    join(someone("m", n));
    now += 1ns;
    hear(someone("m", n).who, farewell{});
  }
  story.clear();
  hear(gossip{someone("m", 101), {}, address{"b", 4000}, {}});
  EXPECT_TRUE(take_sent().empty()); // still known to have left
  join(someone("m", 100));          // forgotten
}

} // namespace
} // namespace chorus::membership::full_mesh
