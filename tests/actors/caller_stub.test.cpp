#include "cluster.hpp"

#include <chorus/actors/error.hpp>
#include <chorus/actors/fate.hpp>
#include <chorus/actors/requests/caller.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/make_actor.hpp>
#include <caf/monitorable_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

/// What becomes of a call whose tries the test answers, one by one.
namespace chorus {
namespace {

using namespace std::chrono_literals;

/// Writes down the tries, and answers none.
class silent_target final : public caf::monitorable_actor {
public:
  struct request {
    caf::strong_actor_ptr from;
    caf::message_id id;
  };

  explicit silent_target(caf::actor_config& settings) : monitorable_actor(settings) {}

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override {
    if (!what->mid.is_request())
      return;
    std::lock_guard guard{mutex_};
    tries_.push_back({what->sender, what->mid});
    changed_.notify_all();
  }

  /// Empty after `patience`.
  std::optional<request> wait_for(std::size_t number) {
    std::unique_lock guard{mutex_};
    if (!changed_.wait_for(guard, patience, [&] { return tries_.size() > number; }))
      return std::nullopt;
    return tries_[number];
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<request> tries_;
};

/// The sooner a try is due, the sooner the next test is.
constexpr requests::retry_policy insistent{10ms, 1ms, 1ms, patience, 1'000'000};
constexpr requests::retry_policy patient{patience, 1ms, 1ms, patience, 1'000'000};

class open_call : public testing::Test {
protected:
  open_call() {
    caf::actor_config settings;
    held_ = caf::make_actor<silent_target, caf::strong_actor_ptr>(
        system_.next_actor_id(), system_.node(), &system_, settings
    );
  }

  ~open_call() override {
    if (caller_.joinable())
      caller_.join();
  }

  /// Makes the call in a thread of its own and logs how it ends.
  template <class Semantics>
  void make(Semantics how) {
    caller_ = std::thread{[this, how] {
      caf::scoped_actor self{system_};
      caller calls{self};
      calls.request(caf::actor_cast<caf::actor>(held_), how, 1)
          .receive(
              [&](int answer) { log_.add("answer " + std::to_string(answer)); },
              [&](const caf::error& reason) {
                log_.add(
                    std::string{to_string(static_cast<errc>(reason.code()))} + ", " + to_string(fate(reason))
                );
              }
          );
    }};
  }

  std::optional<silent_target::request> try_number(std::size_t number) {
    return static_cast<silent_target*>(held_->get())->wait_for(number);
  }

  /// `by`: nobody, if a node answers in the target's place.
  template <class Content>
  void answer(const silent_target::request& which, const caf::strong_actor_ptr& by, Content content) {
    which.from->enqueue(by, which.id.response_id(), caf::make_message(std::move(content)), nullptr);
  }

  /// A leaving node refuses a second try, while the first is in its handler.
  template <class Semantics>
  void is_answered_by_a_leaving_node(Semantics how) {
    make(how);
    auto first = try_number(0);
    auto second = try_number(1);
    ASSERT_TRUE(first && second);
    answer(*second, nullptr, to_caf({errc::unavailable, "leaving"}, request_fate::not_executed));
    answer(*first, held_, 7);
    EXPECT_TRUE(log_.wait_for("answer 7")) << testing::PrintToString(log_.all());
  }

  caf::actor_system_config settings_;
  caf::actor_system system_{settings_};
  caf::strong_actor_ptr held_;
  event_log log_;
  std::thread caller_;
};

TEST_F(open_call, at_most_once_waits_for_the_try_that_a_leaving_node_has) {
  is_answered_by_a_leaving_node(at_most_once{insistent});
}

TEST_F(open_call, at_least_once_waits_for_the_try_that_a_leaving_node_has) {
  is_answered_by_a_leaving_node(at_least_once{insistent});
}

TEST_F(open_call, is_not_executed_if_a_leaving_node_refuses_its_only_try) {
  make(at_most_once{patient});
  auto only = try_number(0);
  ASSERT_TRUE(only);
  answer(*only, nullptr, to_caf({errc::unavailable, "leaving"}, request_fate::not_executed));
  EXPECT_TRUE(log_.wait_for("unavailable, not_executed")) << testing::PrintToString(log_.all());
}

TEST_F(open_call, ends_with_the_stub_that_makes_its_tries) {
  make(at_least_once{.retry = patient, .find_again = [] { return caf::actor{}; }});
  auto first = try_number(0);
  ASSERT_TRUE(first);
  caf::anon_send_exit(caf::actor_cast<caf::actor>(first->from), caf::exit_reason::user_shutdown);
  EXPECT_TRUE(log_.wait_for("outcome_unknown, unknown")) << testing::PrintToString(log_.all());
}

} // namespace
} // namespace chorus
