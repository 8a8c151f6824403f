#include "promises.hpp"

#include <algorithm>

namespace chorus::testing {

using requests::request_fate;
using requests::request_semantics;

void promises_of_requests::begun(const peer& client, std::uint64_t number, request_semantics how) {
  calls_.emplace(std::pair{client, number}, call{how, 0, {}, {}});
}

void promises_of_requests::tried(const peer& client, std::uint64_t number) {
  auto& what = calls_.at({client, number});
  ++what.tries;
  if (what.end)
    broken("call " + std::to_string(number) + " of " + to_string(client) + " is tried after its end");
  judge(client, number, what);
}

void promises_of_requests::executed(const counter_calls::executed& step) {
  auto& what = calls_.at({step.client, step.number});
  what.values.push_back(step.value);
  judge(step.client, step.number, what);
}

void promises_of_requests::ended(const peer& client, const counter_calls::ended& step) {
  auto& what = calls_.at({client, step.number});
  if (what.end)
    broken("call " + std::to_string(step.number) + " of " + to_string(client) + " ends twice");
  what.end = step;
  judge(client, step.number, what);
}

void promises_of_requests::abandoned(const peer& client, std::uint64_t number) {
  broken(
      "call " + std::to_string(number) + " of " + to_string(client)
      + " is given up while a leaving node has it"
  );
}

void promises_of_requests::judge(const peer& client, std::uint64_t number, const call& what) {
  auto blame = [&](const std::string& how) {
    broken(
        std::string{to_string(what.how)} + " call " + std::to_string(number) + " of " + to_string(client)
        + ' ' + how
    );
  };
  if (what.how == request_semantics::maybe && what.tries > 1)
    blame("is tried again");
  if (what.how == request_semantics::at_most_once && what.values.size() > 1)
    blame("is executed again");
  if (!what.end)
    return;
  if (what.end->answer && std::ranges::count(what.values, *what.end->answer) == 0)
    blame("is answered with " + std::to_string(*what.end->answer) + ", which no execution of it gave");
  if (!what.end->answer && what.end->fate == request_fate::not_executed && !what.values.empty())
    blame("is executed, and was said not to be");
  if (!what.end->answer && what.end->fate == request_fate::executed && what.values.empty())
    blame("was said to be executed, and is not");
}

void promises_of_requests::count(simulation::coverage& met, const std::string& prefix) const {
  for (const auto& [id, what] : calls_) {
    auto how = prefix + std::string{to_string(what.how)};
    met.add(
        how
        + (what.values.empty()       ? " not executed"
           : what.values.size() == 1 ? " executed once"
                                     : " executed again")
    );
    if (!what.end)
      met.add(how + " lost with its client");
    else if (what.end->answer)
      met.add(how + " answered");
    else if (what.end->fate == request_fate::not_executed)
      met.add(how + " certainly not executed");
    else if (what.end->fate == request_fate::executed)
      met.add(how + " certainly executed");
    else
      met.add(how + (what.values.empty() ? " unknown: not executed" : " unknown: executed"));
  }
}

} // namespace chorus::testing
