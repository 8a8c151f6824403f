#include "remoting_world.hpp"

#include <chorus/runtime/random.hpp>

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
      auto* remote = dynamic_cast<const caf17::remote_actor*>(handle->get());
      auto is_at_home = remote == nullptr ? world.at(one.first).system.node() == handle->node()
                                          : world.at(one.first).self == remote->reference().home;
      return one.second == handle->id() && is_at_home;
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
        // For one that ended before, whoever still holds it has a dead proxy.
        if (auto* alive = dynamic_cast<remoting_world::thing*>(actor->get()))
          alive->end(caf::exit_reason::kill);
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
    EXPECT_EQ(world.at(index).remote->size().proxies, 0u) << "node " << index;
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
