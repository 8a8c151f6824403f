#include "../../actors/requests/call_message.hpp"
#include "counting_worker.hpp"

#include <chorus/actors/requests/serve_at_most_once.hpp>

#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

namespace chorus::testing {
namespace {

using requests::refusal;
using requests::refused_call;
using requests::tagged_call;

/// Says what a caller's stub would say, and writes down what comes back: `#3: 7` for the third thing it said.
class asker final : public caf::event_based_actor {
public:
  asker(caf::actor_config& settings, event_log* log) : event_based_actor(settings), log_(log) {}

  caf::behavior make_behavior() override {
    return {[](caf::unit_t) {}};
  }

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* context) override {
    if (!what->mid.is_response())
      return event_based_actor::enqueue(std::move(what), context);
    log_->add(
        "#" + std::to_string(what->mid.request_id().integer_value()) + ": " + describe(what->content())
    );
  }

private:
  std::string describe(const caf::type_erased_tuple& answer) {
    if (answer.match_elements<std::int64_t>())
      return std::to_string(answer.get_as<std::int64_t>(0));
    if (answer.match_elements<caf::error>())
      return system().render(answer.get_as<caf::error>(0));
    switch (answer.get_as<refused_call>(0).reason) {
    case refusal::overloaded:
      return "overloaded";
    case refusal::superseded:
      return "superseded";
    case refusal::not_kept:
      return "not kept";
    case refusal::stale:
      return "stale";
    }
    return {};
  }

  event_log* log_;
};

/// A worker behind its stub.
class server_stub : public ::testing::Test {
protected:
  server_stub() : worker_(system_.spawn(counting_worker, &log_)), stub_(serve_at_most_once(worker_)) {}

  ~server_stub() override {
    for (const auto& each : {worker_, ada_, ben_})
      caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
  }

  void serve(const requests::duplicate_limits& limits) { stub_ = serve_at_most_once(worker_, limits); }

  template <class What = add>
  void call(const caf::actor& by, std::uint64_t number, std::uint64_t lowest_open, What what = {}) {
    tell(by, tagged_call{number, lowest_open, caf::make_message(what)});
  }

  template <class What>
  void tell(const caf::actor& by, What what) {
    ++last_id_;
    stub_->enqueue(caf::actor_cast<caf::strong_actor_ptr>(by), last_id_, caf::make_message(what), nullptr);
  }

  std::ptrdiff_t executed() {
    auto all = log_.all();
    return std::count(all.begin(), all.end(), "executed");
  }

