#include "end_of_a_node.hpp"

#include <chorus/actors/requests/caller.hpp>

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <vector>

/// A node that stops while its actors are at work.
namespace chorus {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

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
  EXPECT_TRUE(nodes_.at(1).names().list().empty());
  released_.happen();
}

} // namespace
} // namespace chorus
