#include "../../actors/requests/call_message.hpp"
#include "remoting_world.hpp"

#include <chorus/actors/requests/serve_at_most_once.hpp>

#include <caf/actor_cast.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/make_actor.hpp>
#include <caf/monitorable_actor.hpp>
#include <caf/unit.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// A worker that removes duplicates, on node 0, and callers on others. What it remembers of a caller ends
/// with the caller or its life, and not with a relation.
namespace chorus {
namespace {

using namespace std::chrono_literals;

/// Answers at once.
class worker final : public caf::monitorable_actor {
public:
  worker(caf::actor_config& settings, std::size_t& executed)
      : monitorable_actor(settings), executed_(executed) {}

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override {
    ++executed_;
    what->sender->enqueue(ctrl(), what->mid.response_id(), caf::make_message(caf::unit), nullptr);
  }

private:
  std::size_t& executed_;
};

class remote_callers : public testing::Test {
protected:
  remote_callers() {
    world.connect_all();
    world.at(1).remote->keep(ben);
    world.at(2).remote->keep(cleo);
    serve();
  }

  void serve(const requests::duplicate_limits& limits = {}) {
    auto& system = world.at(0).system;
    caf::actor_config settings;
    auto made = caf::make_actor<worker, caf::actor>(
        system.next_actor_id(), system.node(), &system, settings, executed
    );
    stub = serve_at_most_once(made, limits);
  }

  /// A try of the caller's first call comes to the worker: over the link with its node, or delegated by a
  /// third node.
  void call(std::size_t home, const caf::strong_actor_ptr& caller) {
    auto sender = world.at(0).remote->receive_handle({world.at(home).self, caller->id()}, remoting::nobody);
    auto call = requests::tagged_call{1, 1, caf::make_message(std::string{"do it"})};
    caf::actor_cast<caf::strong_actor_ptr>(stub)->enqueue(
        sender, caf::make_message_id(++last_try), caf::make_message(std::move(call)), nullptr
    );
    world.deliver_all();
  }

  life_watch& lives() { return world.at(0).remote->lives(); }

  remoting_world world{3};
  std::size_t executed = 0;
  caf::actor stub;
  caf::strong_actor_ptr ben = world.spawn(1);
  caf::strong_actor_ptr cleo = world.spawn(2);
  std::uint64_t last_try = 0;
};

TEST_F(remote_callers, are_known_in_the_next_relation) {
  call(1, ben);
  EXPECT_EQ(executed, 1);
  world.lose(0, 1);
  world.connect(0, 1);
  call(1, ben);
  EXPECT_EQ(executed, 1);
}

TEST_F(remote_callers, are_known_between_two_relations) {
  call(1, ben);
  world.lose(0, 1);
  call(1, ben);
  EXPECT_EQ(executed, 1);
}

TEST_F(remote_callers, are_not_taken_up_while_they_are_out_of_reach) {
  world.lose(0, 1);
  call(1, ben);
  EXPECT_EQ(executed, 0);
  world.connect(0, 1);
  call(1, ben);
  EXPECT_EQ(executed, 1);
}

TEST_F(remote_callers, are_forgotten_with_their_life) {
  serve({.callers = 1});
  call(1, ben);
  world.lose(0, 1);
  call(2, cleo);
  EXPECT_EQ(executed, 1) << "ben is remembered";
  lives().ended(world.now, world.at(1).self);
  call(2, cleo);
  EXPECT_EQ(executed, 2);
}

TEST_F(remote_callers, are_known_while_a_life_that_has_failed_may_come_back) {
  serve({.callers = 1});
  call(1, ben);
  world.lose(0, 1);
  lives().failed(world.now, world.at(1).self);
  lives().ended(world.now + life_watch::failed_for - 1s, {});
  call(2, cleo);
  EXPECT_EQ(executed, 1) << "ben is remembered";
  lives().ended(world.now + life_watch::failed_for, {});
  call(2, cleo);
  EXPECT_EQ(executed, 2);
}

TEST_F(remote_callers, are_known_when_the_life_that_had_failed_has_come_back) {
  call(1, ben);
  lives().failed(world.now, world.at(1).self);
  lives().returned(world.at(1).self);
  lives().ended(world.now + life_watch::failed_for, {});
  call(1, ben);
  EXPECT_EQ(executed, 1);
}

} // namespace
} // namespace chorus
