#include "counter_trial.hpp"

#include <vector>

namespace chorus::testing {

counter_trial::counter_trial(simulation::world& around) : around_(around) {
  around.watch(check_);
  servers_ = simulation::run_cores<durable_counter::wire>(
      around, 1, [this](simulation::node& at) { return start_server(at); }, [](simulation::node&, auto&&) {}
  );
  clients_ = simulation::run_cores<durable_counter::wire>(
      around,
      clients,
      [this](simulation::node& at) {
        open_[at.index() - 1].reset(); // whatever an earlier life asked stays open
        return client{at.self().incarnation, (*servers_)[0].self().node};
      },
      [this](simulation::node& at, const auto& step) {
        if constexpr (requires { step.value; })
          ended(at, step.value);
        else
          ended(at, std::nullopt);
      }
  );
}

/// A torn record was never answered for.
durable_counter::server counter_trial::start_server(simulation::node& at) {
  std::vector<durable_counter::record> left;
  for (const auto& each : at.disk().records()) {
    if (!each.intact) {
      met_.add("torn record passed over");
      continue;
    }
    if (auto what = durable_counter::wire::decode_record(each.bytes))
      left.push_back(*what);
  }
  return server{left};
}

void counter_trial::work(random_generator& chance) {
  auto who = chance.below(clients);
  auto key = chance.below(keys);
  auto amount = chance.chance(0.3) ? 0 : chance.between(1, 9);
  ask(who, key, amount);
}

bool counter_trial::ask(std::size_t who, std::uint64_t key, std::int64_t amount) {
  auto& at = (*clients_)[who];
  if (!at.is_awake() || !clients_->core(who)->is_idle())
    return false;
  simulation::counter_specification::add what{amount};
  open_[who] =
      check_.history.invoke({static_cast<std::uint32_t>(who + 1)}, std::to_string(key), what, around_.now());
  return clients_->apply(who, {key, amount});
}

void counter_trial::ended(simulation::node& at, std::optional<std::int64_t> answer) {
  auto who = at.index() - 1;
  auto& which = open_[who];
  met_.add(answer ? "answered" : "given up");
  if (answer) {
    check_.history.answered(*which, *answer, around_.now());
    last_reads_[who].answered += last_reads_[who].is_open ? 1 : 0;
  }
  last_reads_[who].is_open = false;
  which.reset();
}

/// Each client reads each key once more, until it is answered; then all that was seen is judged.
bool counter_trial::is_settled() {
  auto all = true;
  for (std::size_t who = 0; who < clients; ++who) {
    auto& last = last_reads_[who];
    if (clients_->core(who)->is_idle() && last.answered < keys)
      last.is_open = ask(who, last.answered, 0);
    all = all && clients_->core(who)->is_idle();
  }
  if (!all)
    return false;
  if (!std::exchange(judged_, true))
    check_.judge();
  return true;
}

} // namespace chorus::testing
