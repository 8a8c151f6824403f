#include "end_of_a_node.hpp"

#include <caf/blocking_actor.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <utility>

/// A node that ends although one of its actors does not.
namespace chorus {
namespace {

using testing::HasSubstr;

TEST(node_end, leaves_behind_and_names_a_blocking_actor_that_does_not_listen) {
  caf::actor deaf;
  auto logged = logged_by([&] {
    auto node = open_node(be_impatient);
    deaf = node.system().spawn([](caf::blocking_actor* self) { self->receive([](end_atom) {}); });
  });
  EXPECT_THAT(logged, HasSubstr("not ended 0.1 s after being asked to quit (quit_within)"));
  EXPECT_THAT(logged, HasSubstr("actor " + std::to_string(deaf.id()) + " (blocking)"));
  EXPECT_EQ(nodes_in_memory(), 1U);
  caf::anon_send(deaf, end_atom::value); // it lives on
  deaf = nullptr;
  EXPECT_TRUE(everything_is_reclaimed());
}

struct stuck_state {};

TEST(node_end, leaves_behind_and_names_an_actor_whose_handler_does_not_return) {
  event entered;
  event released;
  auto logged = logged_by([&] {
    auto node = open_node(be_impatient);
    caf::anon_send(
        node.system().spawn([&](caf::stateful_actor<stuck_state>*) -> caf::behavior {
          return {[&](ask_atom) {
            entered.happen();
            EXPECT_TRUE(released.wait());
          }};
        }),
        ask_atom::value
    );
    ASSERT_TRUE(entered.wait());
  });
  EXPECT_THAT(logged, HasSubstr("leaving although actors are still at work after 0.05 s (drain_within):"));
  EXPECT_THAT(logged, HasSubstr("not ended 0.1 s after being asked to quit (quit_within)"));
  EXPECT_THAT(logged, HasSubstr("stuck_state)"));
  // Its node's threads are waited for, and then all of it is destroyed, by a thread of its own.
  released.happen();
  EXPECT_TRUE(everything_is_reclaimed());
}

TEST(node_end, is_not_waited_for_in_a_thread_of_its_own_actors) {
  for (bool detached : {false, true}) {
    event_log log;
    auto node = std::make_shared<chorus::node>(open_node());
    auto weak = std::weak_ptr{node};
    auto owner = [&log, node](caf::event_based_actor* self) mutable {
      log_end(caf::actor{self}, log);
      return caf::behavior{[owned = std::move(node)](end_atom) mutable { owned.reset(); }};
    };
    auto& system = node->system();
    auto actor = detached ? system.spawn<caf::detached>(std::move(owner)) : system.spawn(std::move(owner));
    node = nullptr;
    caf::anon_send(actor, end_atom::value);
    EXPECT_TRUE(log.wait_for("quit"));
    EXPECT_TRUE(weak.expired());
    actor = nullptr;
    EXPECT_TRUE(everything_is_reclaimed());
  }
}

} // namespace
} // namespace chorus
