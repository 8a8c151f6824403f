/// How many events of a simulation happen in a second: for a core that does next to nothing, and for links.

#include <chorus/simulation/linked_population.hpp>
#include <chorus/simulation/population.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace chorus::simulation {
namespace {

/// Sends back what it is sent.
class echo_core {
public:
  struct message {};

  /// Sends the first message.
  struct begin {
    peer with;
  };
  using input = std::variant<begin, link_up>;

  struct output {
    std::vector<transmit<message>> messages;

    bool empty() const { return messages.empty(); }

    template <class Visitor>
    void for_each_step(Visitor&& visit) {
      for (auto& step : messages)
        visit(std::move(step));
    }
  };

  void receive(time_point, const peer& from, const message&) { output_.messages.push_back({from, {}}); }
  void apply(time_point, const input& what) {
    if (const auto* first = std::get_if<begin>(&what))
      output_.messages.push_back({first->with, {}});
    else
      is_linked_ = true;
  }
  void tick(time_point) {}
  std::optional<time_point> next_deadline() const { return {}; }
  output drain() { return std::exchange(output_, {}); }

  bool is_linked() const { return is_linked_; }

private:
  bool is_linked_ = false;
  output output_;
};

struct echo_wire {
  static wire_message encode(const echo_core::message&) { return {byte_buffer(8), {}}; }
  static result<echo_core::message> decode(const shared_bytes&, const shared_bytes&) {
    return echo_core::message{};
  }
};

struct no_step {
  template <class Step>
  void operator()(node&, Step&&) const {}
};

echo_core make_core(node&) {
  return {};
}

/// Events per second of a world in which that many messages go to and fro between two nodes.
void run_on(benchmark::State& state, world& around, population<echo_core>& nodes) {
  constexpr std::uint64_t events_each = 1'000;
  for (auto messages = state.range(0); messages > 0; --messages)
    nodes.apply(0, echo_core::begin{nodes[1].self()});
  auto begin = around.events_happened();
  for (auto _ : state)
    for (std::uint64_t count = 0; count < events_each; ++count)
      around.step();
  auto events = around.events_happened() - begin;
  if (events != static_cast<std::uint64_t>(state.iterations()) * events_each)
    return state.SkipWithError("the world has come to an end");
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
}

void trivial_core(benchmark::State& state) {
  world around{1};
  auto nodes = run_cores<echo_wire>(around, 2, make_core, no_step{});
  around.run_for(std::chrono::seconds{1}); // the news of lives are over
  run_on(state, around, nodes);
}
BENCHMARK(trivial_core)->Arg(1)->Arg(100);

void links(benchmark::State& state) {
  world around{1};
  auto on_link = [](node&, const auto& news) -> std::optional<echo_core::input> {
    if constexpr (std::is_same_v<decltype(news), const link_up&>)
      return echo_core::input{news};
    else
      return {};
  };
  auto nodes = run_cores_over_links<echo_wire>(around, 2, {}, make_core, no_step{}, on_link);
  auto are_linked = [&] { return nodes.core(0)->is_linked() && nodes.core(1)->is_linked(); };
  if (!around.run_until(are_linked, std::chrono::seconds{10}))
    return state.SkipWithError("no link");
  run_on(state, around, nodes);
}
BENCHMARK(links)->Arg(1)->Arg(100);

} // namespace
} // namespace chorus::simulation
