#include "../../actors/caf17/lasting_system.hpp"
#include "../../actors/ending.hpp"
#include "cluster.hpp"

#include <chorus/actors/fate.hpp>
#include <chorus/actors/requests/caller.hpp>
#include <chorus/runtime/limits.hpp>

#include <caf/actor_registry.hpp>
#include <caf/blocking_actor.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <malloc.h>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

/// What is left when a node ends: actors, their handles, threads that send.
namespace chorus {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

using ask_atom = caf::atom_constant<caf::atom("ask")>;
using end_atom = caf::atom_constant<caf::atom("end")>;

/// Something that happens once, for threads to wait for.
class event {
public:
  void happen() {
    std::lock_guard guard{mutex_};
    happened_ = true;
    changed_.notify_all();
  }

  /// False after `patience`.
  bool wait() {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, patience, [this] { return happened_; });
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool happened_ = false;
};

node open_node(const std::function<void(config&)>& change = {}) {
  config settings;
  settings.log_level = "warn";
  settings.quit_within = patience;
  if (change)
    change(settings);
  auto opened = node::open(std::move(settings));
  EXPECT_TRUE(opened) << to_string(opened.failure());
  return std::move(*opened);
}

void be_impatient(config& settings) {
  settings.drain_within = 50ms;
  settings.quit_within = 100ms;
}

caf::behavior worker() {
  return {[](int number) { return number; }};
}

/// Quits only when it is killed.
caf::behavior stubborn(caf::event_based_actor* self) {
  self->set_exit_handler([](const caf::exit_msg&) {});
  return worker();
}

/// Adds `how` to the log when the actor has ended.
void log_end(const caf::actor& actor, event_log& log) {
  actor->attach_functor([&log](const caf::error& reason) {
    log.add(reason == caf::exit_reason::user_shutdown ? "quit" : to_string(reason));
  });
}

/// How many nodes are in memory, or something of them.
std::size_t nodes_in_memory() {
  caf17::lasting_system::reclaim();
  return caf17::lasting_system::count();
}

/// Nothing of any node is in memory, so no actor of one runs. Waits for that.
bool everything_is_reclaimed() {
  auto deadline = std::chrono::steady_clock::now() + patience;
  while (nodes_in_memory() > 0)
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    else
      std::this_thread::yield();
  return true;
}

/// Runs `act` and gives what was logged meanwhile.
template <class Act>
std::string logged_by(Act&& act) {
  testing::internal::CaptureStderr();
  act();
  return testing::internal::GetCapturedStderr();
}

// -- actors that quit ---------------------------------------------------------------------------------

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

/// Without a node: nothing but the test's actors is to end.
class actors_to_end : public testing::Test {
protected:
  actors_to_end() { home_->set_node({{1, 1}, {1}}); }

  caf::actor_system& system() { return home_->system(); }

  bool end(duration quit_within, duration killed_within) {
    return end_actors(home_->actors(), quit_within, killed_within, log_);
  }

  void expect_to_be_reclaimed() {
    home_->stop();
    home_ = nullptr;
    EXPECT_TRUE(everything_is_reclaimed());
  }

