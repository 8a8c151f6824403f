#include "../../runtime/transport/connection_attempts.hpp"

#include "port.hpp"
#include "two_nodes.hpp"

#include <chorus/runtime/transport/steady_clock.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Whether anybody listens somewhere, asked by a plain TCP connection.
namespace chorus {
namespace {

using namespace chorus::testing;
using namespace std::chrono_literals;

struct asking_node : test_node {
  explicit asking_node(duration within = patience) : test_node(adjusted(within)) {}

  static transport_options adjusted(duration within) {
    auto options = options_of(ada);
    options.connection_attempt_within = within;
    return options;
  }

  using question = void (transport::*)(const address&, std::function<void(connection_outcome)>);

  void ask(const address& where, std::size_t times = 1, question how = &transport::try_connection) {
    run([&] {
      auto before = answers.size();
      for (std::size_t i = 0; i < times; ++i)
        (net().*how)(where, [this](connection_outcome met) {
          answers.push_back(met);
          ++count;
        });
      EXPECT_EQ(answers.size(), before) << "not from within the call";
    });
  }

  std::vector<connection_outcome> wait_for(std::size_t expected) {
    EXPECT_TRUE(wait([&] { return count == expected; }));
    return answers;
  }

private:
  std::vector<connection_outcome> answers; ///< of the I/O thread, and of whoever has seen the count
  std::atomic<std::size_t> count = 0;
};

std::vector<connection_outcome> answer(const address& where, duration within = patience) {
  asking_node node{within};
  node.ask(where);
  return node.wait_for(1);
}

std::vector<connection_outcome> greeting(const address& where, duration within = patience) {
  asking_node node{within};
  node.ask(where, 1, &transport::try_zeromq);
  return node.wait_for(1);
}

using outcomes = std::vector<connection_outcome>;

TEST(connection_attempts, meet_an_open_port_although_nobody_accepts_there) {
  port listens;
  listens.listen_without_accepting();
  EXPECT_EQ(answer(listens.number()), outcomes{connection_outcome::open});
}

TEST(connection_attempts, are_refused_where_nobody_listens) {
  port closed; // bound, so that nobody else gets it
  EXPECT_EQ(answer(closed.number()), outcomes{connection_outcome::refused});
}

TEST(connection_attempts, have_no_answer_from_a_port_that_drops) {
  port full;
  full.fill_queue();
  EXPECT_EQ(answer(full.number(), 100ms), outcomes{connection_outcome::no_answer});
}

TEST(connection_attempts, know_no_host_of_a_name_that_does_not_resolve) {
  EXPECT_EQ(answer({"no-such-host.invalid", 1}), outcomes{connection_outcome::unknown_host}); // RFC 2606
}

TEST(connection_attempts, tell_zeromq_from_others_who_listen) {
  test_node node{options_of(bob)};
  EXPECT_EQ(greeting(node.where()), outcomes{connection_outcome::open});
  port closed;
  EXPECT_EQ(greeting(closed.number()), outcomes{connection_outcome::refused});
  for (const auto* words : {"220 smtp", "", "\xff but no signature"}) {
    port talks;
    talks.listen_and_say(words);
    EXPECT_EQ(greeting(talks.number()), outcomes{connection_outcome::foreign}) << words;
  }
}

/// As the kernel of a process that stands still does.
TEST(connection_attempts, tell_who_accepts_and_says_nothing_from_those_who_do_not_speak_zeromq) {
  port silent;
  silent.listen_without_accepting();
  EXPECT_EQ(greeting(silent.number(), 100ms), outcomes{connection_outcome::silent});
  port hesitates;
  hesitates.listen_and_say("\xff", port::then::wait);
  EXPECT_EQ(greeting(hesitates.number(), 100ms), outcomes{connection_outcome::silent});
}

TEST(connection_attempts, follow_all_addresses_of_a_name) {
  test_node node{options_of(bob)};
  // localhost may be ::1 as well, where nobody listens.
  EXPECT_EQ(answer({"localhost", node.where().port}), outcomes{connection_outcome::open});
  port closed;
  EXPECT_EQ(answer({"localhost", closed.number().port}), outcomes{connection_outcome::refused});
}

/// Asks the two addresses of a name for a greeting. The loop is this thread's.
class asked_at_two_addresses : public ::testing::Test {
protected:
  connection_outcome greeting(std::uint16_t number) {
    attempts_.ask({"two", number}, connection_attempts::goal::greeting, [this](connection_outcome how) {
      answer_ = how;
    });
    for (const auto end = steady_now() + patience; !answer_ && steady_now() < end;) {
      run_tasks();
      sockets_.wait(earliest(attempts_.deadline(), steady_now() + 10ms));
      attempts_.tick(steady_now());
    }
    EXPECT_TRUE(answer_);
    return answer_.value_or(connection_outcome::unknown_host);
  }

private:
  void run_tasks() {
    std::unique_lock guard{mutex_};
    for (; !tasks_.empty(); guard.lock()) {
      auto next = std::move(tasks_.front());
      tasks_.pop_front();
      guard.unlock();
      next();
    }
  }

