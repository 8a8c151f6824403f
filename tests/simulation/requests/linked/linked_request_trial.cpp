#include "linked_request_trial.hpp"

#include "../../../link/tight_limits.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <string_view>

namespace chorus::testing {

using namespace std::chrono_literals;
using linked_calls::calling_node;
using linked_calls::message_nature;
using requests::request_semantics;

linked_request_trial::linked_request_trial(simulation::world& around)
    : around_(around), chance_(around.split_chance()) {
  around.watch(check_);
  for (std::size_t count = 0; count < nodes; ++count)
    around.add_node(simulation::node_name(count), [this](simulation::node& at) {
      return std::make_unique<calling_node>(at, *this);
    });
  for (simulation::node_index each = 0; each < nodes; ++each)
    around.at(each).start();
}

/// Room for about ten calls, and for a few answers more.
link::config linked_request_trial::limits() {
  auto settings = tight_limits();
  settings.give_up_after = 3s;
  return settings;
}

requests::retry_policy linked_request_trial::retry() {
  return {300ms, 20ms, 300ms, 3s, 8};
}

/// Small enough for each limit to be met.
requests::duplicate_limits linked_request_trial::remembered() {
  return {.callers = nodes, .calls_of_one_caller = 6, .calls = 8, .answer_bytes = 5 * sizeof(std::int64_t)};
}

// -- work ------------------------------------------------------------------------------------------------

void linked_request_trial::work(random_generator& chance) {
  auto from = chance.below(nodes);
  auto to = (from + 1 + chance.below(nodes - 1)) % nodes;
  auto* at = program(from);
  if (at == nullptr)
    return;
  auto other = around_.at(to).self();
  auto dice = chance.below(1000);
  if (dice < 580)
    call(from, chance);
  else if (dice < 600)
    at->drain(chance.duration_between(100ms, 2s));
  else if (dice < 900)
    chatter(from, to, chance);
  else if (dice < 930)
    at->set_lazy(0, true);
  else if (dice < 980)
    at->set_lazy(0, false);
  else if (dice < 990)
    at->end_worker();
  else if (dice < 993)
    at->declare_failed(other, chance.duration_between(0ms, 2s));
  else if (dice < 996)
    at->leave(other);
}

/// Most are ordinary.
message_nature any_nature(random_generator& chance) {
  auto dice = chance.below(20);
  return dice == 0   ? message_nature::undeclared
         : dice == 1 ? message_nature::too_large
         : dice == 2 ? message_nature::unreadable
                     : message_nature::ordinary;
}

void linked_request_trial::call(simulation::node_index from, random_generator& chance) {
  auto whom = find_target(from);
  if (!whom)
    return;
  linked_calls::caller_host::order what;
  what.client = around_.at(from).self();
  what.how = std::array{
      request_semantics::maybe,
      request_semantics::at_least_once,
      request_semantics::at_most_once}[chance.below(3)];
  what.whom = *whom;
  what.nature = any_nature(chance);
  what.answer = any_nature(chance);
  what.filling.resize(chance.chance(0.5) ? 0 : 300);
  program(from)->begin(what);
}

/// Enough of it fills a link, the more so if it is not read.
void linked_request_trial::chatter(
    simulation::node_index from, simulation::node_index to, random_generator& chance
) {
  for (auto count = chance.below(8); count > 0; --count)
    program(from)->chatter(around_.at(to).self(), 400);
}

std::optional<linked_calls::target>
linked_request_trial::target_at(simulation::node_index which, const peer& home) {
  auto* at = static_cast<calling_node*>(around_.at(which).running());
  if (at == nullptr)
    return std::nullopt;
  return linked_calls::target{home, at->worker()};
}

std::optional<linked_calls::target> linked_request_trial::find_target(simulation::node_index from) {
  auto to = (from + 1 + chance_.below(nodes - 1)) % nodes;
  return target_at(to, around_.at(to).self());
}

calling_node* linked_request_trial::program(simulation::node_index which) {
  auto& at = around_.at(which);
  return at.is_awake() ? static_cast<calling_node*>(at.running()) : nullptr;
}

// -- the end ---------------------------------------------------------------------------------------------

void linked_request_trial::settle() {
  for (simulation::node_index each = 0; each < nodes; ++each)
    if (auto* reader = program(each))
      reader->set_lazy(0, false);
}

bool linked_request_trial::is_settled() {
  for (simulation::node_index each = 0; each < nodes; ++each)
    if (auto* at = program(each); at == nullptr || !at->is_settled())
      return false;
  return true;
}

void linked_request_trial::count(simulation::coverage& met) const {
  met.merge(met_);
  check_.count(met, "linked ");
}

std::vector<std::string> expected_of_linked_requests() {
  std::vector<std::string> all{
      "call finds the link full",
      "call finds its handle ended",
      "call comes back unsent: node_down",
      "call cannot be read",
      "call of a worker that has ended",
      "call of a leaving node",
      "answered by a leaving node that refused a later try",
      "node left before it had answered",
      "answer cannot be read",
      "worker ended under a call",
      "link lost under a call",
      "answer cannot be sent: overloaded",
      "answer cannot be sent: too_large",
      "answer cannot be sent: unknown_type",
      "executed, and tried again for its answer",
      "kept answer given again",
      "acknowledged without a call",
      "no room for a failure"};
  for (auto how :
       {request_semantics::maybe, request_semantics::at_least_once, request_semantics::at_most_once})
    for (std::string_view end :
         {"answered",
          "certainly executed",
          "certainly not executed",
          "unknown: not executed",
          "unknown: executed",
          "lost with its client"})
      all.push_back("linked " + std::string{to_string(how)} + ' ' + std::string{end});
  return all;
}

} // namespace chorus::testing
