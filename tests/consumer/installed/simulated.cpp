#include <chorus/simulation/campaign.hpp>
#include <chorus/simulation/linked_population.hpp>
#include <chorus/simulation/population.hpp>
#include <chorus/simulation/system_model.hpp>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace simulation = chorus::simulation;

/// Says hello to everybody to whom there is a link, and counts who answers.
class greeter {
public:
  using message = std::uint8_t;
  using input = simulation::link_up;

  struct output {
    std::vector<chorus::transmit<message>> messages;
    bool empty() const { return messages.empty(); }

    template <class Visitor>
    void for_each_step(Visitor&& visit) {
      for (auto& step : messages)
        visit(std::move(step));
    }
  };

  void receive(chorus::time_point, const chorus::peer& from, const message& what) {
    if (what == hello)
      output_.messages.push_back({from, welcome});
    else
      ++welcomed_;
  }
  void apply(chorus::time_point, const input& what) { output_.messages.push_back({what.other, hello}); }
  void tick(chorus::time_point) {}
  std::optional<chorus::time_point> next_deadline() const { return std::nullopt; }
  output drain() { return std::exchange(output_, {}); }

  std::size_t welcomed() const { return welcomed_; }

private:
  static constexpr message hello = 1;
  static constexpr message welcome = 2;

  std::size_t welcomed_ = 0;
  output output_;
};

struct wire {
  static chorus::wire_message encode(greeter::message what) { return {{std::byte{what}}, {}}; }
  static chorus::result<greeter::message>
  decode(const chorus::shared_bytes& head, const chorus::shared_bytes&) {
    if (head.size() != 1)
      return chorus::error{chorus::errc::malformed, "not a greeting"};
    return std::to_integer<greeter::message>(head.view()[0]);
  }
};

/// What links tell a greeter: that there is somebody to greet.
struct news {
  std::optional<greeter::input> operator()(simulation::node&, const simulation::link_up& who) const {
    return who;
  }
  template <class Other>
  std::optional<greeter::input> operator()(simulation::node&, const Other&) const {
    return std::nullopt;
  }
};

/// Two greeters over links.
class greeting final : public simulation::trial {
public:
  explicit greeting(simulation::world& world)
      : nodes_(simulation::run_cores_over_links<wire>(
          world,
          2,
          {},
          [](simulation::node&) { return greeter{}; },
          [](simulation::node&, const auto&) {},
          news{}
      )) {}

  void work(chorus::random_generator&) override {}
  bool is_settled() override { return nodes_.core(0)->welcomed() > 0 && nodes_.core(1)->welcomed() > 0; }
  void count(simulation::coverage&) const override {}

private:
  simulation::population<greeter> nodes_;
};

} // namespace

/// Runs a campaign over a core that chorus does not know.
int main() {
  simulation::campaign what;
  what.name = "greeting";
  what.faults = simulation::faults_of({});
  what.storm_length = std::chrono::seconds{20};
  what.settle_within = std::chrono::seconds{120};
  what.begin = [](simulation::world& world) { return std::make_unique<greeting>(world); };
  what.expected = {"lost", "crash", "restart"};

  simulation::campaign_result all;
  for (std::uint64_t seed = 1; seed <= 5; ++seed)
    all.add(what, simulation::run(what, seed));
  std::cout << all.met.table();
  return all.passed() ? EXIT_SUCCESS : EXIT_FAILURE;
}
