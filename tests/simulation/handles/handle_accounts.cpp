#include "handle_accounts.hpp"

#include <algorithm>

namespace chorus::testing {

void handle_accounts::executed(std::uint64_t request) {
  auto& known = requests_[request];
  known.was_executed = true;
  if (known.is_denied)
    broken("request " + std::to_string(request) + " runs although it was told not to");
}

void handle_accounts::ended(std::uint64_t request, requests::request_fate fate) {
  auto& known = requests_[request];
  if (known.is_over)
    broken("request " + std::to_string(request) + " has ended twice");
  known.is_over = true;
  known.is_denied = fate == requests::request_fate::not_executed;
  if (known.is_denied && known.was_executed)
    broken("request " + std::to_string(request) + " ran and was said not to have");
  if (fate == requests::request_fate::executed && !known.was_executed)
    broken("request " + std::to_string(request) + " was said to have run, and nobody has it");
}

void handle_accounts::forgotten(const handles::actor_name& requester) {
  for (auto& [number, known] : requests_)
    if (known.by == requester)
      known.is_of_nobody = true;
}

std::uint64_t handle_accounts::open() const {
  auto found = std::ranges::find_if(requests_, [](auto& item) {
    return !item.second.is_over && !item.second.is_of_nobody;
  });
  return found == requests_.end() ? 0 : found->first;
}

void handle_accounts::forgotten(const peer& life) {
  for (auto& [number, known] : requests_)
    if (known.by.home == life)
      known.is_of_nobody = true;
}

void handle_accounts::look(const std::vector<handles_at_rest>& all) {
  if (auto request = open())
    return broken("request " + std::to_string(request) + " has not ended");
  std::set<handles::actor_name> held;
  std::set<handles::actor_name> living;
  for (const auto& each : all) {
    if (!each.fault.empty())
      return broken(each.fault);
    held.insert(each.held.begin(), each.held.end());
    living.insert(each.living.begin(), each.living.end());
  }
  for (const auto& name : held)
    if (!living.contains(name))
      return broken("somebody has a handle of an actor that has ended, and was not told");
  for (const auto& name : living)
    if (!held.contains(name))
      return broken("an actor lives although nobody has a handle");
}

} // namespace chorus::testing