  std::ostringstream text_;

private:
  spdlog::logger log_{"test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_)};
  std::shared_ptr<caf17::lasting_system> home_ = caf17::lasting_system::make("sharing", 1);
};

TEST_F(actors_to_end, are_waited_for_when_they_are_killed) {
  system().spawn(worker);
  auto held = system().spawn(stubborn);
  EXPECT_TRUE(end({}, patience));
  EXPECT_EQ(text_.str(), "");
  held = nullptr;
  expect_to_be_reclaimed();
}

TEST_F(actors_to_end, are_named_if_they_do_not) {
  std::vector<caf::actor> deaf;
  for (auto expected : {"1 actor has not ended 0.1 s", "2 actors have not ended 0.1 s"}) {
    deaf.push_back(system().spawn([](caf::blocking_actor* self) { self->receive([](end_atom) {}); }));
    EXPECT_FALSE(end(100ms, {}));
    EXPECT_THAT(text_.str(), HasSubstr(expected));
    EXPECT_THAT(text_.str(), HasSubstr("actor " + std::to_string(deaf.back().id()) + " 'blocking_actor'"));
  }
  for (auto& actor : deaf)
    caf::anon_send(actor, end_atom::value);
  deaf.clear();
  expect_to_be_reclaimed();
}

TEST(node_end, lets_actors_use_their_node_until_they_have_ended) {
  event_log log;
  caf::actor user;
  {
    auto node = open_node();
    user = node.system().spawn([&](caf::event_based_actor* self) {
      self->set_exit_handler([&, self](const caf::exit_msg&) {
        node.withdraw("worker");
        EXPECT_EQ(node.announce("other", self).code, errc::unavailable);
        EXPECT_EQ(node.find("worker"), caf::actor{});
        EXPECT_TRUE(node.list().empty());
        EXPECT_TRUE(node.members().empty());
        EXPECT_EQ(node.update_metadata({}).code, errc::unavailable);
        EXPECT_EQ(node.counters().exported_actors, 0U);
        node.subscribe_all(self);
        node.when_writable(self, self);
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

// -- actors that do not end ---------------------------------------------------------------------------

TEST(node_end, leaves_behind_and_names_a_blocking_actor_that_does_not_listen) {
  caf::actor deaf;
  auto logged = logged_by([&] {
    auto node = open_node(be_impatient);
    deaf = node.system().spawn([](caf::blocking_actor* self) { self->receive([](end_atom) {}); });
  });
  EXPECT_THAT(logged, HasSubstr("not ended 0.1 s after being asked to quit (quit_within)"));
  EXPECT_THAT(logged, HasSubstr("actor " + std::to_string(deaf.id()) + " 'blocking_actor' (blocking)"));
  EXPECT_EQ(nodes_in_memory(), 1U);
  caf::anon_send(deaf, end_atom::value); // it lives on
  deaf = nullptr;
  EXPECT_TRUE(everything_is_reclaimed());
}

struct stuck_state {
  stuck_state() = default;
  const char* name = "stuck";
};

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
  EXPECT_THAT(logged, HasSubstr(" 'stuck'"));
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

// -- messages of other nodes that nobody has read when the node ends ------------------------------------

/// Ada sends to an actor of ben, which reads them when its node has gone.
class unread_messages : public testing::Test {
protected:
  unread_messages() {
    nodes_.add("ada");
    nodes_.add("ben", be_impatient);
  }

  node& ben() { return nodes_.at(1); }

  /// Until `reader` has got them all and read the last one, `ask`.
  void send_to(const caf::actor& reader) {
    EXPECT_FALSE(ben().announce("reader", reader));
    auto remote = nodes_.at(0).find("reader", patience);
    ASSERT_TRUE(remote);
    for (std::size_t sent = 0; sent <= worth_a_wake; sent += text_.size())
      caf::anon_send(*remote, text_);
    caf::anon_send(*remote, ask_atom::value);
  }

  void end_ben() {
    mallopt(M_PERTURB, 0xa5); // a use of freed memory shows without a sanitizer
    nodes_.remove(1);
  }

  /// As many bytes as wake the I/O thread when they are consumed.
  static constexpr std::size_t worth_a_wake = limits::receive_window_bytes / 16;

  const std::string text_ = std::string(limits::mebibyte / 4, 'x');
  cluster nodes_;
};

TEST_F(unread_messages, are_let_go_by_a_blocking_actor) {
  event arrived;
  auto deaf = ben().system().spawn([&](caf::blocking_actor* self) {
    self->receive([&](ask_atom) { arrived.happen(); });
    self->receive([](end_atom) {});
  });
  event ended;
  deaf->attach_functor([&](const caf::error&) { ended.happen(); });
  send_to(deaf);
  ASSERT_TRUE(arrived.wait());
  end_ben();
  caf::anon_send(deaf, end_atom::value);
  EXPECT_TRUE(ended.wait());
  deaf = nullptr;
  nodes_.remove(0);
  EXPECT_TRUE(everything_is_reclaimed());
}

TEST_F(unread_messages, are_let_go_by_a_scoped_actor) {
  auto self = std::make_unique<caf::scoped_actor>(ben().system());
  send_to(*self);
  (*self)->receive([](ask_atom) {});
  end_ben();
  self = nullptr;
  nodes_.remove(0);
  EXPECT_TRUE(everything_is_reclaimed());
}

// -- after `stop` -------------------------------------------------------------------------------------

TEST(stopped_node, says_that_it_is_unavailable) {
  cluster nodes;
  nodes.add("ada");
  auto& node = nodes.add("ben");
  auto local = node.system().spawn(worker);
  EXPECT_FALSE(node.announce("mine", local));
  EXPECT_FALSE(nodes.at(0).announce("other", nodes.at(0).system().spawn(worker)));
  auto remote = node.find("other", patience);
  ASSERT_TRUE(remote);
  auto self = node.self();
  node.stop();

  EXPECT_EQ(node.announce("mine", local).code, errc::unavailable);
  EXPECT_EQ(node.announce("new", local).code, errc::unavailable);
  node.withdraw("mine");
  for (auto name : {"mine", "other", "new"}) {
    EXPECT_EQ(node.find(name), caf::actor{}) << name;
    auto found = node.find(name, patience);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.failure().code, errc::unavailable) << name;
  }
  EXPECT_TRUE(node.list().empty());
  EXPECT_EQ(node.update_metadata({}).code, errc::unavailable);
  EXPECT_EQ(node.wait_until_writable(*remote, patience).code, errc::unavailable);
  EXPECT_EQ(node.wait_until_writable(local, patience).code, errc::unavailable);
  EXPECT_TRUE(node.members().empty());
  EXPECT_EQ(node.why_suspected(nodes.at(0).self().who.node), std::nullopt);
  EXPECT_EQ(node.self(), self);
  EXPECT_EQ(node.counters().exported_actors, 0U);
  EXPECT_EQ(node.counters().remote_actors, 0U);
  EXPECT_EQ(node.run(), 0);
  node.request_stop();
  node.stop();
}

TEST(stopped_node, tells_who_asks_for_room) {
  auto node = open_node();
  node.stop();
  auto local = node.system().spawn(worker);
  caf::scoped_actor self{node.system()};
  node.subscribe(self);
  node.subscribe_all(self);
  node.subscribe_dead_letters(self);
  node.when_writable(local, self);
  self->receive([](const writable& told) { EXPECT_EQ(told.reason.code, errc::unavailable); });
}

TEST(stopped_node, still_carries_messages_between_its_own_actors) {
  auto node = open_node();
  auto local = node.system().spawn(worker);
  node.stop();
  caf::scoped_actor self{node.system()};
  auto later = node.system().spawn(worker);
  for (auto& actor : {local, later})
    self->request(actor, patience, 7)
        .receive(
            [](int answer) { EXPECT_EQ(answer, 7); }, [](const caf::error&) { ADD_FAILURE() << "no answer"; }
        );
}

// -- work under way -----------------------------------------------------------------------------------

/// Ada asks an actor of ben, whose handler takes as long as a test wants, and ben stops meanwhile.
class stopping_with_work : public testing::Test {
protected:
  void start(duration drain_within = patience) {
    nodes_.add("ada");
    nodes_.add("ben", [&](config& settings) {
      settings.drain_within = drain_within;
      settings.threads = 2;
    });
    auto slow = nodes_.at(1).system().spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](ask_atom) {
        entered_.happen();
        EXPECT_TRUE(released_.wait());
        return 1;
      }};
    });
    announce("slow", slow);
  }

  void announce(const std::string& name, const caf::actor& actor) {
    EXPECT_FALSE(nodes_.at(1).announce(name, actor));
    auto found = nodes_.at(0).find(name, patience);
    ASSERT_TRUE(found);
    known_to_ada_[name] = *found;
  }

  /// Asks in a thread of its own, and logs how it ends.
  void ask(const std::string& name) {
    threads_.emplace_back([this, name, whom = known_to_ada_.at(name)] {
      caf::scoped_actor self{nodes_.at(0).system()};
      self->request(whom, caf::infinite, ask_atom::value)
          .receive(
              [&](int answer) { log_.add(name + " answered " + std::to_string(answer)); },
              [&](const caf::error& reason) { log_.add(name + " " + self->system().render(reason)); }
          );
    });
  }

  void stop_ben() {
    threads_.emplace_back([this] {
      nodes_.at(1).stop();
      log_.add("stopped");
    });
  }

  /// Until ada has heard that ben is about to leave.
  bool ben_refuses_work() {
    auto deadline = std::chrono::steady_clock::now() + patience;
    while (nodes_.at(0).find("slow"))
      if (std::chrono::steady_clock::now() > deadline)
        return false;
      else
        std::this_thread::yield();
    return true;
  }

  bool are_tried(int times) {
    auto deadline = std::chrono::steady_clock::now() + patience;
    while (tries_ < times)
      if (std::chrono::steady_clock::now() > deadline)
        return false;
      else
        std::this_thread::yield();
    return true;
  }

  ~stopping_with_work() override {
    released_.happen();
    for (auto& thread : threads_)
      thread.join();
  }

  event entered_;
  event released_;
  std::atomic<int> tries_ = 0;
  std::atomic<bool> source_is_there_ = false;
  event_log log_;
  cluster nodes_;
  std::map<std::string, caf::actor> known_to_ada_;
  std::vector<std::thread> threads_;
};

TEST_F(stopping_with_work, lets_handlers_finish_and_their_answers_travel) {
  start();
  ask("slow");
  ASSERT_TRUE(entered_.wait());
  stop_ben();
  ASSERT_TRUE(ben_refuses_work());
  EXPECT_THAT(log_.all(), testing::IsEmpty());
  released_.happen();
  EXPECT_TRUE(log_.wait_for("slow answered 1"));
  EXPECT_TRUE(log_.wait_for("stopped"));
}

TEST_F(stopping_with_work, refuses_requests_meanwhile) {
  start();
  announce("quick", nodes_.at(1).system().spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](ask_atom) { return 2; }};
  }));
  ask("slow");
  ASSERT_TRUE(entered_.wait());
  stop_ben();
  ASSERT_TRUE(ben_refuses_work());
  caf::scoped_actor self{nodes_.at(0).system()};
  self->request(known_to_ada_.at("quick"), patience, ask_atom::value)
      .receive(
          [](int) { ADD_FAILURE() << "it was executed"; },
          [&](const caf::error& reason) {
            EXPECT_THAT(self->system().render(reason), HasSubstr("unavailable: the actor's node is leaving"));
          }
      );
  EXPECT_EQ(nodes_.at(1).announce("new", nodes_.at(1).system().spawn(worker)).code, errc::unavailable);
  released_.happen();
  EXPECT_TRUE(log_.wait_for("slow answered 1"));
}

