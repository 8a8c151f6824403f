#include "../actors/tap.hpp"
#include "servants.hpp"

#include <chorus/actors/requests/caller.hpp>

#include <caf/event_based_actor.hpp>

#include <chrono>

/// What each semantics promises when the worker's process is stopped, killed and started anew.
namespace chorus::testing {
namespace {

using namespace std::chrono_literals;

/// Impatient with each try, patient with the call.
constexpr requests::retry_policy insistent{50ms, 10ms, 10ms, process::patience, 1'000'000};

class request_to_worker : public servants {
protected:
  explicit request_to_worker(duration failure_timeout = 4s) : servants(failure_timeout) { hire(); }

  caf::actor worker() { return find("worker/ada"); }

  void hire() {
    start("ada");
    command(worker(), report_atom::value, listener());
  }

  /// An actor that asks once and writes down how it ends: `answer 1`, or the error.
  template <class Semantics>
  void ask_once(Semantics how) {
    ask_once(how, worker());
  }

  template <class Semantics>
  void ask_once(Semantics how, const caf::actor& target) {
    spawn([this, how, target](caf::event_based_actor* self) {
      caller calls{self};
      calls.request(target, how, add_atom::value, std::int64_t{1})
          .then(
              [this](std::int64_t sum) { log().add("answer " + std::to_string(sum)); },
              [this](const caf::error& reason) { log().add(name_of(reason)); }
          );
    });
  }

  std::string name_of(const caf::error& reason) {
    return reason.category() == error_category
               ? std::string{chorus::to_string(static_cast<errc>(reason.code()))}
               : text(reason);
  }

  /// The worker has executed the request and does not answer.
  template <class Semantics>
  void leave_open(Semantics how) {
    command(worker(), hold_atom::value);
    ask_once(how);
    ASSERT_TRUE(heard().wait_for("executed"));
  }

  void lose_worker() {
    kill("ada");
    ASSERT_TRUE(news().wait_for("down ada failed"));
  }
};

TEST_F(request_to_worker, that_is_tried_once_fails_when_the_process_is_killed) {
  leave_open(maybe{process::patience});
  lose_worker();
  EXPECT_TRUE(log().wait_for("node_down"));
  hire();
  ask_once(maybe{process::patience});
  EXPECT_TRUE(log().wait_for("answer 1"));
  EXPECT_TRUE(heard().wait_for("executed", 2));
  EXPECT_EQ(heard().all().size(), 2u);
}

TEST_F(request_to_worker, at_least_once_is_executed_again_by_the_next_process) {
  leave_open(at_least_once{insistent, [this] { return home().find("worker/ada"); }});
  lose_worker();
  hire();
  EXPECT_TRUE(log().wait_for("answer 1")) << "of a life that has counted from the beginning";
  EXPECT_EQ(log().all().size(), 1u);
}

TEST_F(request_to_worker, at_most_once_has_an_unknown_outcome_when_the_process_is_killed) {
  leave_open(at_most_once{insistent});
  lose_worker();
  EXPECT_TRUE(log().wait_for("outcome_unknown"));
  hire();
  ask_once(at_most_once{insistent});
  EXPECT_TRUE(log().wait_for("answer 1")) << "the next process serves new requests";
  EXPECT_TRUE(heard().wait_for("executed", 2));
  EXPECT_EQ(heard().all(), (std::vector<std::string>{"executed", "executed"}))
      << "the first one is not repeated";
}

TEST_F(request_to_worker, at_most_once_was_certainly_not_executed_after_the_process_was_killed) {
  auto old = worker();
  lose_worker();
  caf::scoped_actor self{home().system()};
  caller{self}
      .request(old, at_most_once{insistent}, add_atom::value, std::int64_t{1})
      .receive(
          [](std::int64_t) { ADD_FAILURE(); },
          [](const caf::error& reason) { EXPECT_EQ(reason, errc::unavailable); }
      );
}

class request_to_stopped_worker : public request_to_worker {
protected:
  request_to_stopped_worker() : request_to_worker(std::chrono::minutes{2}) {}
  ~request_to_stopped_worker() override { caf::anon_send_exit(way_, caf::exit_reason::user_shutdown); }

  /// Asks while the process stands still, and lets it go on after several tries.
  template <class Semantics>
  void ask_meanwhile(Semantics how) {
    at("ada").pause();
    way_ = home().system().spawn<tap>(&log(), worker());
    ask_once(how, way_);
    EXPECT_TRUE(log().wait_for("tried", 3));
    at("ada").resume();
  }

private:
  caf::actor way_; ///< to the worker
};

TEST_F(request_to_stopped_worker, at_least_once_is_executed_for_each_try) {
  ask_meanwhile(at_least_once{insistent});
  EXPECT_TRUE(log().wait_for("answer 1"));
  EXPECT_TRUE(heard().wait_for("executed", 2)) << "for the first try and a second one";
}

TEST_F(request_to_stopped_worker, at_most_once_is_executed_once_for_all_tries) {
  ask_meanwhile(at_most_once{insistent});
  EXPECT_TRUE(log().wait_for("answer 1"));
  ask_once(at_most_once{insistent});
  EXPECT_TRUE(log().wait_for("answer 2"));
}

} // namespace
} // namespace chorus::testing
