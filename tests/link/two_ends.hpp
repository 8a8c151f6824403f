#pragma once

#include "offers.hpp"

#include <chorus/runtime/link/link.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chorus::testing {

inline shared_bytes bytes_of(std::string_view text) {
  auto view = as_bytes(text);
  return shared_bytes{byte_buffer(view.begin(), view.end())};
}

inline std::string text_of(const shared_bytes& bytes) {
  return std::string{as_text(bytes.view())};
}

/// Two ends of a link, the frames between them, one clock: the whole world of a link in one thread
/// (the idea of `Pair` in quinn-proto's tests). Frames travel encoded. Nothing moves by itself.
class two_ends {
public:
  enum side : std::size_t { a = 0, b = 1 };

  /// What an end has told its node.
  struct record {
    std::pair<peer, peer> lives; ///< its own, the other's
    std::optional<link::core> core;
    int established = 0;
    std::vector<link::delivered> delivered;
    std::vector<link::refused> refused;
    std::size_t released_bytes = 0;
    std::optional<link::closed> closed;
  };

  /// `settings`: the limits of both ends; cluster and ends are filled in.
  explicit two_ends(link::config settings = {}, std::string cluster_of_b = "tests")
      : settings_{settings, settings}, clusters_{"tests", std::move(cluster_of_b)} {
    start(a);
    start(b);
  }

  /// Ends that differ, in their channels for example.
  two_ends(link::config settings_of_a, link::config settings_of_b)
      : settings_{std::move(settings_of_a), std::move(settings_of_b)}, clusters_{"tests", "tests"} {
    start(a);
    start(b);
  }

  /// Sees every output before it is performed.
  std::function<void(side, const link::output&)> watch;

  static constexpr side other(side which) { return which == a ? b : a; }

  record& operator[](side which) { return records_[which]; }
  std::deque<wire_message>& way_to(side which) { return ways_[which]; }
  time_point now() const { return now_; }
  peer identity(side which) const { return {{which + 1, which + 1}, {lives_[which]}}; }

  /// The number of the latest relation at that end; those of A are odd, those of B even.
  relation_number relation(side which) const { return {2 * relations_[which] + which - 1}; }

  /// A new core at that end, in the present life, for a new relation. What was delivered to it in earlier
  /// ones of the same two lives and is not consumed takes its part of the window.
  void start(side which) {
    ++relations_[which];
    auto settings = settings_[which];
    auto lives = std::pair{identity(which), identity(other(which))};
    if (records_[which].lives == lives)
      for (link::channel_number number = 0; number < settings.channels.size(); ++number)
        settings.channels[number].held_bytes = records_[which].core->unconsumed(number);
    settings.cluster = clusters_[which];
    settings.self = identity(which);
    settings.other = identity(other(which));
    settings.relation = relation(which);
    records_[which] = {};
    records_[which].lives = lives;
    records_[which].core.emplace(now_, std::move(settings));
  }

  void apply(side which, const link::input& what) {
    records_[which].core->apply(now_, what);
    perform(which);
  }

  void send(
      side from,
      link::pair who,
      std::string_view text,
      link::urgency how = link::urgency::ordinary,
      link::channel_number channel = 0
  ) {
    apply(from, link::send{who, how, bytes_of(text), channel});
  }

  /// Another process with a copy of that end's data directory says hello, in a later relation of its own.
  void greet_as_copy(side which) {
    link::hello what{clusters_[which], 1, offer_of(settings_[which])};
    relation_number later{relation(which).value + 2};
    ways_[other(which)].push_back(
        link::wire::encode({identity(which), identity(other(which)), later, {}, what})
    );
  }

  /// Hands the next frame on the way to that end over. False if there is none.
  bool deliver_one(side to) {
    if (ways_[to].empty())
      return false;
    auto packet = std::move(ways_[to].front());
    ways_[to].pop_front();
    auto what = link::wire::decode(shared_bytes{std::move(packet.head)}, packet.body);
    if (what) {
      records_[to].core->receive(now_, what->source, *what);
      perform(to);
    }
    return true;
  }

  /// Hands over everything, answers included.
  void deliver() {
    while (deliver_one(b) || deliver_one(a)) {
    }
  }

  /// Lets time pass to `when`, waking both ends at their deadlines on the way. Frames wait.
  void advance_to(time_point when) {
    for (auto next = next_deadline(); next && *next <= when; next = next_deadline()) {
      now_ = std::max(now_, *next);
      for (auto which : {a, b}) {
        records_[which].core->tick(now_);
        perform(which);
      }
    }
    now_ = std::max(now_, when);
  }

  void advance(duration by) { advance_to(now_ + by); }

  /// Delivers and lets time pass until nobody waits for anything. False if that takes over an hour.
  bool settle() {
    const auto limit = now_ + std::chrono::hours{1};
    for (deliver(); next_deadline(); deliver()) {
      if (*next_deadline() > limit)
        return false;
      advance_to(*next_deadline());
    }
    return true;
  }

  /// Everything delivered at that end is consumed.
  void consume_all(side which) {
    std::vector<std::size_t> bytes(settings_[which].channels.size());
    for (auto& message : records_[which].delivered)
      bytes[message.channel] += std::exchange(message.cost, 0);
    for (link::channel_number number = 0; number < bytes.size(); ++number)
      if (bytes[number] > 0)
        apply(which, link::consumed{bytes[number], number});
  }

  std::vector<std::string> texts(side which) const {
    std::vector<std::string> all;
    for (const auto& message : records_[which].delivered)
      all.push_back(text_of(message.payload));
    return all;
  }

  /// That end dies and comes back in a new life, with a new link.
  void restart(side which) {
    ++lives_[which];
    start(which);
  }

  /// Does what the end wants done.
  void perform(side which) {
    auto& end = records_[which];
    auto output = end.core->drain();
    if (watch)
      watch(which, output);
    end.established += output.established_now ? 1 : 0;
    for (auto& message : output.deliveries)
      end.delivered.push_back(std::move(message));
    for (auto& message : output.refusals)
      end.refused.push_back(std::move(message));
    for (const auto& step : output.releases)
      end.released_bytes += step.bytes;
    for (auto& step : output.frames)
      ways_[other(which)].push_back(link::wire::encode(step.message));
    if (output.end)
      end.closed = std::move(output.end);
  }

private:
  std::optional<time_point> next_deadline() const {
    std::optional<time_point> first;
    for (const auto& end : records_)
      if (auto when = end.core->next_deadline(); when && (!first || *when < *first))
        first = when;
    return first;
  }

  std::array<link::config, 2> settings_;
  std::array<std::string, 2> clusters_;
  time_point now_;
  std::array<std::uint64_t, 2> lives_{1, 1};
  std::array<std::uint64_t, 2> relations_{0, 0};
  std::array<record, 2> records_;
  std::array<std::deque<wire_message>, 2> ways_; ///< to each end
};

} // namespace chorus::testing
