#include "counting_worker.hpp"
#include "tap.hpp"

#include <chorus/actors/error.hpp>
#include <chorus/actors/fate.hpp>
#include <chorus/actors/requests/caller.hpp>
#include <chorus/actors/requests/serve_at_most_once.hpp>
#include <chorus/runtime/limits.hpp>

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace chorus::testing {
namespace {

using namespace std::chrono_literals;

/// Impatient with each try, patient with the call: whatever is held is tried again.
constexpr requests::retry_policy insistent{10ms, 1ms, 1ms, patience, 1'000'000};

/// Two nodes; the worker on the first, callers on the second. Between them a tap sees each try.
class requests_between_nodes : public ::testing::Test {
protected:
  requests_between_nodes() {
    nodes_.add("ada");
    nodes_.add("ben");
    worker_ = ada().system().spawn(counting_worker, &log_);
  }

  ~requests_between_nodes() override {
    for (const auto& each : {worker_, tap_})
      if (each)
        caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
  }

  node& ada() { return nodes_.at(0); }
  node& ben() { return nodes_.at(1); }

  /// Its handle at ben's.
  caf::actor announce(const caf::actor& served) {
    tap_ = ada().system().spawn<tap>(&log_, served);
    EXPECT_FALSE(ada().announce("worker", tap_));
    auto found = ben().find("worker", patience);
    EXPECT_TRUE(found) << to_string(found.failure());
    return *found;
  }

  void hold() {
    caf::scoped_actor self{ada().system()};
    self->send(worker_, hold_atom::value);
  }

  void release() { caf::anon_send(worker_, release_atom::value); }

  std::ptrdiff_t count(const std::string& event) {
    auto all = log_.all();
    return std::count(all.begin(), all.end(), event);
  }

  /// An actor of ben's that asks once and writes down how it ends: `answer 1`, or the error.
  template <class Semantics>
  void ask(const caf::actor& whom, Semantics how) {
    ben().system().spawn([=, this](caf::event_based_actor* self) {
      caller calls{self};
      calls.request(whom, how, add{1})
          .then(
              [this](std::int64_t value) { log_.add("answer " + std::to_string(value)); },
              [this](const caf::error& reason) { note(reason); }
          );
    });
  }

  /// The code, and what became of the request.
  void note(const caf::error& reason) {
    log_.add(to_string(fate(reason)));
    auto is_chorus = reason.category() == error_category;
    log_.add(
        is_chorus ? std::string{to_string(static_cast<errc>(reason.code()))} : ben().system().render(reason)
    );
  }

  event_log log_;
  cluster nodes_;
  caf::actor worker_;
  caf::actor tap_;
};

TEST_F(requests_between_nodes, that_are_tried_once_are_never_tried_again) {
  auto remote = announce(worker_);
  hold();
  ask(remote, maybe{1ms});
  EXPECT_TRUE(log_.wait_for("system_error(request_timeout)"));
  EXPECT_TRUE(log_.wait_for("executed"));
  release();
  ask(remote, maybe{patience});
  EXPECT_TRUE(log_.wait_for("answer 2"));
  EXPECT_EQ(count("tried"), 2);
  EXPECT_EQ(count("executed"), 2);
}

TEST_F(requests_between_nodes, at_least_once_are_executed_again_until_an_answer_comes) {
  auto remote = announce(worker_);
  hold();
  ask(remote, at_least_once{insistent});
  EXPECT_TRUE(log_.wait_for("executed", 3));
  release();
  EXPECT_TRUE(log_.wait_for("answer 1")) << "the first try is answered first";
}

TEST_F(requests_between_nodes, at_most_once_are_tried_again_and_executed_once) {
  auto remote = announce(serve_at_most_once(worker_));
  hold();
  ask(remote, at_most_once{insistent});
  EXPECT_TRUE(log_.wait_for("tried", 3));
  release();
  EXPECT_TRUE(log_.wait_for("answer 1"));
  EXPECT_EQ(count("executed"), 1);
}

TEST_F(requests_between_nodes, at_most_once_are_executed_once_each_when_many_are_open) {
  auto remote = announce(serve_at_most_once(worker_));
  hold();
  caf::scoped_actor self{ben().system()};
  caller calls{self};
  constexpr std::int64_t many = 100;
  std::vector<decltype(calls.request(remote, at_most_once{insistent}, add{1}))> open;
  for (std::int64_t each = 0; each < many; ++each)
    open.push_back(calls.request(remote, at_most_once{insistent}, add{1}));
  EXPECT_TRUE(log_.wait_for("tried", 3 * many));
  release();
  std::int64_t expected = 0;
  for (auto& each : open)
    each.receive(
        [&](std::int64_t value) { EXPECT_EQ(value, ++expected) << "first tries keep their order"; },
        [&](const caf::error& reason) { ADD_FAILURE() << ben().system().render(reason); }
    );
  EXPECT_EQ(count("executed"), many);
}

TEST_F(requests_between_nodes, at_most_once_bring_the_workers_own_errors_home) {
  auto remote = announce(serve_at_most_once(worker_));
  caf::scoped_actor self{ben().system()};
  caller{self}
      .request(remote, at_most_once{insistent}, fail_atom::value)
      .receive(
          [](std::int64_t) { ADD_FAILURE(); },
          [](const caf::error& reason) { EXPECT_EQ(reason, caf::sec::runtime_error); }
      );
  EXPECT_EQ(count("executed"), 1);
}

TEST_F(requests_between_nodes, at_most_once_are_not_executed_by_who_does_not_remove_duplicates) {
  ask(announce(worker_), at_most_once{insistent});
  EXPECT_TRUE(log_.wait_for("system_error(unexpected_message, (not_executed))"));
  EXPECT_EQ(count("executed"), 0);
}

TEST_F(requests_between_nodes, have_an_unknown_outcome_when_no_answer_came_before_their_deadline) {
  auto remote = announce(serve_at_most_once(worker_));
  hold();
  ask(remote, at_most_once{{.answer_within = 1ms, .pause = 1ms, .deadline = 1s}});
  EXPECT_TRUE(log_.wait_for("outcome_unknown"));
  release();
}

TEST_F(requests_between_nodes, have_an_unknown_outcome_when_the_node_is_lost_meanwhile) {
  auto remote = announce(serve_at_most_once(worker_));
  hold();
  ask(remote, at_most_once{});
  EXPECT_TRUE(log_.wait_for("executed"));
  nodes_.at(0).stop();
  EXPECT_TRUE(log_.wait_for("outcome_unknown"));
}

TEST_F(requests_between_nodes, were_certainly_not_executed_when_the_target_had_ended_before) {
  auto remote = announce(serve_at_most_once(worker_));
  caf::scoped_actor self{ben().system()};
  self->monitor(remote);
  caf::anon_send_exit(tap_, caf::exit_reason::kill);
  self->receive([](const caf::down_msg&) {});
  ask(remote, at_most_once{});
  EXPECT_TRUE(log_.wait_for("unavailable"));
}

TEST_F(requests_between_nodes, at_least_once_find_the_target_again_after_it_has_ended) {
  auto remote = announce(worker_);
  hold();
  at_least_once how{insistent, [this] { return ben().find("worker"); }};
  ask(remote, how);
  EXPECT_TRUE(log_.wait_for("executed"));
  caf::anon_send_exit(worker_, caf::exit_reason::kill);
  caf::anon_send_exit(tap_, caf::exit_reason::kill);
  worker_ = ada().system().spawn(counting_worker, &log_);
  announce(worker_);
  EXPECT_TRUE(log_.wait_for("answer 1"));
}

TEST_F(requests_between_nodes, with_a_policy_that_allows_no_try_are_refused) {
  ask(worker_, at_least_once{{.tries = 0}});
  EXPECT_TRUE(log_.wait_for("invalid_argument"));
}

TEST_F(requests_between_nodes, to_nobody_are_refused) {
  ask(caf::actor{}, at_most_once{});
  EXPECT_TRUE(log_.wait_for("invalid_argument"));
}

TEST_F(requests_between_nodes, that_cannot_travel_say_so_at_once) {
  auto remote = announce(serve_at_most_once(worker_));
  caf::scoped_actor self{ben().system()};
  caller{self}
      .request(remote, at_most_once{}, std::string(limits::message_bytes, 'x'))
      .receive(
          [](std::int64_t) { ADD_FAILURE(); },
          [](const caf::error& reason) {
            EXPECT_EQ(reason, errc::too_large);
            EXPECT_EQ(fate(reason), request_fate::not_executed);
          }
      );
  EXPECT_EQ(count("tried"), 0);
}

TEST_F(requests_between_nodes, the_answers_to_which_cannot_travel_say_at_once_that_they_were_executed) {
  auto large = ada().system().spawn([this](caf::event_based_actor*) -> caf::behavior {
    return {[this](const add&) {
      log_.add("executed");
      return std::string(limits::message_bytes, 'x');
    }};
  });
  auto remote = announce(serve_at_most_once(large));
  auto ask_once = [&](auto how) {
    caf::scoped_actor self{ben().system()};
    caller{self}
        .request(remote, how, add{1})
        .receive(
            [](const std::string&) { ADD_FAILURE(); },
            [](const caf::error& reason) {
              EXPECT_EQ(reason, errc::too_large);
              EXPECT_EQ(fate(reason), request_fate::executed);
            }
        );
  };
  ask_once(maybe{patience});
  ask_once(at_least_once{});
  ask_once(at_most_once{});
  EXPECT_EQ(count("executed"), 3);
  caf::anon_send_exit(large, caf::exit_reason::user_shutdown);
}

TEST_F(
    requests_between_nodes, that_were_sent_to_a_lost_node_may_have_been_executed_whatever_their_semantics
) {
  auto remote = announce(worker_);
  hold();
  ask(remote, maybe{patience});
  ask(remote, at_least_once{});
  EXPECT_TRUE(log_.wait_for("executed", 2));
  nodes_.at(0).stop();
  EXPECT_TRUE(log_.wait_for("unknown", 2));
  EXPECT_TRUE(log_.wait_for("node_down"));
  EXPECT_TRUE(log_.wait_for("outcome_unknown"));
}

TEST_F(requests_between_nodes, of_a_caller_that_has_ended_are_forgotten_by_the_receiver) {
  auto remote = announce(serve_at_most_once(worker_, {.callers = 1}));
  ask(remote, at_most_once{insistent}); // by an actor that ends when it is answered
  EXPECT_TRUE(log_.wait_for("answer 1"));
  ask(remote, at_most_once{insistent});
  EXPECT_TRUE(log_.wait_for("answer 2"));
}

TEST_F(requests_between_nodes, are_acknowledged_when_no_other_follows) {
  auto remote = announce(serve_at_most_once(worker_, {.calls = 1}));
  caf::scoped_actor self{ben().system()};
  caller calls{self};
  auto ask_once = [&](caller<caf::blocking_actor>& by) {
    std::int64_t answer = 0;
    by.request(remote, at_most_once{insistent}, add{1})
        .receive(
            [&](std::int64_t value) { answer = value; },
            [&](const caf::error& reason) { ADD_FAILURE() << ben().system().render(reason); }
        );
    return answer;
  };
  EXPECT_EQ(ask_once(calls), 1);
  caf::scoped_actor another{ben().system()};
  caller others{another};
  EXPECT_EQ(ask_once(others), 2) << "refused until the first caller, which lives, has acknowledged";
}

} // namespace
} // namespace chorus::testing
