#include "end_of_a_node.hpp"

#include <caf/actor_registry.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <chrono>
#include <malloc.h>
#include <thread>
#include <vector>

/// Threads, handles and actors that outlive their node.
namespace chorus {
namespace {

using namespace std::chrono_literals;

TEST(node_end, is_survived_by_threads_that_send) {
  for (auto scheduler : {"sharing", "stealing"}) {
    std::atomic<bool> done = false;
    std::atomic<int> sent_after = 0;
    std::atomic<bool> has_ended = false;
    std::thread sender;
    {
      auto node = open_node([&](config& settings) {
        settings.scheduler = scheduler;
        settings.drain_within = {}; // the actor is never idle
      });
      auto target = node.system().spawn(worker);
      sender = std::thread{[&, target] {
        while (!done) {
          caf::anon_send(target, 1);
          if (has_ended)
            ++sent_after;
        }
      }};
    }
    has_ended = true;
    while (sent_after < 1000)
      std::this_thread::yield();
    done = true;
    sender.join();
    EXPECT_TRUE(everything_is_reclaimed());
  }
}

TEST(node_end, is_survived_by_threads_that_have_spawned_actors) {
  event spawned;
  event ended;
  std::thread spawner;
  {
    auto node = open_node();
    spawner = std::thread{[&] {
      { caf::scoped_actor self{node.system()}; }
      spawned.happen();
      EXPECT_TRUE(ended.wait());
    }};
    EXPECT_TRUE(spawned.wait());
  }
  EXPECT_EQ(nodes_in_memory(), 1U) << "CAF keeps a reference in the thread";
  ended.happen();
  spawner.join();
  EXPECT_TRUE(everything_is_reclaimed());
}

/// Spawned behind the node's back.
class unseen_actor : public caf::event_based_actor {
public:
  using event_based_actor::event_based_actor;

protected:
  caf::behavior make_behavior() override { return worker(); }
};

std::vector<caf::strong_actor_ptr> spawn_unseen(caf::actor_system& system, std::size_t number) {
  std::vector<caf::strong_actor_ptr> spawned;
  while (spawned.size() < number) {
    caf::actor_config settings{system.dummy_execution_unit()};
    auto unseen = caf::make_actor<unseen_actor, caf::strong_actor_ptr>(
        system.next_actor_id(), system.node(), &system, settings
    );
    auto& actor = static_cast<unseen_actor&>(*unseen->get());
    actor.launch(system.dummy_execution_unit(), false, false);
    spawned.push_back(std::move(unseen));
  }
  return spawned;
}

/// More than CAF's clock takes when its thread has ended.
TEST(node_end, is_survived_by_any_number_of_actors_that_were_not_seen) {
  std::vector<caf::strong_actor_ptr> held;
  {
    auto node = open_node();
    held = spawn_unseen(node.system(), 200);
  }
  std::size_t ended = 0;
  for (auto& actor : held) {
    caf::anon_send(caf::actor_cast<caf::actor>(actor), 1);
    actor->get()->attach_functor([&](const caf::error&) { ++ended; });
  }
  EXPECT_EQ(ended, held.size()) << "an actor that gets a message after the end ends";
  held.clear();
  EXPECT_TRUE(everything_is_reclaimed());
}

/// With one call in another, they would need more stack than a thread has.
TEST(node_end, is_survived_by_a_long_chain_of_actors_that_end_one_another) {
  for (auto scheduler : {"sharing", "stealing"}) {
    std::vector<caf::strong_actor_ptr> held;
    {
      auto node = open_node([&](config& settings) { settings.scheduler = scheduler; });
      held = spawn_unseen(node.system(), 30'000);
    }
    std::size_t ended = 0;
    for (std::size_t place = 0; place < held.size(); ++place)
      held[place]->get()->attach_functor([&, place](const caf::error&) {
        ++ended;
        if (place + 1 < held.size())
          caf::anon_send(caf::actor_cast<caf::actor>(held[place + 1]), 1);
      });
    caf::anon_send(caf::actor_cast<caf::actor>(held.front()), 1);
    EXPECT_EQ(ended, held.size());
    held.clear();
    EXPECT_TRUE(everything_is_reclaimed());
  }
}

TEST(node_end, is_survived_by_threads_that_send_to_remote_actors) {
  std::atomic<bool> done = false;
  std::atomic<int> sent_after = 0;
  std::atomic<bool> has_ended = false;
  std::vector<std::thread> senders;
  {
    cluster nodes;
    nodes.add("ada");
    nodes.add("ben", [](config& settings) { settings.leave_within = {}; });
    EXPECT_FALSE(nodes.at(0).announce("worker", nodes.at(0).system().spawn(worker)));
    auto found = nodes.at(1).find("worker", patience);
    ASSERT_TRUE(found);
    for (int count = 0; count < 2; ++count)
      senders.emplace_back([&, target = *found] {
        while (!done) {
          caf::anon_send(target, 1);
          if (has_ended)
            ++sent_after;
        }
      });
    mallopt(M_PERTURB, 0xa5); // a use of freed memory shows without a sanitizer
    nodes.remove(1);
    has_ended = true;
    while (sent_after < 1000)
      std::this_thread::yield();
    done = true;
  }
  for (auto& sender : senders)
    sender.join();
  EXPECT_TRUE(everything_is_reclaimed());
}

TEST(node_end, is_survived_by_handles_of_remote_actors) {
  caf::actor remote;
  {
    cluster nodes;
    nodes.add("ada");
    nodes.add("ben");
    EXPECT_FALSE(nodes.at(0).announce("worker", nodes.at(0).system().spawn(worker)));
    auto found = nodes.at(1).find("worker", patience);
    ASSERT_TRUE(found);
    remote = *found;
    nodes.remove(1);
    caf::anon_send(remote, 1);
  }
  caf::anon_send(remote, 1);
  remote = nullptr;
  EXPECT_TRUE(everything_is_reclaimed());
}

} // namespace
} // namespace chorus
