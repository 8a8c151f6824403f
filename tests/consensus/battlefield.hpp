#pragma once

#include <chorus/consensus/generals/battle.hpp>
#include <chorus/consensus/generals/output.hpp>
#include <chorus/runtime/driver.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace chorus::testing {

namespace generals = consensus::generals;

/// What one general sends to another, as bytes.
struct letter {
  generals::general from = 0;
  generals::general to = 0;
  byte_buffer bytes;
  bool late = false; ///< it arrives one round late
};

/// Who fights.
struct forces {
  std::size_t generals = 4;
  std::size_t traitors_expected = 1; ///< m of the algorithm
  std::set<generals::general> traitors;
  generals::battle_id battle{1};
};

/// The interactive consistency conditions of the paper.
struct verdict {
  bool ic1 = true; ///< all loyal lieutenants obey the same order
  bool ic2 = true; ///< and, if the commander is loyal, the one he gave

  bool holds() const noexcept { return ic1 && ic2; }
};

inline peer peer_of(generals::general who) {
  return {{0xA0, who + std::uint64_t{1}}, {1}};
}

/// Generals under the production driver, in rounds: everything sent in a round arrives in the middle of
/// it. The traitors' cores are honest, but what they send goes through `lie` first: all of them together,
/// after all letters to them of that round have been read (they collude, and they speak last).
template <class Core, class Wire>
class battlefield {
public:
  using message = typename Core::message;
  using make_core = std::function<Core(const generals::battle&)>;

  static constexpr duration round_length = std::chrono::seconds{1};

  battlefield(const forces& army, make_core make) : army_(army) {
    generals::battle fought;
    fought.id = army.battle;
    fought.traitors = army.traitors_expected;
    fought.start = now_;
    fought.round = round_length;
    for (std::size_t who = 0; who < army.generals; ++who)
      fought.generals.push_back(peer_of(static_cast<generals::general>(who)));
    for (std::size_t who = 0; who < army.generals; ++who) {
      fought.self = static_cast<generals::general>(who);
      nodes_.push_back(std::make_unique<node>(*this, fought.self, make(fought)));
    }
    for (auto& someone : nodes_)
      someone->driver.perform();
  }

  battlefield(const battlefield&) = delete;
  battlefield& operator=(const battlefield&) = delete;

  /// May change, drop and add letters of the traitors; reads what they have got in this round.
  std::function<void(std::vector<letter>& from_traitors, const std::vector<letter>& to_traitors)> lie;

  /// Called with every letter that is sent, after `lie`.
  std::function<void(const letter&)> watch;

  /// The whole battle.
  verdict fight(generals::order given) {
    command(given);
    while (!is_over())
      play_round();
    play_round(); // for what is still under way
    return judge();
  }

  void command(generals::order given) {
    given_ = given;
    nodes_[generals::commander]->driver.apply(generals::command{given});
  }

  void play_round() {
    auto arriving = std::exchange(under_way_, {});
    std::vector<letter> from_traitors;
    std::vector<letter> to_traitors;
    for (auto& written : std::exchange(written_, {})) {
      if (army_.traitors.contains(written.to))
        to_traitors.push_back(written);
      (is_traitor(written.from) ? from_traitors : arriving).push_back(std::move(written));
    }
    if (lie)
      lie(from_traitors, to_traitors);
    std::move(from_traitors.begin(), from_traitors.end(), std::back_inserter(arriving));
    now_ += round_length / 2;
    for (auto& arrived : arriving)
      deliver(std::move(arrived));
    now_ += round_length / 2;
    for (auto& someone : nodes_)
      if (someone->armed && *someone->armed <= now_)
        someone->driver.wake();
  }

  bool is_over() const {
    for (const auto& someone : nodes_)
      if (!someone->decision)
        return false;
    return true;
  }

  verdict judge() const {
    verdict result;
    std::optional<generals::order> first;
    for (std::size_t who = 1; who < nodes_.size(); ++who) {
      if (is_traitor(static_cast<generals::general>(who)))
        continue;
      auto obeyed = nodes_[who]->decision;
      if (!first)
        first = obeyed;
      result.ic1 = result.ic1 && obeyed && obeyed == first;
      result.ic2 = result.ic2 && obeyed && (is_traitor(generals::commander) || obeyed == given_);
    }
    return result;
  }

  bool is_traitor(generals::general who) const { return army_.traitors.contains(who); }
  const Core& core(generals::general who) const { return nodes_[who]->driver.core(); }
  std::optional<generals::order> decision(generals::general who) const { return nodes_[who]->decision; }
  std::uint64_t malformed() const noexcept { return malformed_; }
  std::uint64_t letters_sent() const noexcept { return letters_sent_; }

  /// A core's counter, summed over the loyal generals.
  template <class Counters>
  std::uint64_t total(std::uint64_t Counters::*counter) const {
    std::uint64_t sum = 0;
    for (std::size_t who = 0; who < nodes_.size(); ++who)
      if (!is_traitor(static_cast<generals::general>(who)))
        sum += nodes_[who]->driver.core().counters().*counter;
    return sum;
  }

private:
  /// Host and seams of one general.
  struct node : network_seam, clock_seam {
    node(battlefield& at, generals::general who, Core core)
        : field(at), self(who), driver(std::move(core), *this, *this, *this) {}

    void send(const peer& to, wire_message what) override {
      auto number = static_cast<generals::general>(to.node.low - 1);
      field.written_.push_back({self, number, std::move(what.head)});
    }
    time_point now() const override { return field.now_; }
    void arm(std::optional<time_point> deadline) override { armed = deadline; }
    void perform(generals::decided what) {
      EXPECT_FALSE(decision) << "decided twice";
      decision = what.what;
    }
    void malformed(const peer&, const error&) { ++field.malformed_; }

    battlefield& field;
    generals::general self;
    std::optional<time_point> armed;
    std::optional<generals::order> decision;
    chorus::driver<Core, Wire, node> driver;
  };

  void deliver(letter&& arrived) {
    if (arrived.late) {
      arrived.late = false;
      under_way_.push_back(std::move(arrived));
      return;
    }
    ++letters_sent_;
    if (watch)
      watch(arrived);
    nodes_[arrived.to]->driver.receive(peer_of(arrived.from), shared_bytes{std::move(arrived.bytes)});
  }

  forces army_;
  generals::order given_ = generals::default_order;
  time_point now_{std::chrono::hours{1}};
  std::vector<std::unique_ptr<node>> nodes_;
  std::vector<letter> written_;   ///< in this round
  std::vector<letter> under_way_; ///< of earlier rounds
  std::uint64_t malformed_ = 0;
  std::uint64_t letters_sent_ = 0;
};

} // namespace chorus::testing
