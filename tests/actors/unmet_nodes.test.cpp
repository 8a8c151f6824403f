#include "remoting_world.hpp"

#include <chorus/runtime/limits.hpp>

#include <caf/default_attachable.hpp>
#include <caf/message.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

/// Handles of actors whose node is not met, or never will be.
namespace chorus {
namespace {

TEST(handles, of_a_node_that_is_not_met_are_bounded) {
  remoting_world world{1};
  peer nowhere{{0, 99}, {1}};
  auto& remote = *world.at(0).remote;
  std::vector<caf::strong_actor_ptr> handles;
  auto is_dead = [](const caf::strong_actor_ptr& handle) {
    return static_cast<bool>(static_cast<caf17::remote_actor*>(handle->get())->fail_state());
  };
  for (std::uint64_t number = 1; number <= remote_node::unmet_proxies; ++number)
    handles.push_back(remote.receive_handle({nowhere, number}, remoting::nobody));
  EXPECT_TRUE(std::none_of(handles.begin(), handles.end(), is_dead));
  EXPECT_TRUE(is_dead(remote.receive_handle({nowhere, handles.size() + 1}, remoting::nobody)));
}

TEST(handles, of_a_node_that_is_lost_end_soon) {
  remoting_world world{2};
  auto& remote = *world.at(0).remote;
  auto actor = world.spawn(1);
  auto kept = world.at(1).remote->keep(actor);
  auto receive = [&] { return remote.receive_handle({world.at(1).self, actor->id()}, remoting::nobody); };
  auto is_dead = [](const caf::strong_actor_ptr& handle) {
    return static_cast<bool>(static_cast<caf17::remote_actor*>(handle->get())->fail_state());
  };
  world.connect(0, 1);
  world.lose(0, 1);
  auto late = receive();
  world.deliver_all();
  EXPECT_TRUE(is_dead(late));
  EXPECT_EQ(remote.find_node(world.at(1).self), nullptr);
  world.connect(0, 1);
  auto next = receive();
  world.deliver_all();
  EXPECT_FALSE(is_dead(next));
  EXPECT_NE(next, late) << "an actor in another relation";
  world.at(1).remote->let_go(*kept);
}

TEST(handles, of_a_node_that_is_not_met_fail_when_its_notices_find_no_room) {
  remoting_world world{1};
  peer nowhere{{0, 99}, {1}};
  auto& remote = *world.at(0).remote;
  auto handle = remote.receive_handle({nowhere, 1}, remoting::nobody);
  for (std::size_t i = 0; i < remote_node::waiting_bytes / link::message_overhead; ++i)
    remote.receive_handle(
        {nowhere, 2 + static_cast<std::uint64_t>(i)}, remoting::nobody
    ); // it tells the home
  EXPECT_EQ(world.at(0).deferred.size(), 1u) << "said once";
  world.deliver_all();
  EXPECT_EQ(remote.size().proxies, 0u);
  EXPECT_TRUE(static_cast<caf17::remote_actor*>(handle->get())->fail_state());
}

TEST(handles, of_a_node_that_is_not_met_leave_room_for_its_notices) {
  remoting_world world{1};
  peer nowhere{{0, 99}, {1}};
  auto& remote = *world.at(0).remote;
  auto handle = remote.receive_handle({nowhere, 1}, remoting::nobody);
  std::string text(limits::kibibyte, 'x');
  for (std::size_t i = 0; i < remote_node::waiting_bytes / text.size(); ++i)
    handle->enqueue(nullptr, caf::make_message_id(), caf::make_message(text), nullptr);
  for (auto i = 0; i < 1000; ++i)
    remote.receive_handle(
        {nowhere, 2 + static_cast<std::uint64_t>(i)}, remoting::nobody
    ); // it tells the home
  EXPECT_TRUE(world.at(0).deferred.empty()) << "nothing is given up";
}

TEST(messages, to_a_node_that_is_not_met_are_no_losses_of_a_link) {
  remoting_world world{1};
  peer nowhere{{0, 99}, {1}};
  auto& remote = *world.at(0).remote;
  auto handle = remote.receive_handle({nowhere, 1}, remoting::nobody);
  handle->enqueue(nullptr, caf::make_message_id(), caf::make_message(1), nullptr);
  remote.lose(nowhere, {errc::node_down, "it does not answer"});
  EXPECT_EQ(remote.take_losses(nowhere).not_sent, 0u);
}

TEST(handles, of_made_up_nodes_do_not_hold_up_the_thread_when_they_end) {
  remoting_world world{1};
  auto& remote = *world.at(0).remote;
  auto alive = [&] { return remote.size().proxies; };
  std::vector<caf::strong_actor_ptr> handles;
  for (std::uint64_t node = 1; node <= remote_nodes::unmet_nodes + 1; ++node)
    handles.push_back(remote.receive_handle({{{7, node}, {1}}, 1}, remoting::nobody));
  EXPECT_EQ(alive(), remote_nodes::unmet_nodes);
  remote.sweep(world.now);
  world.now += remoting::met_within;
  EXPECT_EQ(remote.sweep(world.now), world.now + remoting::sweep_pause);
  EXPECT_EQ(alive(), remote_nodes::unmet_nodes - 1);
}

TEST(handles, of_a_node_that_is_not_met_wait_for_it_and_then_fail) {
  remoting_world world{3};
  world.connect(0, 1);
  world.connect(1, 2); // ada and cleo do not know each other
  auto actor = world.spawn(2);
  auto at_ben = world.at(1).remote;
  auto kept = world.at(2).remote->keep(actor);
  auto handle = at_ben->receive_handle({world.at(2).self, actor->id()}, remoting::nobody);
  auto hand = world.spawn(0);
  auto kept_hand = world.at(0).remote->keep(hand);
  auto there = at_ben->receive_handle({world.at(0).self, hand->id()}, remoting::nobody);
  there->enqueue(nullptr, caf::make_message_id(), caf::make_message(handle), nullptr);
  world.deliver_all();
  ASSERT_EQ(world.at(0).hands.size(), 1u);
  auto at_ada = world.at(0).hands.front();

  at_ada->enqueue(hand, caf::make_message_id(), caf::make_message(std::string{"wait for me"}), nullptr);
  at_ada->enqueue(hand, caf::message_id{caf::make_message_id()}, caf::make_message(1), nullptr);
  world.deliver_all();
  EXPECT_TRUE(world.at(2).seen.empty());
  world.connect(0, 2);
  world.deliver_all();
  EXPECT_EQ(world.at(2).seen, (std::vector<std::string>{"message", "message"}));
  world.at(2).remote->let_go(*kept);
  world.at(0).remote->let_go(*kept_hand);
}

TEST(handles, of_a_node_that_is_not_met_tell_when_it_is_met_or_lost) {
  remoting_world world{3};
  auto& remote = *world.at(0).remote;
  std::vector<bool> has_link;
  for (std::size_t home = 1; home < 3; ++home) {
    auto handle = remote.receive_handle({world.at(home).self, 5}, remoting::nobody);
    auto ask = [&](std::uint64_t asker) {
      return remote.when_met(handle, asker, [&has_link, &remote, handle] {
        has_link.push_back(remote.link_to(handle) != nullptr);
      });
    };
    EXPECT_TRUE(ask(1));
    EXPECT_TRUE(ask(1)) << "once more is as good as once";
    EXPECT_TRUE(ask(2));
    remote.forget_asker(handle, 2);
  }
  EXPECT_TRUE(has_link.empty());
  world.connect(0, 1);
  EXPECT_EQ(has_link, std::vector{true});
  remote.sweep(world.now);
  remote.sweep(world.now + remoting::met_within);
  EXPECT_EQ(has_link, (std::vector{true, false}));
}

TEST(handles, of_a_node_that_is_never_met_end_with_an_error) {
  remoting_world world{2};
  auto observer = world.spawn(0);
  auto& remote = *world.at(0).remote;
  auto handle = remote.receive_handle({world.at(1).self, 5}, remoting::nobody);
  handle->get()->attach(
      caf::default_attachable::make_monitor(handle->get()->address(), observer->get()->address())
  );
  caf::message_id request{caf::make_message_id().integer_value() | 1};
  handle->enqueue(observer, request, caf::make_message(std::string{"anybody?"}), nullptr);
  auto next = remote.sweep(world.now);
  EXPECT_EQ(next, world.now + remoting::sweep_every);
  remote.sweep(world.now + remoting::met_within - duration{1});
  EXPECT_TRUE(world.at(0).seen.empty());
  remote.sweep(world.now + remoting::met_within);
  ASSERT_EQ(world.at(0).seen.size(), 2u);
  EXPECT_EQ(world.at(0).seen[0].substr(0, 5), "down ");
  EXPECT_EQ(world.at(0).seen[1].substr(0, 6), "error ");
}

} // namespace
} // namespace chorus
