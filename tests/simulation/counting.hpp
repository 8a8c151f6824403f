#pragma once

#include <chorus/runtime/codec/codec.hpp>
#include <chorus/simulation/campaign.hpp>
#include <chorus/simulation/linked_population.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace chorus::testing {

/// A small protocol core that needs its messages once and in order: it counts, aloud, for each link from
/// zero, and expects the same of all others.
class counting_core {
public:
  using message = std::uint64_t;

  /// The next number to everybody to whom there is a link.
  struct say {};
  using input = std::variant<say, simulation::link_up, simulation::link_down>;

  /// Another node said what was not its turn to say.
  struct out_of_order {
    peer from;
    std::uint64_t expected = 0;
    std::uint64_t said = 0;
  };

  struct output {
    std::vector<transmit<message>> messages;
    std::vector<out_of_order> mistakes;

    bool empty() const { return messages.empty() && mistakes.empty(); }

    template <class Visitor>
    void for_each_step(Visitor&& visit) {
      for (auto& step : messages)
        visit(std::move(step));
      for (auto& step : mistakes)
        visit(std::move(step));
    }
  };

  struct tally {
    std::uint64_t said = 0;
    std::uint64_t heard = 0;
  };

  void receive(time_point, const peer& from, const message& what);
  void apply(time_point, const input& what);
  void tick(time_point) {}
  std::optional<time_point> next_deadline() const { return {}; }
  output drain() { return std::exchange(output_, {}); }

  /// Nothing if there is no link.
  std::optional<tally> with(const peer& other) const;

private:
  std::map<peer, tally> links_;
  output output_;
};

struct counting_wire {
  static wire_message encode(std::uint64_t number) {
    auto bytes = codec::encode(number);
    auto half = bytes.size() / 2; // a head and a body, so that both must arrive
    return {
        {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(half)},
        shared_bytes{{bytes.begin() + static_cast<std::ptrdiff_t>(half), bytes.end()}}};
  }
  static result<std::uint64_t> decode(const shared_bytes& head, const shared_bytes& body) {
    byte_buffer bytes{head.view().begin(), head.view().end()};
    bytes.insert(bytes.end(), body.view().begin(), body.view().end());
    return codec::decode<std::uint64_t>(bytes);
  }
  static std::string describe(std::uint64_t number) { return "says " + std::to_string(number); }
};

class nobody_miscounts final : public simulation::checker {
public:
  nobody_miscounts() : checker("everybody counts without a gap") {}
  void add(const simulation::node& at, const counting_core::out_of_order& mistake) {
    broken(
        at.name() + " hears " + std::to_string(mistake.said) + " instead of "
        + std::to_string(mistake.expected)
    );
  }
};

/// Three nodes that count over links.
class counting_trial final : public simulation::trial {
public:
  explicit counting_trial(simulation::world& around, link::config limits = {});

  void work(random_generator& chance) override;
  void settle() override;
  bool is_settled() override;
  std::string unsettled() const override { return "not everything that was said was heard"; }
  void count(simulation::coverage& met) const override { met.merge(met_); }

  simulation::population<counting_core>& nodes() { return nodes_; }

private:
  simulation::coverage met_;
  nobody_miscounts check_;
  simulation::population<counting_core> nodes_;
  bool has_greeted_ = false;
};

} // namespace chorus::testing
