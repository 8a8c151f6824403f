#include "hosts.hpp"

namespace chorus::testing {

void hosts::listen(node_index machine, const address& where) {
  machines_[where] = machine;
  listening_[machine] = where;
  dark_.erase(machine);
}

void hosts::end(node_index machine, bool with_host) {
  listening_.erase(machine);
  if (with_host)
    dark_.insert(machine);
}

std::optional<hosts::node_index> hosts::machine_of(const address& where) const {
  auto found = machines_.find(where);
  return found == machines_.end() ? std::nullopt : std::optional{found->second};
}

std::optional<hosts::node_index> hosts::listener_at(const address& where) const {
  auto machine = machine_of(where);
  if (!machine)
    return std::nullopt;
  auto listens = listening_.find(*machine);
  return listens != listening_.end() && listens->second == where ? machine : std::nullopt;
}

bool hosts::are_connected(node_index one, node_index other) const {
  return links_.is_open({one, other}) && links_.is_open({other, one});
}

connect_result hosts::connect(node_index from, const address& where) const {
  auto machine = machine_of(where);
  if (!machine)
    return connect_result::no_answer;
  if (rejected_.contains({from, *machine}))
    return connect_result::refused;
  if (!is_up(*machine) || !are_connected(from, *machine))
    return connect_result::no_answer;
  return listener_at(where) ? connect_result::open : connect_result::refused;
}

} // namespace chorus::testing
