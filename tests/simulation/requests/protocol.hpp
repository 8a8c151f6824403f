#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/random.hpp>
#include <chorus/runtime/requests/caller_core.hpp>
#include <chorus/runtime/requests/duplicate_filter.hpp>
#include <chorus/runtime/requests/fate.hpp>
#include <chorus/runtime/requests/refusal.hpp>
#include <chorus/runtime/requests/retry_policy.hpp>
#include <chorus/runtime/requests/semantics.hpp>
#include <chorus/runtime/requests/server_core.hpp>
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
/// the cores of `runtime/requests` in their smallest hosts. A host does here what links do in a node: it
/// tells lives apart.
namespace chorus::testing::counter_calls {

using requests::request_fate;
using requests::request_semantics;

enum class kind : std::uint8_t {
  call,
  answer,  ///< with the value afterwards
  refusal, ///< for this reason
  acknowledgement,
  who,          ///< which life of the server is this?
  another_life, ///< not executed: this is life `server_life`
};

struct message {
  counter_calls::kind kind = kind::call;
  request_semantics how = request_semantics::maybe;
  std::uint64_t number = 0;
  std::uint64_t attempt = 0; ///< the number of the try
  std::uint64_t lowest_open = 0;
  requests::refusal reason = requests::refusal::overloaded;
  incarnation client_life; ///< whose number it is: an answer to an earlier life may come late
  incarnation server_life; ///< for which it is meant, or which speaks
  std::int64_t value = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(kind, how, number, attempt, lowest_open, reason, client_life, server_life, value);
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

/// A try that was not executed.
struct passed_over {
  std::optional<requests::refusal> why; ///< none: it was executed before, and is answered again
  peer client;
  std::uint64_t number = 0;
};

struct begun {
  std::uint64_t number = 0;
  request_semantics how;
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
  std::vector<std::variant<transmit<message>, executed, passed_over, begun, tried, ended>> steps;

  bool empty() const noexcept { return steps.empty(); }

  template <class Visitor>
  void for_each_step(Visitor&& visit) {
    for (auto& step : steps)
      std::visit(visit, std::move(step));
  }
};

/// Counts. Each call takes a while; at-most-once calls pass a `server_core` before.
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
      : settings_(settings), chance_(chance), core_(settings.limits) {}

  void receive(time_point now, const peer& from, const message& what);
  void apply(time_point, const input&) {}
  void tick(time_point now);
  std::optional<time_point> next_deadline() const;
  output drain() { return std::exchange(output_, {}); }

private:
  struct running {
    peer client;
    message call;
    std::uint64_t execution = 0; ///< the core's number of an at-most-once call
  };

  bool is_of_an_earlier_life(const peer& from);
  void take_call(time_point now, const peer& from, const message& what);
  void begin(time_point now, const running& what);
  void reply(const peer& to, const message& call, kind what);
  void answer(const peer& to, const message& call, std::int64_t value);

  config settings_;
  random_generator chance_;
  requests::server_core core_;
  std::map<node_id, incarnation> lives_; ///< the newest of each client's node
  std::multimap<time_point, running> running_;
  std::int64_t value_ = 0;
  output output_;
};

/// Makes calls, any number at a time: a `caller_core` and what it calls, a life of the server.
class client {
public:
  using message = counter_calls::message;
  using output = counter_calls::output;

  struct begin {
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
      : settings_(settings), core_(chance), server_life_(settings.server_life) {}

  void receive(time_point now, const peer& from, const message& what);
  void apply(time_point now, const begin& what);
  void tick(time_point now);
  std::optional<time_point> next_deadline() const { return core_.next_deadline(); }
  output drain() { return std::exchange(output_, {}); }

  std::size_t open() const noexcept { return core_.open(); }

private:
  struct call_record {
    request_semantics how = request_semantics::maybe;
    incarnation bound_to; ///< the life of the server
    std::optional<std::int64_t> answer = std::nullopt;
  };

  void hear(time_point now, const message& what);
  void perform_steps(time_point now);
  void perform(time_point now, const requests::caller_core::send& step);
  void perform(time_point now, const requests::caller_core::find_target& step);
  void perform(time_point now, const requests::caller_core::ended& step);
  void perform(time_point now, const requests::caller_core::acknowledge& step);
  void transmit_to_server(message what);

  config settings_;
  requests::caller_core core_;
  incarnation server_life_; ///< the newest that was heard of
  std::map<std::uint64_t, call_record>
      calls_; ///< all, so that a checker hears what the core does after their end
  output output_;
};

} // namespace chorus::testing::counter_calls
