#include "end_of_a_node.hpp"

#include <chorus/actors/fate.hpp>
#include <chorus/actors/requests/caller.hpp>

#include <caf/actor_registry.hpp>
#include <caf/blocking_actor.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gmock/gmock.h>

#include <chrono>
#include <thread>
#include <vector>

/// What happens to actors, and to what they wait for, when their node ends.
namespace chorus {
namespace {

using namespace std::chrono_literals;

TEST(node_end, asks_its_actors_to_quit_although_they_are_held) {
  event_log log;
  caf::actor held;
  {
    auto node = open_node();
    held = node.system().spawn(worker);
    log_end(held, log);
  }
  EXPECT_THAT(log.all(), testing::ElementsAre("quit"));
  caf::anon_send(held, 1); // dropped
  EXPECT_EQ(nodes_in_memory(), 1U) << "the handle refers to it";
  held = nullptr;
  EXPECT_TRUE(everything_is_reclaimed());
}

TEST(node_end, leaves_nothing_behind_when_no_handle_is_left) {
  { auto node = open_node(); }
  EXPECT_TRUE(everything_is_reclaimed());
}

TEST(node_end, ends_actors_in_the_registry_of_caf) {
  event_log log;
  {
    auto node = open_node();
    auto by_name = node.system().spawn(worker);
    auto by_number = node.system().spawn(worker);
    for (auto& actor : {by_name, by_number})
      log_end(actor, log);
    node.system().registry().put(caf::atom("worker"), by_name);
    node.system().registry().put(by_number->id(), by_number);
  }
  EXPECT_THAT(log.all(), testing::ElementsAre("quit", "quit"));
  EXPECT_TRUE(everything_is_reclaimed());
}

TEST(node_end, ends_detached_actors) {
  event_log log;
  caf::actor held;
  {
    auto node = open_node();
    held = node.system().spawn<caf::detached>(worker);
    log_end(held, log);
  }
  EXPECT_THAT(log.all(), testing::ElementsAre("quit"));
  held = nullptr; // CAF ends its thread only now
  EXPECT_TRUE(everything_is_reclaimed());
}

TEST(node_end, ends_blocking_actors_that_listen) {
  event_log log;
  {
    auto node = open_node();
    log_end(
        node.system().spawn([](caf::blocking_actor* self) { self->receive([](caf::exit_msg&) {}); }), log
    );
  }
  EXPECT_EQ(log.all().size(), 1U);
  EXPECT_TRUE(everything_is_reclaimed());
}

TEST(node_end, ends_actors_that_actors_spawn_while_they_end) {
  event_log log;
  std::vector<caf::actor> held;
  {
    auto node = open_node();
    node.system().registry().put(
        caf::atom("parent"), node.system().spawn([&](caf::event_based_actor* self) -> caf::behavior {
          self->set_exit_handler([&, self](const caf::exit_msg&) {
            held.push_back(self->spawn(worker));
            log_end(held.back(), log);
            self->quit();
          });
          return worker();
        })
    );
  }
  EXPECT_THAT(log.all(), testing::ElementsAre("quit"));
  held.clear();
  EXPECT_TRUE(everything_is_reclaimed());
}

TEST(node_end, kills_actors_that_do_not_quit) {
  event_log log;
  caf::actor held;
  {
    auto node = open_node([](config& settings) { settings.quit_within = 100ms; });
    held = node.system().spawn(stubborn);
    log_end(held, log);
  }
  EXPECT_TRUE(log.wait_for(to_string(caf::make_error(caf::exit_reason::kill))));
  held = nullptr;
  EXPECT_TRUE(everything_is_reclaimed());
}

TEST(node_end, lets_actors_use_their_node_until_they_have_ended) {
  event_log log;
  caf::actor user;
  {
    auto node = open_node();
    user = node.system().spawn([&](caf::event_based_actor* self) {
      self->set_exit_handler([&, self](const caf::exit_msg&) {
        node.names().withdraw("worker");
        EXPECT_EQ(node.announce("other", self).code, errc::unavailable);
        EXPECT_EQ(node.find("worker"), caf::actor{});
        EXPECT_TRUE(node.names().list().empty());
        EXPECT_TRUE(node.members().list().empty());
        EXPECT_EQ(node.members().update_metadata({}).code, errc::unavailable);
        EXPECT_EQ(node.counters().exported_actors, 0U);
        node.members().subscribe_all(self);
        node.links().when_writable(self, self);
        node.request_stop();
        node.stop();
        self->quit(caf::exit_reason::user_shutdown);
      });
      return worker();
    });
    log_end(user, log);
    EXPECT_FALSE(node.announce("worker", user));
  }
  EXPECT_THAT(log.all(), testing::ElementsAre("quit"));
  user = nullptr;
  EXPECT_TRUE(everything_is_reclaimed());
}

TEST(node_end, drops_messages_that_are_to_be_sent_later) {
  {
    auto node = open_node();
    auto target = node.system().spawn([](caf::event_based_actor* self) {
      self->delayed_send(self, 1h, 1);
      return worker();
    });
    caf::delayed_anon_send(target, 1h, 2);
  }
  EXPECT_TRUE(everything_is_reclaimed());
}

TEST(node_end, comes_before_another_node_takes_its_place) {
  event_log log;
  auto node = open_node();
  auto held = node.system().spawn([&, old = node.self().who](caf::event_based_actor* self) {
    self->set_exit_handler([&, old, self](const caf::exit_msg&) {
      EXPECT_EQ(node.self().who, old);
      self->quit(caf::exit_reason::user_shutdown);
    });
    return worker();
  });
  log_end(held, log);
  node = open_node();
  EXPECT_THAT(log.all(), testing::ElementsAre("quit"));
}

TEST(node_end, ends_the_calls_that_threads_wait_for) {
  event asked;
  event_log log;
  std::thread asking;
  {
    auto node = open_node([](config& settings) { settings.drain_within = {}; });
    auto silent = node.system().spawn([&](caf::event_based_actor* self) -> caf::behavior {
      return {[&, self](ask_atom) {
        self->make_response_promise();
        asked.happen();
      }};
    });
    asking = std::thread{[&] {
      caf::scoped_actor self{node.system()};
      caller calls{self};
      at_least_once again{{patience, 1ms, 1ms, patience, 10}, [] { return caf::actor{}; }};
      calls.request(silent, again, ask_atom::value)
          .receive(
              [&](int) { log.add("answered"); },
              [&](const caf::error& reason) { log.add(to_string(fate(reason))); }
          );
    }};
    EXPECT_TRUE(asked.wait());
  }
  EXPECT_TRUE(log.wait_for("unknown"));
  asking.join();
}

} // namespace
} // namespace chorus
