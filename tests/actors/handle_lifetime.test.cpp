#include "remoting_world.hpp"

#include <chorus/actors/error.hpp>

#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/default_attachable.hpp>
#include <caf/exit_reason.hpp>
#include <caf/message.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace chorus {
namespace {

/// Three nodes that know each other, and an actor of the first that only the second holds a handle of.
class handle_lifetime : public testing::Test {
protected:
  handle_lifetime() {
    world.connect_all();
    auto actor = world.spawn(0);
    number = actor->id();
    hand_over(0, 1, actor);
  }

  /// Whoever holds a handle can send it; so a fresh actor takes it in at the other node.
  void hand_over(std::size_t from, std::size_t to, const caf::strong_actor_ptr& handle) {
    auto hand = world.spawn(to);
    auto there = remote_of(from, to, hand);
    there->enqueue(nullptr, caf::make_message_id(), caf::make_message(handle), nullptr);
    world.deliver_all();
  }

  /// A proxy at `at` for an actor of `home`, as if it had come with a name.
  caf::strong_actor_ptr remote_of(std::size_t at, std::size_t home, const caf::strong_actor_ptr& actor) {
    auto kept = world.at(home).remote->keep(actor);
    auto handle = world.at(at).remote->receive_handle({world.at(home).self, actor->id()}, remoting::nobody);
    world.deliver_all();
    world.at(home).remote->let_go(*kept);
    return handle;
  }

  bool is_alive() { return world.at(0).actors == 1; }

