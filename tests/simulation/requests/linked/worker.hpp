#pragma once

#include "parcel.hpp"

#include <chorus/runtime/random.hpp>
#include <chorus/runtime/requests/duplicate_filter.hpp>
#include <chorus/runtime/time.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace chorus::testing::linked_calls {

/// Counts calls, one after the other, and answers each some time after it was executed; with the stub in
/// front of it that removes duplicates of at-most-once calls.
class worker {
public:
  /// What the worker needs of its node.
  struct environment {
    std::function<void(const peer& to, const parcel& what)> answer;
    std::function<void(const parcel& call, std::int64_t value)> executed;
    std::function<void(const std::string& branch)> met;
  };

  worker(
      std::uint64_t number,
      environment around,
      const requests::duplicate_limits& limits,
      random_generator chance
  )
      : number_(number), around_(std::move(around)), filter_(limits), chance_(chance) {}

  std::uint64_t number() const noexcept { return number_; }

  void receive(time_point now, const peer& from, const parcel& call);

  /// That life of the caller is over.
  void forget(const peer& caller) { filter_.forget(caller); }

  /// Ends: whoever waits is told so.
  void end();

  void tick(time_point now);
  std::optional<time_point> next_deadline() const;

  bool is_idle() const noexcept { return mailbox_.empty() && executed_.empty(); }

private:
  struct request {
    peer from;
    parcel call;
  };

  struct result {
    request of;
    std::int64_t value = 0;
  };

  void execute(time_point now, request what);
  void answer(const result& what);
  bool admit(const peer& from, const parcel& call);

  std::uint64_t number_;
  environment around_;
  requests::duplicate_filter filter_;
  random_generator chance_;
  std::deque<request> mailbox_;
  std::optional<time_point> busy_until_;
  std::multimap<time_point, result> executed_;   ///< by when they are answered
  std::map<requests::call_id, request> running_; ///< at-most-once calls, with their last tries
  std::int64_t value_ = 0;
};

} // namespace chorus::testing::linked_calls
