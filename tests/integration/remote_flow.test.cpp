#include "servants.hpp"

#include <chorus/actors/flow.hpp>
#include <chorus/runtime/limits.hpp>

#include <caf/event_based_actor.hpp>

#include <atomic>
#include <chrono>
#include <memory>

/// Streams of messages between processes: their order, and what happens to them when a process stands still.
namespace chorus::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t many = 20'000;
constexpr std::uint64_t small = 32;

constexpr std::int64_t flood = 3'000;
constexpr std::uint64_t large = 64 * limits::kibibyte;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
/// Sanitizers keep what was given back, and a shadow of everything.
constexpr std::size_t cost_of_sanitizer = 16;
#else
constexpr std::size_t cost_of_sanitizer = 1;
#endif

/// What a flood may cost either process: what a link keeps, and what is on its way through queues.
constexpr std::size_t growth_limit =
    (limits::send_buffer_bytes + limits::receive_window_bytes + 16 * limits::mebibyte) * cost_of_sanitizer;
static_assert(flood * large * cost_of_sanitizer > growth_limit + 64 * limits::mebibyte);

/// Processes that may be stopped for as long as a test lasts, without being declared failed.
class flow_between_processes : public servants {
protected:
  explicit flow_between_processes(duration failure_timeout = std::chrono::minutes{2})
      : servants(failure_timeout) {
    start("ada");
    start("ben");
    // Until both have met: what waits for a node that is not met yet has a limit of its own.
    for (const auto& [from, to] : {std::pair{"ada", "ben"}, std::pair{"ben", "ada"}}) {
      auto question = caf::make_message(echo_atom::value, std::string{"are you there?"});
      auto answer = ask<std::string>(servant(from), pass_atom::value, servant(to), question);
      EXPECT_TRUE(answer) << text(answer.error());
    }
  }

  /// As long as a request to it needs to time out.
  void stop(const std::string& name) {
    at(name).pause();
    caf::scoped_actor self{home().system()};
    self->request(servant(name), 500ms, echo_atom::value, std::string{"are you there?"})
        .receive(
            [](const std::string&) { ADD_FAILURE() << "it runs"; },
            [](const caf::error& reason) { EXPECT_EQ(reason, caf::sec::request_timeout); }
        );
  }

  std::int64_t number_of(const caf::actor& whom, const caf::message& question) {
    auto answer = ask<std::int64_t>(whom, question);
    EXPECT_TRUE(answer) << text(answer.error());
    return answer ? *answer : -1;
  }

  /// What it has received; -1 if it was not in order.
  std::int64_t received_by(const caf::actor& whom) {
    return number_of(whom, caf::make_message(tally_atom::value));
  }

  std::int64_t lost_by(const caf::actor& whom) {
    return number_of(whom, caf::make_message(lost_atom::value));
  }

  ::testing::AssertionResult receives(const caf::actor& whom, std::int64_t expected) {
    std::int64_t received = 0;
    auto is_complete = eventually([&] {
      received = received_by(whom);
      return received == expected || received < 0;
    });
    if (is_complete && received == expected)
      return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << received << " instead of " << expected;
  }

  void expect_no_news() { EXPECT_EQ(news().all(), (std::vector<std::string>{"up ada", "up ben"})); }
};

TEST_F(flow_between_processes, keeps_the_order_of_each_pair_under_load) {
  std::vector<caf::actor> readers;
  for (const auto& [from, to] :
       {std::pair{"home", "ada"},
        {"ada", "home"},
        {"ada", "ben"},
        {"ben", "ada"},
        {"ben", "home"},
        {"ben", "ben"}})
    for (int pair = 0; pair < 2; ++pair) {
      auto& reader = readers.emplace_back(fresh(to));
      caf::anon_send(fresh(from), flood_atom::value, reader, many, small);
    }
  for (auto& reader : readers)
    EXPECT_TRUE(receives(reader, many));
}

TEST_F(flow_between_processes, loses_nothing_while_a_process_stands_still_for_a_short_time) {
  auto at_ada = fresh("ada");
  auto from_home = fresh("ada");
  auto from_ben = fresh("ada");
  auto ask_it = [&](const std::string& what) {
    spawn([this, at_ada, what](caf::event_based_actor* self) {
      self->request(at_ada, caf::infinite, echo_atom::value, what)
          .then(
              [this](const std::string& answer) { log().add(answer); },
              [this](const caf::error&) { log().add("error"); }
          );
    });
  };
  caf::anon_send(fresh("home"), flood_atom::value, from_home, many, small);
  caf::anon_send(fresh("ben"), flood_atom::value, from_ben, many, small);
  stop("ada");
  ask_it("asked meanwhile");
  auto flooder = fresh("home");
  auto late = fresh("ben");
  caf::anon_send(flooder, flood_atom::value, late, many, small);
  EXPECT_TRUE(receives(late, many)) << "others go on";
  EXPECT_TRUE(log().all().empty());
  at("ada").resume();
  EXPECT_TRUE(log().wait_for("asked meanwhile"));
  EXPECT_TRUE(receives(from_home, many));
  EXPECT_TRUE(receives(from_ben, many));
  expect_no_news();
}

