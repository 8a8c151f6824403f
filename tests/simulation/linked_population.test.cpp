#include "campaigns.hpp"
#include "counting.hpp"
#include "stage.hpp"

#include <gtest/gtest.h>

namespace chorus::testing {
namespace {

using simulation::fault;

/// The storms of the link's own campaign.
simulation::campaign counting() {
  simulation::campaign what = find_campaign("link")->what;
  what.name = "counting";
  what.work_every = 20ms;
  what.begin = [](simulation::world& around) { return std::make_unique<counting_trial>(around); };
  what.expected = {"link up", "link down", "lost", "duplicated", "overtaken", "crash"};
  return what;
}

TEST(cores_over_links, get_their_messages_once_and_in_order_while_packets_get_lost_doubled_and_reordered) {
  auto what = counting();
  simulation::campaign_result all;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    auto result = run(what, seed);
    EXPECT_FALSE(result.broken) << seed << ": " << result.broken->invariant << ": " << result.broken->how;
    all.add(what, result);
  }
  EXPECT_TRUE(all.passed()) << all.met.table();
}

TEST(cores_over_links, tell_the_same_story_for_the_same_seed) {
  auto what = counting();
  auto first = run(what, 1, true);
  EXPECT_TRUE(first.story.lines() == run(what, 1, true).story.lines());
  auto text = first.story.tail(first.story.lines().size());
  EXPECT_NE(text.find("says 0"), std::string::npos);
}

/// The core under the same faults without links: what the links are good for.
TEST(cores_without_links, miss_messages_in_a_storm) {
  simulation::world around{1};
  around.network().set_quality(counting().faults.stormy);
  nobody_miscounts check;
  around.watch(check);
  auto nodes = simulation::run_cores<counting_wire>(
      around,
      2,
      [](simulation::node&) { return counting_core{}; },
      [&](simulation::node& at, const counting_core::out_of_order& mistake) { check.add(at, mistake); }
  );
  nodes.apply(0, simulation::link_up{nodes[1].self()});
  nodes.apply(1, simulation::link_up{nodes[0].self()});
  for (int times = 0; times < 1000 && !around.broken(); ++times) {
    nodes.apply(0, counting_core::say{});
    around.run_for(10ms);
  }
  EXPECT_TRUE(around.broken());
}

struct linked_cores : ::testing::Test {
  bool settle(duration at_most = 60s) {
    trial_.settle();
    return around_.run_until([this] { return trial_.is_settled(); }, at_most);
  }

  std::uint64_t met(std::string_view what) {
    simulation::coverage all;
    trial_.count(all);
    return all[what];
  }

  static link::config small() {
    link::config limits;
    limits.channels.front().message_bytes = 600;
    limits.chunk_bytes = 100;
    limits.frame_bytes = 300;
    limits.channels.front().receive_window_bytes = 1000;
    limits.channels.front().receive_reserve_bytes = 700;
    limits.channels.front().send_buffer_bytes = 3000;
    limits.channels.front().send_reserve_bytes = 1000;
    return limits;
  }

  simulation::world around_{1};
  counting_trial trial_{around_, small()};
  simulation::population<counting_core>& nodes_ = trial_.nodes();
};

TEST_F(linked_cores, are_told_of_each_link_once) {
  EXPECT_TRUE(settle());
  EXPECT_EQ(met("link up"), 6u);
  EXPECT_EQ(met("link down"), 0u);
  EXPECT_EQ(nodes_.core(0)->with(nodes_[1].self())->heard, 1u);
}

TEST_F(linked_cores, are_told_that_a_link_is_down_when_the_other_begins_a_new_life) {
  EXPECT_TRUE(settle());
  auto first = nodes_[1].self();
  nodes_[1].crash();
  EXPECT_EQ(nodes_.core(1), nullptr);
  EXPECT_FALSE(nodes_.apply(1, counting_core::say{}));
  nodes_[1].start();
  EXPECT_TRUE(settle());
  EXPECT_EQ(met("link down"), 2u);
  EXPECT_FALSE(nodes_.core(0)->with(first));
  EXPECT_TRUE(nodes_.core(0)->with(nodes_[1].self()));
}

TEST_F(linked_cores, are_told_of_another_link_to_the_same_life_after_one_was_given_up) {
  EXPECT_TRUE(settle());
  auto first = nodes_[1].self();
  auto cut = around_.network().part({1});
  for (int times = 0; times < 10; ++times)
    nodes_.apply(0, counting_core::say{}); // nobody acknowledges it: the link is given up
  around_.run_for(60s);
  EXPECT_FALSE(nodes_.core(0)->with(first));
  around_.network().heal(cut);
  EXPECT_TRUE(settle());
  EXPECT_EQ(nodes_[1].self(), first);
  EXPECT_TRUE(nodes_.core(0)->with(first));
  EXPECT_GT(met("link up"), 6u);
}

TEST_F(linked_cores, lose_a_link_that_takes_no_more_rather_than_a_message) {
  EXPECT_TRUE(settle());
  nodes_[1].pause();
  for (int times = 0; times < 1000; ++times)
    nodes_.apply(0, counting_core::say{});
  EXPECT_FALSE(nodes_.core(0)->with(nodes_[1].self()));
  nodes_[1].resume();
  EXPECT_TRUE(settle());
  EXPECT_FALSE(around_.broken());
}

TEST(a_payload, of_two_parts_is_taken_apart_as_it_was_put_together) {
  for (const auto* head : {"", "head"})
    for (const auto* body : {"", "the body"}) {
      auto parts = simulation::parted(simulation::joined({bytes_of(head), shared_bytes{bytes_of(body)}}));
      ASSERT_TRUE(parts);
      EXPECT_EQ(as_text(parts->first.view()), head);
      EXPECT_EQ(as_text(parts->second.view()), body);
    }
}

TEST(a_payload, that_is_too_short_for_its_head_is_malformed) {
  auto whole = simulation::joined({bytes_of("head"), {}});
  EXPECT_TRUE(simulation::parted(whole));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(simulation::parted(whole.part(0, size))) << size;
}

} // namespace
} // namespace chorus::testing
