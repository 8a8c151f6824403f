#include "../../actors/held_steps.hpp"
#include "remoting_world.hpp"

#include <chorus/actors/error.hpp>

#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/default_attachable.hpp>
#include <caf/message.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// Work that grows with the number of handles is done in slices.
namespace chorus {
namespace {

constexpr std::size_t slice = remoting::ends_per_slice;

class end_of_a_relation : public testing::Test {
protected:
  end_of_a_relation() { world.connect_all(); }

  /// Proxies at the second node, for actors of `home`.
  void receive(std::size_t count, std::size_t home = 0) {
    for (std::size_t i = 0; i < count; ++i)
      handles.push_back(here().remote->receive_handle({world.at(home).self, 1000 + i}, remoting::nobody));
  }

  void monitor_all() {
    for (auto& each : handles)
      each->get()->attach(caf::default_attachable::make_monitor(
          caf::actor_cast<caf::actor_addr>(each), caf::actor_cast<caf::actor_addr>(observer)
      ));
  }

  bool begin() { return here().remote->begin_to_lose(world.at(0).self, {errc::node_down, "gone"}); }

  remoting_world::host& here() { return world.at(1); }
  std::size_t downs() {
    return static_cast<std::size_t>(std::ranges::count_if(here().seen, [](auto& each) {
      return each.starts_with("down");
    }));
  }

  remoting_world world{3};
  caf::strong_actor_ptr observer = world.spawn(1);
  std::vector<caf::strong_actor_ptr> handles;
};

TEST_F(end_of_a_relation, with_few_handles_is_done_at_once) {
  receive(10);
  monitor_all();
  EXPECT_TRUE(begin());
  EXPECT_EQ(downs(), 10u);
  EXPECT_FALSE(here().remote->is_losing());
}

TEST_F(end_of_a_relation, with_many_handles_goes_on_in_slices_and_requests_fail_after_all_monitors) {
  receive(2 * slice + 1);
  monitor_all();
  for (std::uint64_t number = 1; number <= 3; ++number)
    handles.front()->enqueue(
        observer,
        caf::message_id{caf::make_message_id().integer_value() | number},
        caf::make_message(std::string{"no answer"}),
        nullptr
    );
  EXPECT_FALSE(begin());
  EXPECT_EQ(downs(), slice);
  EXPECT_TRUE(here().remote->go_on_losing().empty());
  EXPECT_EQ(downs(), 2 * slice);
  EXPECT_TRUE(here().remote->is_losing());
  EXPECT_EQ(here().remote->go_on_losing(), std::vector{world.at(0).self});
  EXPECT_EQ(downs(), 2 * slice + 1);
  EXPECT_FALSE(here().remote->is_losing());
  ASSERT_EQ(here().seen.size(), 2 * slice + 4);
  EXPECT_TRUE(here().seen[2 * slice].starts_with("down"));
  EXPECT_TRUE(here().seen[2 * slice + 1].starts_with("error"));
}

TEST_F(end_of_a_relation, that_is_under_way_is_completed_by_the_end_of_the_node) {
  receive(2 * slice + 1);
  monitor_all();
  EXPECT_FALSE(begin());
  here().remote->stop();
  EXPECT_EQ(downs(), 2 * slice + 1);
  EXPECT_FALSE(here().remote->is_losing());
}

TEST_F(end_of_a_relation, does_not_end_handles_of_the_next_one) {
  receive(slice + 1);
  EXPECT_FALSE(begin());
  world.connect(0, 1);
  auto next = here().remote->receive_handle({world.at(0).self, 1000}, remoting::nobody);
  next->get()->attach(caf::default_attachable::make_monitor(
      caf::actor_cast<caf::actor_addr>(next), caf::actor_cast<caf::actor_addr>(observer)
  ));
  EXPECT_FALSE(here().remote->go_on_losing().empty());
  EXPECT_EQ(downs(), 0u) << "nobody monitored the old ones";
}

/// The same handles of one node and of two take about the same time, not twice as many in each turn.
TEST_F(end_of_a_relation, sweeps_share_one_budget_among_all_nodes) {
  auto calls_of_a_round = [&] {
    auto calls = 1;
    for (; here().remote->sweep(world.now) != world.now + remoting::sweep_every; ++calls)
      ;
    return calls;
  };
  receive(remoting::sweep_budget, 0);
  auto with_one = calls_of_a_round();
  receive(remoting::sweep_budget, 2);
  auto with_two = calls_of_a_round();
  EXPECT_GE(with_one, 2);
  EXPECT_GT(with_two, with_one);
}

TEST(steps_of_a_node, wait_until_it_is_released_and_keep_their_order) {
  using namespace membership::peers;
  membership::member ada;
  ada.who = {{1, 1}, {1}};
  membership::member bob;
  bob.who = {{2, 2}, {1}};
  held_steps steps;
  EXPECT_FALSE(steps.keep(peer_down{ada, {}, {}}));
  steps.hold(ada.who.node);
  EXPECT_FALSE(steps.keep(peer_up{bob, {}, {}})) << "another node";
  EXPECT_TRUE(steps.keep(peer_down{ada, {}, {}}));
  EXPECT_TRUE(steps.keep(end_relation{ada.who, {}}));
  EXPECT_TRUE(steps.keep(open_relation{ada, {}, {}}));
  auto released = steps.release(ada.who.node);
  ASSERT_EQ(released.size(), 3u);
  EXPECT_TRUE(std::holds_alternative<peer_down>(released[0]));
  EXPECT_TRUE(std::holds_alternative<end_relation>(released[1]));
  EXPECT_TRUE(std::holds_alternative<open_relation>(released[2]));
  EXPECT_FALSE(steps.keep(peer_up{ada, {}, {}}));
}

} // namespace
} // namespace chorus
