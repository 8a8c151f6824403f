#pragma once

#include <chorus/runtime/codec/codec.hpp>
#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/seams.hpp>
#include <chorus/runtime/steps.hpp>
#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// A counter on one node, to which others add over a network that loses, doubles and delays.
namespace example {

/// "Count one", or "it is counted".
struct message {
  std::uint64_t number = 0; ///< each client numbers its requests, from 1
  bool is_answer = false;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(number, is_answer);
  }
};

struct wire {
  static chorus::wire_message encode(const message& what) { return {chorus::codec::encode(what), {}}; }
  static chorus::result<message> decode(const chorus::shared_bytes& head, const chorus::shared_bytes&) {
    return chorus::codec::decode<message>(head.view());
  }
  static std::string describe(const message& what) {
    return (what.is_answer ? "counted " : "count ") + std::to_string(what.number);
  }
};

/// An input of a client.
struct add_one {};

/// A step of the server: it has counted a request.
struct counted {
  chorus::peer client;
  std::uint64_t number = 0;
};

/// What is wrong with a core on purpose.
enum class mistake { none, counts_again, asks_once };

/// Server and clients, one at a time each. A client asks again until it is answered; the server counts a
/// request that it has not counted before, and answers every time. It remembers this as long as it runs.
class core {
public:
  using message = example::message;
  using input = add_one;

  static constexpr chorus::duration ask_again_after = std::chrono::milliseconds{100};

  /// Clients that the server remembers; further ones get no answer.
  static constexpr std::size_t clients_limit = 64;

  struct output {
    std::vector<counted> counts;
    std::vector<chorus::transmit<message>> messages;

    bool empty() const noexcept { return counts.empty() && messages.empty(); }

    template <class Visitor>
    void for_each_step(Visitor&& visit) {
      for (auto& step : counts)
        visit(std::move(step));
      for (auto& step : messages)
        visit(std::move(step));
    }
  };

  core(chorus::node_id self, chorus::node_id server, mistake planted = mistake::none)
      : self_(self), server_(server), planted_(planted) {}

  void apply(chorus::time_point now, const add_one&) {
    if (++wanted_ == answered_ + 1)
      ask(now);
  }

  void receive(chorus::time_point now, const chorus::peer& from, const message& what) {
    if (what.is_answer && from.node == server_)
      take_answer(now, what.number);
    else if (!what.is_answer && self_ == server_)
      take_request(from, what.number);
  }

  void tick(chorus::time_point now) {
    if (!deadline_ || now < *deadline_)
      return;
    ++asked_again_;
    ask(now);
  }

  std::optional<chorus::time_point> next_deadline() const { return deadline_; }
  output drain() { return std::exchange(output_, {}); }

  std::uint64_t total() const noexcept { return total_; }
  std::uint64_t asked_again() const noexcept { return asked_again_; }

private:
  void ask(chorus::time_point now) {
    output_.messages.push_back({{server_, {}}, {answered_ + 1, false}});
    if (planted_ == mistake::asks_once)
      deadline_.reset();
    else
      deadline_ = now + ask_again_after;
  }

  void take_answer(chorus::time_point now, std::uint64_t number) {
    if (number != answered_ + 1 || answered_ == wanted_)
      return; // to an earlier request, or to none
    deadline_.reset();
    if (++answered_ < wanted_)
      ask(now);
  }

  void take_request(const chorus::peer& from, std::uint64_t number) {
    if (newest_of_.size() == clients_limit && !newest_of_.contains(from))
      return;
    auto& newest = newest_of_[from];
    if (number == newest + 1 || planted_ == mistake::counts_again) {
      newest = number;
      ++total_;
      output_.counts.push_back({from, number});
    }
    if (number <= newest)
      output_.messages.push_back({from, {number, true}});
  }

  chorus::node_id self_;
  chorus::node_id server_;
  mistake planted_;

  // of a client
  std::uint64_t wanted_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t asked_again_ = 0;
  std::optional<chorus::time_point> deadline_;

  // of the server
  std::uint64_t total_ = 0;
  std::map<chorus::peer, std::uint64_t> newest_of_; ///< requests

  output output_;
};

} // namespace example
