#pragma once

#include <chorus/simulation/world.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace chorus::testing {

using namespace std::chrono_literals;

/// The true moment so long after the world began.
inline time_point moment(duration since_begin) {
  return time_point{since_begin};
}

inline byte_buffer bytes_of(std::string_view text) {
  auto view = as_bytes(text);
  return {view.begin(), view.end()};
}

inline std::string text_of(const byte_buffer& bytes) {
  return std::string{as_text(bytes)};
}

/// What a node's processes were told, through all their lives.
struct diary {
  std::vector<std::string> heard; ///< texts of packets
  std::vector<time_point> heard_at;
  std::vector<peer> senders;
  std::vector<time_point> woken; ///< true moments
  std::vector<std::uint64_t> persisted;
  std::vector<node_id> reconnected;
  std::vector<peer> lives;
};

/// A program that does what a test says and writes down what it is told.
class puppet final : public simulation::process {
public:
  puppet(simulation::node& at, diary& book)
      : node_(at), book_(book),
        timer_(at.make_timer([this] { book_.woken.push_back(node_.around().now()); })) {
    at.on_persisted([this](persist_token token) { book_.persisted.push_back(token.value); });
  }

  void say(const peer& to, std::string_view text) { node_.network().send(to, {bytes_of(text), {}}); }
  void write(std::uint64_t token, std::string_view text) {
    node_.store().persist(persist_token{token}, bytes_of(text));
  }
  clock_seam& timer() { return *timer_; }

  void receive(const peer& from, const shared_bytes& head, const shared_bytes&) override {
    book_.heard.emplace_back(as_text(head.view()));
    book_.heard_at.push_back(node_.around().now());
    book_.senders.push_back(from);
  }
  void reconnected(const node_id& other) override { book_.reconnected.push_back(other); }
  void life_began(const peer& other) override { book_.lives.push_back(other); }

private:
  simulation::node& node_;
  diary& book_;
  std::unique_ptr<clock_seam> timer_;
};

/// A world of puppets, all of them started.
class stage {
public:
  explicit stage(std::size_t count, std::uint64_t seed = 1, bool recorded = false) : around_(seed, recorded) {
    for (; count > 0; --count) {
      auto& book = *books_.emplace_back(std::make_unique<diary>());
      around_.add_node(simulation::node_name(around_.size()), [&book](simulation::node& at) {
        return std::make_unique<puppet>(at, book);
      });
    }
    for (simulation::node_index each = 0; each < around_.size(); ++each)
      node(each).start();
  }

  simulation::node& node(simulation::node_index which) { return around_.at(which); }

  /// Pre: the node runs.
  puppet& actor(simulation::node_index which) { return static_cast<puppet&>(*node(which).running()); }

  diary& book(simulation::node_index which) { return *books_[which]; }

  void say(simulation::node_index from, simulation::node_index to, std::string_view text) {
    actor(from).say(node(to).self(), text);
  }

  /// Lets the news of all lives arrive, which by themselves are events.
  void hear_the_news() { around_.run_for(1s); }

  std::uint64_t count(simulation::fault what) const { return around_.faults()[what]; }

  simulation::world& world() noexcept { return around_; }

private:
  std::vector<std::unique_ptr<diary>> books_; ///< outlive the processes that write into them
  simulation::world around_;
};

/// The same delay for every packet, and nothing else happens to it.
inline simulation::link_quality exactly(duration delay) {
  simulation::link_quality quality;
  quality.delay = {delay, delay, 0, delay};
  return quality;
}

} // namespace chorus::testing
