#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/random.hpp>
#include <chorus/runtime/requests/attempts.hpp>
#include <chorus/runtime/requests/duplicate_filter.hpp>
#include <chorus/runtime/requests/fate.hpp>
#include <chorus/runtime/requests/semantics.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/seams.hpp>
#include <chorus/runtime/steps.hpp>
#include <chorus/runtime/time.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// A counter that is called from other nodes under each of the three semantics, over a network without links:
/// `runtime/requests` in its smallest hosts.
namespace chorus::testing::counter_calls {

using requests::request_fate;
using requests::request_semantics;

enum class kind : std::uint8_t {
  call,
  answer,       ///< with the value afterwards
  overloaded,   ///< not executed by this try
  not_kept,     ///< executed, and the answer is lost
  stale,        ///< given up by its client
  another_life, ///< not executed: this is life `server_life`
};

struct message {
  counter_calls::kind kind = kind::call;
  request_semantics how = request_semantics::maybe;
  std::uint64_t number = 0;
  std::uint64_t lowest_open = 0;
  incarnation client_life; ///< whose number it is: an answer to an earlier life may come late
  incarnation server_life; ///< for which it is meant, or which speaks
  std::int64_t value = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(kind, how, number, lowest_open, client_life, server_life, value);
  }
};

struct wire {
  static wire_message encode(const message& what);
  static result<message> decode(const shared_bytes& head, const shared_bytes& body = {});
  static std::string describe(const message& what);
};

/// What the cores tell their nodes, for transcripts and checkers.
struct executed {
  request_semantics how;
  peer client;
  std::uint64_t number = 0;
  std::int64_t value = 0;
};

/// A try that was not executed, and why.
struct passed_over {
  requests::duplicate_filter::verdict why;
  peer client;
  std::uint64_t number = 0;
};

struct tried {
  std::uint64_t number = 0;
};

/// How a call ended: with a value, or with what is known.
struct ended {
  std::uint64_t number = 0;
  std::optional<std::int64_t> answer;
  request_fate fate = request_fate::unknown; ///< without an answer
};

/// The steps of a core, in order.
struct output {
  std::vector<std::variant<transmit<message>, executed, passed_over, tried, ended>> steps;

  bool empty() const noexcept { return steps.empty(); }

  template <class Visitor>
  void for_each_step(Visitor&& visit) {
    for (auto& step : steps)
      std::visit(visit, std::move(step));
  }
};

/// Counts. Each call takes a while; at-most-once calls pass the filter before.
class server {
public:
  using message = counter_calls::message;
  using output = counter_calls::output;
  using input = std::monostate;

  struct config {
    incarnation life;
    duration quickest{};
    duration slowest{};
    requests::duplicate_limits limits;
  };

  server(const config& settings, random_generator chance)
      : settings_(settings), chance_(chance), filter_(settings.limits) {}

  void receive(time_point now, const peer& from, const message& what);
  void apply(time_point, const input&) {}
  void tick(time_point now);
  std::optional<time_point> next_deadline() const;
  output drain() { return std::exchange(output_, {}); }

private:
  struct running {
    peer client;
    message call;
  };

  bool is_of_an_earlier_life(const peer& from);
  void begin(time_point now, const peer& from, const message& what);
  void answer(const peer& to, const message& call, kind what, std::int64_t value = 0);

  config settings_;
  random_generator chance_;
  requests::duplicate_filter filter_;
  std::map<node_id, incarnation> lives_; ///< the newest of each client's node
  std::multimap<time_point, running> running_;
  std::int64_t value_ = 0;
  output output_;
};

/// Makes calls, any number at a time.
class client {
public:
  using message = counter_calls::message;
  using output = counter_calls::output;

  /// Pre: no number is used twice, and each is greater than those before.
  struct begin {
    std::uint64_t number = 0;
    request_semantics how = request_semantics::maybe;
  };
  using input = begin;

  struct config {
    incarnation life;
    node_id server;
    requests::retry_policy retry;
    incarnation server_life = {}; ///< if it is known already
  };

  client(const config& settings, random_generator chance)
      : settings_(settings), chance_(chance), server_life_(settings.server_life) {}

  void receive(time_point now, const peer& from, const message& what);
  void apply(time_point now, const begin& what);
  void tick(time_point now);
  std::optional<time_point> next_deadline() const;
  output drain() { return std::exchange(output_, {}); }

  std::size_t open() const noexcept { return calls_.size(); }

private:
  struct call {
    request_semantics how;
    requests::attempts tries;
    incarnation bound_to; ///< the life of the server; unknown until it says so
  };
  using call_table = std::map<std::uint64_t, call>;

  void advance(time_point now, call_table::iterator which);
  std::uint64_t lowest_open(std::uint64_t at_most) const;
  void rebind(time_point now, call_table::iterator which, const message& what);
  void end(call_table::iterator which, std::optional<std::int64_t> answer);

  config settings_;
  random_generator chance_;
  incarnation server_life_; ///< the newest that was heard of
  call_table calls_;
  output output_;
};

} // namespace chorus::testing::counter_calls