  remoting_world world{3};
  std::uint64_t number = 0;
};

TEST_F(handle_lifetime, ends_with_the_last_handle_and_the_actor_with_it) {
  world.settle();
  ASSERT_EQ(world.at(1).hands.size(), 1u);
  EXPECT_TRUE(is_alive()) << "ben holds a handle";
  world.at(1).hands.clear();
  EXPECT_TRUE(is_alive()) << "nobody has looked yet";
  world.settle();
  EXPECT_FALSE(is_alive());
  for (std::size_t index = 0; index < 3; ++index) {
    EXPECT_EQ(world.at(index).remote->size().exported, 0u);
    EXPECT_EQ(world.at(index).remote->size().proxies, 0u);
  }
}

TEST_F(handle_lifetime, is_not_over_while_somebody_has_the_address) {
  caf::actor_addr address{caf::actor_cast<caf::actor_addr>(world.at(1).hands.front())};
  world.at(1).hands.clear();
  world.settle();
  EXPECT_TRUE(is_alive());
  EXPECT_TRUE(caf::actor_cast<caf::strong_actor_ptr>(address));
  address = nullptr;
  world.settle();
  EXPECT_FALSE(is_alive());
}

TEST_F(handle_lifetime, of_a_requester_ends_when_its_request_was_dropped_without_an_answer) {
  world.settle();
  auto requester = world.spawn(1);
  caf::message_id request{caf::make_message_id().integer_value() | 1};
  world.at(1).hands.front()->enqueue(requester, request, caf::make_message(std::string{"drop it"}), nullptr);
  requester = nullptr;
  world.deliver_all();
  EXPECT_EQ(world.at(1).actors, 1u) << "nobody has told that there will be no answer";
  world.settle();
  EXPECT_EQ(world.at(1).actors, 0u);
}

TEST_F(handle_lifetime, ends_when_those_who_monitored_the_actor_are_gone) {
  auto observer = world.spawn(1);
  auto& remote = world.at(1).hands.front();
  remote->get()->attach(caf::default_attachable::make_monitor(
      caf::actor_cast<caf::actor_addr>(remote), caf::actor_cast<caf::actor_addr>(observer)
  ));
  world.at(1).hands.clear();
  world.settle();
  EXPECT_TRUE(is_alive());
  observer = nullptr;
  world.settle();
  EXPECT_FALSE(is_alive());
}

TEST_F(handle_lifetime, of_a_linked_actor_is_not_held_by_links_of_those_that_have_ended) {
  auto supervisor = world.spawn(1);
  auto there = remote_of(0, 1, supervisor);
  for (auto workers = 0; workers < 3; ++workers) {
    auto worker = world.spawn(0);
    static_cast<remoting_world::thing*>(supervisor->get())->link_to(remote_of(1, 0, worker));
    world.deliver_all();
    static_cast<remoting_world::thing*>(worker->get())->end(caf::exit_reason::normal);
    worker = nullptr;
    world.settle();
  }
  there = nullptr;
  supervisor = nullptr;
  world.settle();
  EXPECT_EQ(world.at(1).remote->size().exported, 0u);
  EXPECT_EQ(world.at(0).remote->size().proxies, 0u);
}

TEST_F(handle_lifetime, is_not_over_while_somebody_monitors_the_actor) {
  auto observer = world.spawn(1);
  auto handle = std::move(world.at(1).hands.front());
  world.at(1).hands.clear();
  handle->get()->attach(
      caf::default_attachable::make_monitor(handle->get()->address(), observer->get()->address())
  );
  handle = nullptr;
  world.settle();
  EXPECT_TRUE(is_alive());
  auto actor = world.at(0).remote->receive_handle({world.at(0).self, number}, remoting::nobody);
  static_cast<remoting_world::thing*>(actor->get())->end(caf::exit_reason::kill);
  actor = nullptr;
  world.settle();
  EXPECT_EQ(
      world.at(1).seen, std::vector<std::string>{"down " + to_string(caf::error{caf::exit_reason::kill})}
  );
  EXPECT_FALSE(is_alive());
}

TEST_F(handle_lifetime, passes_to_a_third_node_without_a_gap) {
  auto handle = world.at(1).hands.front();
  auto hand = world.spawn(2);
  auto there = remote_of(1, 2, hand);
  there->enqueue(nullptr, caf::make_message_id(), caf::make_message(handle), nullptr);
  // Ben forgets it at once; his messages and his sweep run ahead of what cleo has to say.
  handle = nullptr;
  world.at(1).hands.clear();
  for (auto round = 0; round < 3; ++round)
    world.at(1).remote->sweep(world.now);
  EXPECT_TRUE(is_alive());
  world.settle();
  EXPECT_TRUE(is_alive()) << "cleo holds it now";
  ASSERT_EQ(world.at(2).hands.size(), 1u);
  EXPECT_EQ(world.at(1).remote->size().proxies, 1u) << "of cleo's actor only";
  world.at(2).hands.clear();
  world.settle();
  EXPECT_FALSE(is_alive());
}

TEST_F(handle_lifetime, lasts_until_a_last_message_has_arrived) {
  auto handle = std::move(world.at(1).hands.front());
  world.at(1).hands.clear();
  handle->enqueue(nullptr, caf::make_message_id(), caf::make_message(std::string{"last words"}), nullptr);
  handle = nullptr;
  for (auto round = 0; round < 3; ++round)
    world.at(1).remote->sweep(world.now);
  // The release is for the node, the message for an actor: the link may deliver either first.
  for (std::size_t choice = 0; world.deliver_one(choice); choice = 1 - choice)
    ;
  EXPECT_EQ(world.at(0).seen, std::vector<std::string>{"message"});
  EXPECT_FALSE(is_alive());
}

TEST_F(handle_lifetime, ends_with_the_node_that_held_it) {
  world.lose(0, 1);
  EXPECT_FALSE(is_alive());
}

TEST_F(handle_lifetime, ends_for_the_holder_when_the_home_is_lost) {
  auto handle = world.at(1).hands.front();
  world.lose(1, 0);
  EXPECT_TRUE(static_cast<caf17::remote_actor*>(handle->get())->fail_state());
  EXPECT_EQ(world.at(1).remote->size().proxies, 0u);
}

TEST_F(handle_lifetime, of_an_actor_that_has_ended_tells_why_also_to_who_comes_late) {
  auto handle = world.at(1).hands.front();
  auto actor = world.at(0).remote->receive_handle({world.at(0).self, number}, remoting::nobody);
  static_cast<remoting_world::thing*>(actor->get())->end(caf::exit_reason::out_of_workers);
  hand_over(1, 2, handle);
  ASSERT_EQ(world.at(2).hands.size(), 1u);
  EXPECT_EQ(
      static_cast<caf17::remote_actor*>(world.at(2).hands.front()->get())->fail_state(),
      caf::exit_reason::out_of_workers
  );
  actor = nullptr;
  world.at(2).hands.clear();
  world.at(1).hands.clear();
  world.settle();
  EXPECT_FALSE(is_alive());
}

TEST_F(handle_lifetime, of_an_actor_that_has_ended_tells_who_comes_late_only_the_code_of_a_long_reason) {
  for (std::size_t length : {std::size_t{900}, remote_node::remembered_reason_bytes}) {
    auto actor = world.spawn(0);
    auto kept = world.at(0).remote->keep(actor);
    auto hand = world.spawn(1);
    auto there = remote_of(0, 1, hand);
    there->enqueue(nullptr, caf::make_message_id(), caf::make_message(actor), nullptr);
    // The handle is still on its way when the end overtakes it.
    caf::error reason{7, caf::atom("tests"), caf::make_message(std::string(length, 'x'))};
    static_cast<remoting_world::thing*>(actor->get())->end(reason);
    world.deliver_first([](const auto& lane) {
      return lane.channel == channels::actors && lane.pair.receiver == 0;
    });
    world.at(1).hands.clear();
    world.deliver_all();
    ASSERT_EQ(world.at(1).hands.size(), 1u);
    auto told = static_cast<caf17::remote_actor*>(world.at(1).hands.front()->get())->fail_state();
    EXPECT_EQ(told.code(), 7);
    EXPECT_EQ(told.context().empty(), length == remote_node::remembered_reason_bytes);
    world.at(0).remote->let_go(*kept);
  }
}

TEST_F(handle_lifetime, ends_without_a_reason_as_that_of_a_local_actor) {
  auto handle = world.at(1).hands.front();
  auto actor = world.at(0).remote->receive_handle({world.at(0).self, number}, remoting::nobody);
  static_cast<remoting_world::thing*>(actor->get())->end({});
  world.deliver_all();
  EXPECT_EQ(world.at(1).remote->size().proxies, 0u);
  EXPECT_FALSE(static_cast<caf17::remote_actor*>(handle->get())->fail_state());
}

TEST_F(handle_lifetime, of_a_message_that_finds_no_link_any_more_is_taken_back) {
  auto hand = world.spawn(2);
  auto there = remote_of(1, 2, hand);
  auto handle = std::move(world.at(1).hands.front());
  world.at(1).hands.clear();
  world.at(1).links.at(world.at(2).self).actors->close();
  there->enqueue(nullptr, caf::make_message_id(), caf::make_message(handle), nullptr);
  there = handle = nullptr;
  world.settle();
  EXPECT_FALSE(is_alive());
}

TEST_F(handle_lifetime, of_a_message_that_the_link_gives_back_is_taken_back) {
  auto hand = world.spawn(2);
  auto there = remote_of(1, 2, hand);
  auto handle = std::move(world.at(1).hands.front());
  world.at(1).hands.clear();
  world.deliver_all();
  there->enqueue(nullptr, caf::make_message_id(), caf::make_message(handle), nullptr);
  auto batch = world.at(1).links.at(world.at(2).self).actors->take();
  ASSERT_EQ(batch.messages.size(), 1u);
  auto& message = batch.messages.front();
  world.at(1).remote->bounce(
      world.at(2).self,
      {message.pair, std::move(message.payload), link::refused::why::overloaded, channels::actors}
  );
  there = handle = nullptr;
  world.settle();
  EXPECT_FALSE(is_alive());
}

TEST_F(handle_lifetime, ends_with_the_last_handle_also_after_a_message_that_the_link_gave_back) {
  auto handle = world.at(1).hands.front();
  world.at(1).hands.clear();
  auto give_back = [&] {
    auto& link = *world.at(1).links.at(world.at(0).self).actors;
    auto batch = link.take();
    ASSERT_EQ(batch.messages.size(), 1u);
    auto& message = batch.messages.front();
    link.release(message.payload.size() + link::message_overhead);
    world.at(1).remote->bounce(
        world.at(0).self,
        {message.pair, std::move(message.payload), link::refused::why::overloaded, channels::actors}
    );
  };
  handle->enqueue(nullptr, caf::make_message_id(), caf::make_message(1), nullptr);
  give_back();
  handle = nullptr;
  world.settle();
  EXPECT_FALSE(is_alive());
}

TEST_F(handle_lifetime, is_not_prolonged_by_a_message_to_a_node_that_is_never_met) {
  auto actor = world.at(0).remote->receive_handle({world.at(0).self, number}, remoting::nobody);
  peer nowhere{{0, 99}, {1}};
  auto there = world.at(0).remote->receive_handle({nowhere, 5}, remoting::nobody);
  caf::message_id request{caf::make_message_id().integer_value() | 1};
  there->enqueue(actor, request, caf::make_message(1), nullptr);
  world.at(0).remote->sweep(world.now);
  world.now += remoting::met_within;
  world.at(0).remote->sweep(world.now);
  there = actor = nullptr;
  world.at(1).hands.clear();
  world.settle();
  EXPECT_FALSE(is_alive());
}

TEST_F(handle_lifetime, is_not_prolonged_by_a_link_to_an_actor_whose_node_is_lost_at_once) {
  auto observer = world.spawn(1);
  static_cast<remoting_world::thing*>(observer->get())->link_to(world.at(1).hands.front());
  world.at(1).hands.clear();
  world.lose(1, 0);
  world.deliver_all(); // only now the other node would be told
  auto before = world.at(1).actors;
  observer = nullptr;
  EXPECT_EQ(world.at(1).actors, before - 1);
}

TEST_F(handle_lifetime, cannot_be_ended_by_a_node_that_has_nothing_to_do_with_it) {
  auto handle = world.at(1).hands.front();
  auto hand = world.spawn(2);
  auto there = remote_of(1, 2, hand);
  there->enqueue(nullptr, caf::make_message_id(), caf::make_message(handle), nullptr);
  ASSERT_EQ(world.at(1).remote->size().introduced, 1u);
  peer dan{{0, 9}, {1}};
  auto way = std::make_shared<outbox>(limits::send_buffer_bytes, limits::send_reserve_bytes, [] {});
  world.at(1).remote->add_link(dan, {way, way});
  auto say_that_cleo_has_it = [&](const peer& from) {
    shared_bytes bytes{encode_notice(notice::introduced, introduction{{world.at(0).self, number}})};
    world.at(1).remote->deliver(from, {{}, std::move(bytes), 1, channels::handles});
  };
  for (auto& stranger : {dan, world.at(0).self}) {
    say_that_cleo_has_it(stranger);
    EXPECT_EQ(world.at(1).remote->size().introduced, 1u) << "only the newcomer can know";
  }
  say_that_cleo_has_it(world.at(2).self);
  EXPECT_EQ(world.at(1).remote->size().introduced, 0u);
}

TEST_F(handle_lifetime, passes_to_a_node_that_has_lost_the_home_without_a_leak) {
  auto handle = world.at(1).hands.front();
  auto hand = world.spawn(2);
  auto there = remote_of(1, 2, hand);
  world.lose(2, 0);
  there->enqueue(nullptr, caf::make_message_id(), caf::make_message(handle), nullptr);
  world.deliver_all();
  EXPECT_EQ(world.at(2).hands.size(), 1u);
  EXPECT_EQ(world.at(1).remote->size().introduced, 0u);
}

TEST_F(handle_lifetime, passes_to_a_node_that_loses_the_home_meanwhile_without_a_leak) {
  auto handle = world.at(1).hands.front();
  auto hand = world.spawn(2);
  auto there = remote_of(1, 2, hand);
  there->enqueue(nullptr, caf::make_message_id(), caf::make_message(handle), nullptr);
  while (world.at(2).hands.empty() && world.deliver_one())
    ;
  world.lose(2, 0);
  world.deliver_all();
  EXPECT_EQ(world.at(1).remote->size().introduced, 0u);
}

TEST_F(handle_lifetime, is_told_later_if_the_link_is_full) {
  world.at(1).hands.clear();
  auto& link = *world.at(1).links.at(world.at(0).self).handles;
  constexpr auto part = limits::send_buffer_bytes / 16 - link::message_overhead;
  for (auto i = 0; i < 16; ++i)
    ASSERT_EQ(link.send({{1, 2}, link::urgency::ordinary, shared_bytes{byte_buffer(part)}}), errc::none);
  for (auto round = 0; round < 3; ++round)
    world.at(1).remote->sweep(world.now);
  EXPECT_EQ(world.at(1).remote->size().proxies, 0u);
  auto queued = link.take().messages;
  EXPECT_EQ(queued.size(), 16u) << "no room that is kept for what must arrive now was taken";
  EXPECT_TRUE(is_alive());
  link.release(limits::send_buffer_bytes);
  world.settle();
  EXPECT_FALSE(is_alive());
}

TEST(handles, of_a_name_are_counted_once_however_often_it_is_looked_up) {
  remoting_world world{2};
  world.connect_all();
  auto actor = world.spawn(0);
  auto kept = world.at(0).remote->keep(actor);
  auto look_up = [&] {
    return world.at(1).remote->receive_handle({world.at(0).self, actor->id()}, remoting::nobody);
  };
  auto handle = look_up();
  EXPECT_EQ(world.at(1).links.at(world.at(0).self).handles->take().messages.size(), 1u);
  EXPECT_EQ(look_up(), handle);
  EXPECT_TRUE(world.at(1).links.at(world.at(0).self).handles->take().messages.empty());
  world.at(0).remote->let_go(*kept);
}

TEST(handles, of_several_nodes_are_looked_through_in_one_round_each) {
  constexpr std::size_t nodes = 3;
  remoting_world world{nodes};
  world.connect_all();
  auto& remote = *world.at(0).remote;
  std::vector<caf::strong_actor_ptr> handles;
  for (std::size_t home = 1; home < nodes; ++home)
    for (std::uint64_t actor = 1; actor <= home * remoting::sweep_budget; ++actor)
      handles.push_back(remote.receive_handle({world.at(home).self, actor}, remoting::nobody));
  auto calls = 1;
  while (remote.sweep(world.now) == world.now + remoting::sweep_pause)
    ++calls;
  // Each call looks at as many entries and empty places of the table of the largest one.
  EXPECT_LE(calls, 8);
}

TEST(handles, fail_open_requests_when_the_node_stops_and_hold_who_waits_until_then) {
  remoting_world world{2};
  auto& remote = *world.at(0).remote;
  auto ask = [&](const peer& home) {
    auto requester = world.spawn(0);
    caf::message_id request{caf::make_message_id().integer_value() | 1};
    remote.receive_handle({home, 5}, remoting::nobody)
        ->enqueue(requester, request, caf::make_message(std::string{"anybody?"}), nullptr);
  };
  world.connect(0, 1);
  ask(world.at(1).self);
  ask({{0, 99}, {1}}); // not met
  remote.stop();
  EXPECT_EQ(world.at(0).seen.size(), 2u);
  for (auto& each : world.at(0).seen)
    EXPECT_EQ(each.substr(0, 6), "error ") << each;
}

} // namespace
} // namespace chorus