  std::function<void(std::function<void()>)> post_ = [this](std::function<void()> task) {
    std::lock_guard guard{mutex_};
    tasks_.push_back(std::move(task));
  };

  std::mutex mutex_; ///< guards tasks_
  std::deque<std::function<void()>> tasks_;
  poll_set sockets_;
  descriptor_budget descriptors_ = *descriptor_budget::open({1024, 0}, 0);
  resolver names_{post_, [](const std::string&) -> result<std::vector<std::string>> {
                    return std::vector<std::string>{"127.0.0.1", "127.0.0.2"};
                  }};
  connection_attempts attempts_{names_, sockets_, descriptors_, post_, 300ms};
  std::optional<connection_outcome> answer_;
};

TEST_F(asked_at_two_addresses, the_one_that_says_most_counts_also_when_the_other_does_not_answer_in_time) {
  port first;
  const auto number = first.number().port;
  port second{INADDR_LOOPBACK + 1, number};
  first.listen_and_say("220 smtp");
  second.fill_queue();
  EXPECT_EQ(greeting(number), connection_outcome::foreign);
}

TEST_F(asked_at_two_addresses, one_that_is_silent_says_more_than_one_that_does_not_answer) {
  port first;
  const auto number = first.number().port;
  port second{INADDR_LOOPBACK + 1, number};
  first.listen_without_accepting();
  second.fill_queue();
  EXPECT_EQ(greeting(number), connection_outcome::silent);
}

TEST(connection_attempts, are_bounded_in_number_and_whoever_is_one_too_many_is_told) {
  port full;
  full.fill_queue();
  asking_node node{1h};
  node.ask(full.number(), 65);
  EXPECT_EQ(node.wait_for(1), outcomes{connection_outcome::no_answer});
}

TEST(connection_attempts, are_forgotten_with_the_transport) {
  port full;
  full.fill_queue();
  asking_node node{1h};
  node.ask(full.number());
  node.net().stop();
  EXPECT_TRUE(node.wait_for(0).empty());
}

TEST(connection_attempts, are_no_strangers_to_the_node_that_they_meet) {
  test_node node{options_of(bob)};
  EXPECT_EQ(answer(node.where()), outcomes{connection_outcome::open});
  ASSERT_TRUE(node.wait([&] { return node.net().counters().handshakes_failed == 1; }));
  // Whoever is counted is reported in the same task.
  node.run([&] { EXPECT_TRUE(node.told.strangers.empty()); });
}

TEST(connection_lost, is_told_when_the_connection_of_a_link_breaks) {
  two_nodes nodes;
  ASSERT_TRUE(nodes.are_connected());
  nodes.to_b.cut();
  EXPECT_TRUE(nodes.a.wait([&] { return nodes.a.told.connections_lost[bob] == 1; }));
  EXPECT_TRUE(nodes.a.wait([&] { return nodes.a.net().counters().reconnects == 1; }));
}

TEST(connection_lost, is_not_told_of_a_link_that_ends_in_order) {
  two_nodes nodes;
  ASSERT_TRUE(nodes.are_connected());
  // The process goes on, or the end of its connections might overtake its goodbye.
  nodes.b.remove(ada, link::close{});
  for (auto* node : {&nodes.a, &nodes.b}) {
    ASSERT_TRUE(node->wait([&] { return !node->told.closed.empty(); }));
    node->run([&] { EXPECT_TRUE(node->told.connections_lost.empty()); });
  }
}

} // namespace
} // namespace chorus
