#pragma once

#include "parcel.hpp"

#include <chorus/runtime/random.hpp>
#include <chorus/runtime/requests/duplicate_filter.hpp>
#include <chorus/runtime/requests/server_core.hpp>
#include <chorus/runtime/time.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace chorus::testing::linked_calls {

/// Counts calls, one after the other, and answers each some time after it was executed. A `server_core` in
/// front of it removes duplicates of at-most-once calls.
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
      : number_(number), around_(std::move(around)), core_(limits), chance_(chance) {}

  std::uint64_t number() const noexcept { return number_; }

  void receive(time_point now, const peer& from, const parcel& call);

  /// From a caller of that life.
  void acknowledge(const peer& from, const parcel& what) { core_.acknowledge({from, 0}, what.lowest_open); }

  void life_ended(const peer& of_callers) { core_.life_ended(of_callers); }

  /// Ends: whoever waits is told so.
  void end();

  void tick(time_point now);
  std::optional<time_point> next_deadline() const;

  bool is_idle() const noexcept { return mailbox_.empty() && executed_.empty(); }

private:
  struct request {
    peer from;
    parcel call;
    std::uint64_t execution = 0; ///< the core's number of an at-most-once call
  };

  struct result {
    request of;
    std::int64_t value = 0;
  };

  void execute(time_point now, request what);
  void answer(const result& what);
  void pass_on(time_point now, request what);
  void take_tagged(time_point now, const peer& from, const parcel& call);

  std::uint64_t number_;
  environment around_;
  requests::server_core core_;
  random_generator chance_;
  std::deque<request> mailbox_;
  std::optional<time_point> busy_until_;
  std::multimap<time_point, result> executed_; ///< by when they are answered
  std::int64_t value_ = 0;
};

} // namespace chorus::testing::linked_calls
