#include "request_trial.hpp"

#include <array>
#include <chrono>
#include <string_view>

namespace chorus::testing {

using namespace std::chrono_literals;
using requests::request_fate;
using requests::request_semantics;

std::vector<std::string> expected_of_requests() {
  std::vector<std::string> all{
      "try while it runs",
      "answered again",
      "answer not kept",
      "try too late",
      "refused at a limit",
      "maybe executed again",
      "at-least-once executed again"};
  all.push_back("at-most-once certainly executed");
  for (auto how :
       {request_semantics::maybe, request_semantics::at_least_once, request_semantics::at_most_once})
    for (std::string_view end :
         {"answered",
          "certainly not executed",
          "unknown: not executed",
          "unknown: executed",
          "lost with its client"})
      all.push_back(std::string{to_string(how)} + ' ' + std::string{end});
  return all;
}

// -- the trial -------------------------------------------------------------------------------------------

request_trial::request_trial(simulation::world& around) {
  around.watch(check_);
  auto hear_all = [this](simulation::node& at, const auto& step) { hear(at, step); };
  servers_ = simulation::run_cores<counter_calls::wire>(
      around, 1, [this](simulation::node& at) { return start_server(at); }, hear_all
  );
  clients_ = simulation::run_cores<counter_calls::wire>(
      around, clients, [this](simulation::node& at) { return start_client(at); }, hear_all
  );
}

/// Small enough for each limit to be met.
counter_calls::server request_trial::start_server(simulation::node& at) {
  requests::duplicate_limits limits{
      .callers = clients, .calls_of_one_caller = 6, .calls = 12, .answer_bytes = 8 * sizeof(std::int64_t)};
  return {{at.self().incarnation, 1ms, 200ms, limits}, at.around().split_chance()};
}

counter_calls::client request_trial::start_client(simulation::node& at) {
  requests::retry_policy retry{100ms, 20ms, 300ms, 2s, 12};
  return {{at.self().incarnation, (*servers_)[0].self().node, retry}, at.around().split_chance()};
}

void request_trial::work(random_generator& chance) {
  auto who = chance.below(clients);
  auto how = std::array{
      request_semantics::maybe,
      request_semantics::at_least_once,
      request_semantics::at_most_once}[chance.below(3)];
  clients_->apply(who, {how});
}

bool request_trial::is_settled() {
  for (std::size_t who = 0; who < clients; ++who)
    if (clients_->core(who) == nullptr || clients_->core(who)->open() > 0)
      return false;
  return true;
}

void request_trial::hear(simulation::node&, const counter_calls::executed& step) {
  check_.executed(step);
}

std::string_view branch_of(const counter_calls::passed_over& step) {
  if (!step.why)
    return "answered again";
  switch (*step.why) {
  case requests::refusal::overloaded:
    return "refused at a limit";
  case requests::refusal::superseded:
    return "try while it runs";
  case requests::refusal::not_kept:
    return "answer not kept";
  case requests::refusal::stale:
    break;
  }
  return "try too late";
}

void request_trial::hear(simulation::node& at, const counter_calls::passed_over& step) {
  std::string what{branch_of(step)};
  at.note("call " + std::to_string(step.number) + " of " + to_string(step.client) + ": " + what);
  met_.add(what);
}

void request_trial::hear(simulation::node& at, const counter_calls::begun& step) {
  check_.begun(at.self(), step.number, step.how);
}

void request_trial::hear(simulation::node& at, const counter_calls::tried& step) {
  check_.tried(at.self(), step.number);
}

void request_trial::hear(simulation::node& at, const counter_calls::ended& step) {
  at.note(
      "call " + std::to_string(step.number)
      + (step.answer                               ? " is answered"
         : step.fate == request_fate::not_executed ? " was not executed"
         : step.fate == request_fate::executed     ? " was executed"
                                                   : " has an unknown outcome")
  );
  check_.ended(at.self(), step);
}

void request_trial::count(simulation::coverage& met) const {
  met.merge(met_);
  check_.count(met);
}

} // namespace chorus::testing
