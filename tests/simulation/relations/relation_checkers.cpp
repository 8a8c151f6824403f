#include "relation_checkers.hpp"

#include <chorus/simulation/transcript.hpp>

#include <algorithm>

namespace chorus::testing {

namespace {

std::string between(const peer& here, const peer& there) {
  return to_string(here) + ": " + to_string(there) + ' ';
}

} // namespace

// -- relations in turn -------------------------------------------------------------------------------------

relations_in_turn::relation* relations_in_turn::find(const peer& here, relation_number which) {
  auto& known = processes_[here].relations;
  auto found = known.find(which);
  if (found != known.end())
    return &found->second;
  broken(to_string(here) + " speaks of relation " + to_string(which) + ", which it has not");
  return nullptr;
}

void relations_in_turn::opened(const peer& here, relation_number which, const peer& there) {
  auto& at = processes_[here];
  if (!at.used.insert(which).second)
    broken(between(here, there) + "is opened under the number " + to_string(which) + ", which has been used");
  if (!at.present.emplace(there, which).second)
    broken(between(here, there) + "has two relations at a time");
  if (at.over.contains(there))
    broken(between(here, there) + "is over, and gets another relation");
  at.relations.emplace(which, relation{there});
}

void relations_in_turn::up(const peer& here, relation_number which, const peer& there) {
  auto* known = find(here, which);
  if (known == nullptr)
    return;
  if (known->there != there || std::exchange(known->is_up, true))
    broken(between(here, there) + "is up twice in one relation, or in another one's");
  if (!processes_[here].up.emplace(there, which).second)
    broken(between(here, there) + "is up, and was not down");
}

void relations_in_turn::delivered(const peer& here, relation_number which) {
  auto* known = find(here, which);
  if (known != nullptr && !known->is_up)
    broken(between(here, known->there) + "delivers in a relation that is not up");
}

void relations_in_turn::forgotten(const peer& here, relation_number which) {
  if (auto* known = find(here, which)) {
    auto& at = processes_[here];
    at.present.erase(known->there);
    at.relations.erase(which);
  }
}

void relations_in_turn::down(const peer& here, relation_number which, const peer& there) {
  auto& at = processes_[here];
  auto known = at.up.find(there);
  if (known == at.up.end() || known->second != which)
    return broken(between(here, there) + "is down, and was not up");
  at.up.erase(known);
  if (at.relations.contains(which))
    broken(between(here, there) + "is down before its relation is forgotten");
}

void relations_in_turn::gone(const peer& here, const peer& there, down_reason reason) {
  auto& at = processes_[here];
  if (at.up.contains(there))
    broken(between(here, there) + "is gone, and was not down before");
  if (at.over.contains(there))
    broken(between(here, there) + "is gone after its last word");
  if (reason != down_reason::failed)
    at.over.insert(there);
}

// -- bystanders --------------------------------------------------------------------------------------------

void bystanders_notice_nothing::down(const node_id& here, const node_id& there, down_reason reason) {
  auto& between = pairs_[ordered(here, there)];
  auto downs = ++between.downs[here];
  auto text = to_string(here).substr(0, 8) + ": " + to_string(there).substr(0, 8) + " is down ("
              + std::string{to_string(reason)} + ')';
  if (between.faults == 0)
    return broken(text + ", and nothing has happened to either or between them");
  if (downs > between.faults + between.back_offs)
    broken(
        text + " for the " + std::to_string(downs) + ". time, after " + std::to_string(between.faults)
        + " faults and " + std::to_string(between.back_offs) + " back-offs"
    );
}

// -- all are up again --------------------------------------------------------------------------------------

bool all_are_up_again::look(
    time_point now,
    const std::vector<peer>& all,
    const std::function<bool(const peer& here, const peer& there)>& is_up
) {
  missing_.clear();
  for (const auto& here : all)
    for (const auto& there : all)
      if (here != there && !is_up(here, there))
        missing_ = between(here, there) + "is not up";
  if (!missing_.empty() && until_ && now > *until_)
    broken(missing_);
  return missing_.empty();
}

// -- monitors ----------------------------------------------------------------------------------------------

void monitors_end_once::told(std::uint64_t monitor) {
  if (++monitors_.at(monitor) > 1)
    broken("monitor " + std::to_string(monitor) + " is told twice");
}

void monitors_end_once::look(std::uint64_t monitor, bool has_ended) {
  if ((monitors_.at(monitor) > 0) != has_ended)
    broken(
        "monitor " + std::to_string(monitor)
        + (has_ended ? " was not told of an end" : " was told, and the actor has not ended")
    );
}

// -- names -------------------------------------------------------------------------------------------------

void names_agree::look(const std::vector<peer>& all, const std::vector<entry>& known) {
  std::map<std::string, std::map<peer, entry>> by_name;
  for (const auto& each : known)
    by_name[each.name].emplace(each.at, each);
  for (const auto& [name, at] : by_name) {
    const auto& first = at.begin()->second;
    if (std::ranges::find(all, first.origin) == all.end())
      return broken("'" + name + "' is of " + to_string(first.origin) + ", which runs no more");
    for (const auto& here : all) {
      auto found = at.find(here);
      if (found == at.end())
        return broken(to_string(here) + " knows nobody as '" + name + "'");
      if (found->second.origin != first.origin || found->second.actor != first.actor)
        return broken(
            "'" + name + "' is of " + to_string(found->second.origin) + " for " + to_string(here) + " and of "
            + to_string(first.origin) + " for " + to_string(first.at)
        );
    }
  }
}

} // namespace chorus::testing