/// More than ada takes while it stands still, and less than home keeps to send.
constexpr std::int64_t more_than_it_takes = 600;
static_assert(more_than_it_takes * large > limits::receive_window_bytes + limits::receive_reserve_bytes);
static_assert(more_than_it_takes * (large + 100) < limits::send_buffer_bytes);

/// Whose end is to be noticed soon.
class flow_to_a_process_that_ends : public flow_between_processes {
protected:
  flow_to_a_process_that_ends() : flow_between_processes(std::chrono::seconds{4}) {}
};

TEST_F(flow_to_a_process_that_ends, is_told_of_each_message_what_became_of_it) {
  stop("ada"); // so that it takes nothing any more
  struct tally {
    std::atomic<std::int64_t> not_sent = 0;
    std::atomic<std::int64_t> open = 0;
  };
  auto told = std::make_shared<tally>();
  auto reader = servant("ada");
  auto sender = spawn([told, reader](caf::event_based_actor* self) -> caf::behavior {
    for (std::int64_t number = 0; number < more_than_it_takes; ++number)
      self->send(reader, number_atom::value, number, std::string(large, 'x'));
    return {
        [told](const undelivered& what) {
          EXPECT_EQ(what.reason.code, errc::node_down);
          told->not_sent += static_cast<std::int64_t>(what.count);
        },
        [told](const unconfirmed& what) {
          EXPECT_EQ(what.reason.code, errc::outcome_unknown);
          told->open += static_cast<std::int64_t>(what.count);
        },
        [](now_atom) { return true; },
    };
  });
  command(sender, now_atom::value); // it has sent everything
  kill("ada");
  EXPECT_TRUE(eventually([&] { return told->not_sent + told->open >= more_than_it_takes; }))
      << told->not_sent << " not sent, " << told->open << " unconfirmed";
  EXPECT_EQ(told->not_sent + told->open, more_than_it_takes);
  EXPECT_GT(told->not_sent, 0) << "there was no credit for all";
  EXPECT_EQ(home().counters().dead_letters, static_cast<std::uint64_t>(told->not_sent));
  EXPECT_EQ(home().counters().unconfirmed_messages, static_cast<std::uint64_t>(told->open));
}

/// The one who floods; the one who stands still is ada.
class flood_of_messages : public flow_between_processes, public ::testing::WithParamInterface<std::string> {
protected:
  std::size_t most_resident_bytes() {
    return GetParam() == "home" ? own_most_resident_bytes() : at(GetParam()).most_resident_bytes();
  }
};

TEST_P(flood_of_messages, costs_bounded_memory_and_tells_of_each_message_that_was_not_taken) {
  auto flooder = fresh(GetParam());
  auto reader = fresh("ada");
  auto before = most_resident_bytes();
  auto before_at_ada = at("ada").most_resident_bytes();
  stop("ada");
  caf::anon_send(flooder, flood_atom::value, reader, flood, large);
  ASSERT_TRUE(eventually([&] { return lost_by(flooder) > 0; }));
  // The flooder has answered, so it has sent everything.
  EXPECT_LT(most_resident_bytes(), before + growth_limit);
  auto outcome = ask<std::string>(
      flooder, pass_atom::value, reader, caf::make_message(echo_atom::value, std::string(large, 'x'))
  );
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error(), errc::overloaded) << text(outcome.error());

  at("ada").resume();
  std::int64_t received = 0;
  ASSERT_TRUE(eventually([&] {
    received = received_by(reader);
    return received < 0 || received + lost_by(flooder) >= flood;
  }));
  EXPECT_EQ(received + lost_by(flooder), flood);
  EXPECT_GT(received, 0);
  EXPECT_LT(at("ada").most_resident_bytes(), before_at_ada + growth_limit);
  expect_no_news();
}

INSTANTIATE_TEST_SUITE_P(from, flood_of_messages, ::testing::Values("home", "ben"), [](const auto& each) {
  return each.param;
});

} // namespace
} // namespace chorus::testing
