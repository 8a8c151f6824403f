#include "remoting_world.hpp"

#include <chorus/actors/error.hpp>
#include <chorus/runtime/random.hpp>

#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/default_attachable.hpp>
#include <caf/exit_reason.hpp>
#include <caf/message.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
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

  /// A stand-in at `at` for an actor of `home`, as if it had come with a name.
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
    EXPECT_EQ(world.at(index).remote->size().stand_ins, 0u);
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
  EXPECT_EQ(world.at(1).remote->size().stand_ins, 1u) << "of cleo's actor only";
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
  EXPECT_EQ(world.at(1).remote->size().stand_ins, 0u);
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

TEST_F(handle_lifetime, of_a_message_that_finds_no_link_any_more_is_taken_back) {
  auto hand = world.spawn(2);
  auto there = remote_of(1, 2, hand);
  auto handle = std::move(world.at(1).hands.front());
  world.at(1).hands.clear();
  world.at(1).links.at(world.at(2).self)->close();
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
  auto batch = world.at(1).links.at(world.at(2).self)->take();
  ASSERT_EQ(batch.messages.size(), 1u);
  auto& message = batch.messages.front();
  world.at(1).remote->bounce(
      world.at(2).self, {message.pair, std::move(message.payload), link::refused::why::overloaded}
  );
  there = handle = nullptr;
  world.settle();
  EXPECT_FALSE(is_alive());
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

struct carelessness {
  std::size_t sent = 0;
  std::size_t dropped = 0;
  std::size_t ended = 0;
};

/// Whatever nodes do with handles, and in whatever order the links deliver: who holds a handle can use it,
/// and when nobody holds any, nothing is left.
void be_careless(std::uint64_t seed, carelessness& count) {
  constexpr std::size_t nodes = 3;
  constexpr std::size_t steps = 600;
  random_generator chance{seed};
  remoting_world world{nodes};
  world.connect_all();
  auto any_hand = [&](std::size_t at) {
    auto& hands = world.at(at).hands;
    return hands.empty() ? nullptr : hands[chance.below(hands.size())];
  };
  // Everybody knows one actor of everybody from the start, so that there is whom to send to.
  std::vector<caf::strong_actor_ptr> roots;
  for (std::size_t home = 0; home < nodes; ++home) {
    roots.push_back(world.spawn(home));
    world.at(home).remote->keep(roots.back());
    for (std::size_t at = 0; at < nodes; ++at)
      if (at != home)
        world.at(at).hands.push_back(
            world.at(at).remote->receive_handle({world.at(home).self, roots.back()->id()}, remoting::nobody)
        );
  }
  auto is_root = [&](const caf::strong_actor_ptr& actor) {
    return std::find(roots.begin(), roots.end(), actor) != roots.end();
  };
  std::set<std::pair<std::size_t, std::uint64_t>> ended; ///< node and number
  auto is_usable = [&](const caf::strong_actor_ptr& handle) {
    auto was_ended = [&](auto& one) {
      return one.second == handle->id() && world.at(one.first).system.node() == handle->node();
    };
    return !static_cast<caf::monitorable_actor*>(handle->get())->fail_state()
           || std::any_of(ended.begin(), ended.end(), was_ended);
  };
  for (std::size_t step = 0; step < steps; ++step) {
    auto at = chance.below(nodes);
    auto& hands = world.at(at).hands;
    switch (chance.below(10)) {
    case 0:
      if (auto to = any_hand(at)) // given away at once: only others keep it
        to->enqueue(nullptr, caf::make_message_id(), caf::make_message(world.spawn(at)), nullptr);
      break;
    case 1:
    case 2:
      if (auto to = any_hand(at), what = any_hand(at); to) {
        to->enqueue(any_hand(at), caf::make_message_id(), caf::make_message(what), nullptr);
        ++count.sent;
      }
      break;
    case 3:
    case 4:
      if (!hands.empty()) {
        std::swap(hands[chance.below(hands.size())], hands.back());
        hands.pop_back();
        ++count.dropped;
      }
      break;
    case 5:
      world.at(at).remote->sweep(world.now);
      world.at(at).remote->sweep(world.now);
      break;
    case 6:
      if (auto actor = any_hand(at);
          actor && !is_root(actor) && actor->node() == world.at(at).system.node()) {
        ended.emplace(at, actor->id());
        static_cast<remoting_world::thing*>(actor->get())->end(caf::exit_reason::kill);
      }
      break;
    default:
      world.deliver_one(chance.below(1000));
    }
    for (std::size_t index = 0; index < nodes; ++index)
      for (auto& handle : world.at(index).hands)
        ASSERT_TRUE(is_usable(handle)) << "step " << step << ", node " << index;
  }
  count.ended += ended.size();
  world.deliver_all();
  for (std::size_t index = 0; index < nodes; ++index) {
    for (auto& handle : world.at(index).hands)
      EXPECT_TRUE(is_usable(handle));
    world.at(index).hands.clear();
    world.at(index).remote->let_go(roots[index]->id());
  }
  roots.clear();
  world.settle();
  for (std::size_t index = 0; index < nodes; ++index) {
    EXPECT_EQ(world.at(index).actors, 0u) << "node " << index;
    EXPECT_EQ(world.at(index).remote->size().remembered, 0u) << "node " << index;
    EXPECT_EQ(world.at(index).remote->size().stand_ins, 0u) << "node " << index;
    EXPECT_EQ(world.at(index).remote->size().ends, 0u) << "node " << index;
  }
}

TEST(careless_nodes, neither_lose_an_actor_nor_keep_one) {
  carelessness count;
  for (std::uint64_t seed = 1; seed <= 300 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    be_careless(seed, count);
  }
  EXPECT_GT(count.sent, 0u);
  EXPECT_GT(count.dropped, 0u);
  EXPECT_GT(count.ended, 0u);
}

} // namespace
} // namespace chorus