  caf::actor_system_config settings_;
  caf::actor_system system_{settings_};
  event_log log_;
  caf::actor worker_;
  caf::actor stub_;
  caf::actor ada_ = system_.spawn<asker>(&log_);
  caf::actor ben_ = system_.spawn<asker>(&log_);
  caf::message_id last_id_;
};

TEST_F(server_stub, lets_a_call_through) {
  call(ada_, 1, 1);
  EXPECT_TRUE(log_.wait_for("#1: 1"));
  EXPECT_EQ(executed(), 1);
}

TEST_F(server_stub, answers_a_call_again_without_executing_it_again) {
  call(ada_, 1, 1);
  EXPECT_TRUE(log_.wait_for("#1: 1"));
  call(ada_, 1, 1);
  EXPECT_TRUE(log_.wait_for("#2: 1"));
  EXPECT_EQ(executed(), 1);
}

TEST_F(server_stub, keeps_errors_of_the_worker_like_other_answers) {
  call(ada_, 1, 1, fail_atom::value);
  call(ada_, 2, 1);
  EXPECT_TRUE(log_.wait_for("#2: 1"));
  call(ada_, 1, 1, fail_atom::value);
  EXPECT_TRUE(log_.wait_for("#3: system_error(runtime_error, (\"on purpose\"))"));
  EXPECT_EQ(executed(), 2);
}

TEST_F(server_stub, does_not_execute_a_call_again_that_is_being_executed_but_answers_its_last_try) {
  caf::anon_send(worker_, hold_atom::value);
  call(ada_, 1, 1);
  EXPECT_TRUE(log_.wait_for("executed"));
  call(ada_, 1, 1);
  EXPECT_TRUE(log_.wait_for("#1: superseded"));
  caf::anon_send(worker_, release_atom::value);
  EXPECT_TRUE(log_.wait_for("#2: 1"));
  EXPECT_EQ(executed(), 1);
}

TEST_F(server_stub, tells_callers_apart) {
  call(ada_, 1, 1);
  EXPECT_TRUE(log_.wait_for("#1: 1"));
  call(ben_, 1, 1);
  EXPECT_TRUE(log_.wait_for("#2: 2"));
}

TEST_F(server_stub, does_not_execute_what_its_caller_has_given_up) {
  call(ada_, 2, 2);
  call(ada_, 1, 1);
  EXPECT_TRUE(log_.wait_for("#2: stale"));
  EXPECT_TRUE(log_.wait_for("#1: 1"));
  EXPECT_EQ(executed(), 1);
}

TEST_F(server_stub, drops_an_answer_when_it_is_acknowledged) {
  serve({.calls = 1});
  call(ada_, 1, 1);
  EXPECT_TRUE(log_.wait_for("#1: 1"));
  call(ben_, 1, 1);
  EXPECT_TRUE(log_.wait_for("#2: overloaded"));
  tell(ada_, requests::acknowledged_calls{2});
  call(ben_, 1, 1);
  EXPECT_TRUE(log_.wait_for("#4: 2"));
}

TEST_F(server_stub, forgets_a_caller_that_has_ended) {
  serve({.callers = 1});
  // CAF calls first who came last: attached before the stub watches, this is called when the stub knows.
  auto ended = std::make_shared<std::promise<void>>();
  ada_->attach_functor([ended] { ended->set_value(); });
  call(ada_, 1, 1);
  EXPECT_TRUE(log_.wait_for("#1: 1"));
  call(ben_, 1, 1);
  EXPECT_TRUE(log_.wait_for("#2: overloaded"));
  caf::anon_send_exit(ada_, caf::exit_reason::user_shutdown);
  ASSERT_EQ(ended->get_future().wait_for(patience), std::future_status::ready);
  call(ben_, 1, 1);
  EXPECT_TRUE(log_.wait_for("#3: 2"));
}

TEST_F(server_stub, says_that_an_answer_for_which_there_was_no_room_is_lost) {
  serve({.answer_bytes = 1});
  call(ada_, 1, 1);
  EXPECT_TRUE(log_.wait_for("#1: 1"));
  call(ada_, 1, 1);
  EXPECT_TRUE(log_.wait_for("#2: not kept"));
  EXPECT_EQ(executed(), 1);
}

TEST_F(server_stub, lets_other_requests_through_each_time) {
  tell(ada_, add{});
  EXPECT_TRUE(log_.wait_for("#1: 1"));
  tell(ada_, add{});
  EXPECT_TRUE(log_.wait_for("#2: 2"));
}

TEST_F(server_stub, ends_with_its_worker_and_answers_what_is_open) {
  caf::scoped_actor self{system_};
  self->monitor(stub_);
  caf::anon_send(worker_, hold_atom::value);
  call(ada_, 1, 1);
  EXPECT_TRUE(log_.wait_for("executed"));
  caf::anon_send(worker_, quit_atom::value);
  self->receive([&](const caf::down_msg& what) { EXPECT_EQ(what.source, stub_.address()); });
  EXPECT_TRUE(log_.wait_for("#1: system_error(request_receiver_down, (unknown))"));
  call(ada_, 2, 1);
  EXPECT_TRUE(log_.wait_for("#2: system_error(request_receiver_down, (not_executed))"));
}

TEST_F(server_stub, keeps_what_was_answered_in_the_place_of_its_worker_and_does_not_take_it_for_its_answer) {
  auto nobody = system_.spawn([](caf::event_based_actor*) -> caf::behavior { return {[](caf::unit_t) {}}; });
  caf::scoped_actor self{system_};
  self->monitor(nobody);
  caf::anon_send_exit(nobody, caf::exit_reason::kill);
  self->receive([](const caf::down_msg&) {});
  auto front = system_.spawn([nobody](caf::event_based_actor* at) -> caf::behavior {
    return {[=](const add& what) { return at->delegate(nobody, what); }};
  });
  stub_ = serve_at_most_once(front);
  for (const auto* answer : {"#1", "#2"}) {
    call(ada_, 1, 1);
    EXPECT_TRUE(log_.wait_for(answer + std::string{": system_error(request_receiver_down, (unknown))"}));
  }
  caf::anon_send_exit(front, caf::exit_reason::user_shutdown);
}

TEST_F(server_stub, says_that_its_worker_had_a_call_that_no_handler_of_it_fits) {
  call(ada_, 1, 1, caf::unit_t{});
  EXPECT_TRUE(log_.wait_for("#1: system_error(unexpected_message, (unknown))"));
}

TEST_F(server_stub, hands_an_exit_message_to_its_worker) {
  caf::scoped_actor self{system_};
  self->monitor(worker_);
  self->send_exit(stub_, caf::exit_reason::kill);
  self->receive([&](const caf::down_msg& what) { EXPECT_EQ(what.reason, caf::exit_reason::kill); });
}

TEST_F(server_stub, answers_a_call_that_its_worker_delegates) {
  auto front = system_.spawn([worker = worker_](caf::event_based_actor* self) -> caf::behavior {
    return {[=](const add& what) { return self->delegate(worker, what); }};
  });
  stub_ = serve_at_most_once(front);
  call(ada_, 1, 1);
  EXPECT_TRUE(log_.wait_for("#1: 1"));
  call(ada_, 1, 1);
  EXPECT_TRUE(log_.wait_for("#2: 1"));
  caf::anon_send_exit(front, caf::exit_reason::user_shutdown);
}

} // namespace
} // namespace chorus::testing