TEST_F(stopping_with_work, lets_actors_wait_for_the_answers_that_they_need) {
  start();
  auto source = nodes_.at(0).system().spawn([this](caf::event_based_actor*) -> caf::behavior {
    return {[this](ask_atom) {
      entered_.happen();
      EXPECT_TRUE(released_.wait());
      return 3;
    }};
  });
  EXPECT_FALSE(nodes_.at(0).announce("source", source));
  auto known_to_ben = nodes_.at(1).find("source", patience);
  ASSERT_TRUE(known_to_ben);
  announce("middle", nodes_.at(1).system().spawn([whom = *known_to_ben](caf::event_based_actor* self) {
    return caf::behavior{[=](ask_atom) {
      auto promise = self->make_response_promise<int>();
      self->request(whom, caf::infinite, ask_atom::value).then([=](int answer) mutable {
        promise.deliver(answer);
      });
      return promise;
    }};
  }));
  ask("middle");
  ASSERT_TRUE(entered_.wait());
  stop_ben();
  ASSERT_TRUE(ben_refuses_work());
  EXPECT_THAT(log_.all(), testing::IsEmpty());
  released_.happen();
  EXPECT_TRUE(log_.wait_for("middle answered 3"));
}

TEST_F(stopping_with_work, lets_callers_try_again) {
  constexpr requests::retry_policy insistent{patience, 20ms, 20ms, patience, 1'000'000};
  start();
  auto source = nodes_.at(0).system().spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](ask_atom) { return 4; }};
  });
  EXPECT_FALSE(nodes_.at(0).announce("source", source));
  auto known_to_ben = nodes_.at(1).find("source", patience);
  ASSERT_TRUE(known_to_ben);
  auto find_source = [this, source = *known_to_ben] {
    ++tries_;
    return source_is_there_ ? source : caf::actor{};
  };
  announce("middle", nodes_.at(1).system().spawn([=](caf::event_based_actor* self) {
    return caf::behavior{[=](ask_atom) {
      auto promise = self->make_response_promise<int>();
      caller{self}
          .request(caf::actor{}, at_least_once{insistent, find_source}, ask_atom::value)
          .then([=](int answer) mutable { promise.deliver(answer); });
      return promise;
    }};
  }));
  ask("middle");
  ASSERT_TRUE(are_tried(1));
  stop_ben();
  ASSERT_TRUE(ben_refuses_work());
  ASSERT_TRUE(are_tried(tries_ + 5)); // ben looks far more often whether anybody works
  EXPECT_THAT(log_.all(), testing::IsEmpty());
  source_is_there_ = true;
  EXPECT_TRUE(log_.wait_for("middle answered 4"));
}

TEST_F(stopping_with_work, waits_no_longer_than_it_may) {
  start(100ms);
  ask("slow");
  ASSERT_TRUE(entered_.wait());
  nodes_.at(1).stop();
  EXPECT_TRUE(nodes_.at(1).list().empty());
  released_.happen();
}

} // namespace
} // namespace chorus
