#include "stage.hpp"

#include <chorus/simulation/adversary.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace chorus::testing {
namespace {

using simulation::adversary;
using simulation::fault;
using simulation::liar;
using simulation::lies;
using simulation::packet;

using texts = std::vector<std::string>;

/// Lies of one kind only.
lies only(double lies::*kind) {
  lies how_often{0, 0, 0, 0};
  how_often.*kind = 1;
  return how_often;
}

/// A protocol whose messages are numbers.
struct number_wire {
  static wire_message encode(int number) { return {bytes_of(std::to_string(number)), {}}; }
  static result<int> decode(const shared_bytes& head, const shared_bytes&) {
    auto text = std::string{as_text(head.view())};
    if (text.empty() || !std::ranges::all_of(text, [](char each) { return each >= '0' && each <= '9'; }))
      return error{errc::malformed, "not a number"};
    return std::stoi(text);
  }
};

struct a_liar : ::testing::Test {
  a_liar() { stage_.hear_the_news(); }

  void set(lies how_often, liar::changer change = simulation::change_bytes) {
    stage_.node(0).set_adversary(std::make_unique<liar>(how_often, std::move(change), random_generator{1}));
  }

  /// The same to all others, `times` times.
  void tell_all(std::string_view text, int times = 1) {
    for (; times > 0; --times)
      for (simulation::node_index to = 1; to < 4; ++to)
        stage_.say(0, to, text);
    stage_.world().run_for(1s);
  }

  const texts& heard(simulation::node_index who) { return stage_.book(who).heard; }

  std::ptrdiff_t untrue(simulation::node_index who, const std::string& truth) {
    return std::ranges::count_if(heard(who), [&truth](const auto& text) { return text != truth; });
  }

  stage stage_{4};
};

TEST_F(a_liar, that_never_lies_tells_the_truth) {
  set({0, 0, 0, 0});
  tell_all("truth", 50);
  for (simulation::node_index who = 1; who < 4; ++who)
    EXPECT_EQ(untrue(who, "truth"), 0);
  for (auto kind : {fault::equivocation, fault::forgery, fault::replay})
    EXPECT_EQ(stage_.count(kind), 0u);
}

TEST_F(a_liar, that_equivocates_tells_two_nodes_different_things) {
  set(only(&lies::equivocation));
  tell_all("truth", 50);
  EXPECT_EQ(untrue(1, "truth"), 50);
  EXPECT_EQ(untrue(2, "truth"), 0);
  EXPECT_EQ(untrue(3, "truth"), 50);
  EXPECT_EQ(stage_.count(fault::equivocation), 100u);
}

TEST_F(a_liar, that_tells_everybody_the_truth_does_not_count_as_one) {
  set(only(&lies::equivocation));
  for (int times = 0; times < 50; ++times)
    stage_.say(0, 2, "truth");
  stage_.world().run_for(1s);
  EXPECT_EQ(untrue(2, "truth"), 0);
  EXPECT_EQ(stage_.count(fault::equivocation), 0u);
}

TEST_F(a_liar, that_forges_says_what_its_program_did_not_say) {
  set(only(&lies::forgery));
  tell_all("truth", 50);
  for (simulation::node_index who = 1; who < 4; ++who)
    EXPECT_EQ(untrue(who, "truth"), 50);
  EXPECT_EQ(stage_.count(fault::forgery), 150u);
}

TEST_F(a_liar, whose_change_changes_nothing_has_not_lied) {
  set(only(&lies::forgery), [](const wire_message& truth, random_generator&) { return truth; });
  tell_all("truth", 50);
  EXPECT_EQ(stage_.count(fault::forgery), 0u);
}

TEST_F(a_liar, that_is_silent_says_nothing) {
  set(only(&lies::silence));
  tell_all("truth", 50);
  for (simulation::node_index who = 1; who < 4; ++who)
    EXPECT_EQ(heard(who), texts{});
  EXPECT_EQ(stage_.count(fault::forgery), 150u);
}

TEST_F(a_liar, that_replays_says_what_it_has_said_before) {
  set(only(&lies::replay));
  stage_.say(0, 1, "0");
  stage_.world().run_for(1s);
  EXPECT_EQ(heard(1), texts{"0"}); // nothing has been said that could be said again
  EXPECT_EQ(stage_.count(fault::replay), 0u);
  for (int number = 1; number < 200; ++number) {
    stage_.say(0, 1, std::to_string(number));
    stage_.world().run_for(1s);
    auto said = std::stoi(heard(1).back());
    EXPECT_LT(said, number);
    EXPECT_GE(said, number - static_cast<int>(liar::memory));
  }
  EXPECT_EQ(stage_.count(fault::replay), 199u);
}

TEST_F(a_liar, that_repeats_what_its_program_repeats_has_not_lied) {
  set(only(&lies::replay));
  tell_all("truth", 50);
  EXPECT_EQ(stage_.count(fault::replay), 0u);
}

TEST_F(a_liar, who_knows_the_protocol_changes_its_messages_and_not_their_bytes) {
  set(only(&lies::forgery),
      simulation::change_messages<number_wire>([](int& number, random_generator&) { number += 1000; }));
  tell_all("7");
  for (simulation::node_index who = 1; who < 4; ++who)
    EXPECT_EQ(heard(who), texts{"1007"});
}

TEST_F(a_liar, who_knows_the_protocol_changes_bytes_that_are_none_of_its_messages) {
  set(only(&lies::forgery), simulation::change_messages<number_wire>([](int&, random_generator&) {}));
  tell_all("no number", 50);
  EXPECT_EQ(untrue(1, "no number"), 50);
}

TEST_F(a_liar, does_not_lie_any_more_once_it_has_been_taken_away) {
  set(only(&lies::forgery));
  tell_all("truth");
  stage_.node(0).set_adversary(nullptr);
  tell_all("truth");
  EXPECT_EQ(heard(1).back(), "truth");
  EXPECT_EQ(stage_.count(fault::forgery), 3u);
}

TEST_F(a_liar, goes_on_after_a_restart_of_its_node) {
  set(only(&lies::forgery));
  stage_.node(0).crash();
  stage_.node(0).start();
  tell_all("truth");
  EXPECT_EQ(untrue(1, "truth"), 1);
}

/// Claims that somebody else has sent its packets, and sends each to two nodes.
class impostor final : public adversary {
public:
  explicit impostor(peer victim) : victim_(victim) {}

  std::vector<packet> speak(const packet& truth, simulation::fault_counts&) override {
    auto first = truth;
    first.from = 2;
    first.sender = victim_;
    auto second = first;
    second.to = 3;
    return {first, second};
  }

private:
  peer victim_;
};

TEST(an_adversary, can_send_to_anybody_but_the_network_names_the_true_sender) {
  stage all{4};
  all.hear_the_news();
  all.node(0).set_adversary(std::make_unique<impostor>(all.node(2).self()));
  all.say(0, 1, "hello");
  all.world().run_for(1s);
  EXPECT_EQ(all.book(1).senders, std::vector{all.node(0).self()});
  EXPECT_EQ(all.book(3).senders, std::vector{all.node(0).self()});
}

TEST(an_adversary, cannot_pass_by_a_partition_of_its_own_node) {
  stage all{4};
  all.hear_the_news();
  all.node(0).set_adversary(std::make_unique<impostor>(all.node(2).self()));
  all.world().network().part({0});
  all.say(0, 1, "hello");
  all.world().run_for(1s);
  EXPECT_TRUE(all.book(1).heard.empty());
  EXPECT_TRUE(all.book(3).heard.empty());
}

} // namespace
} // namespace chorus::testing
