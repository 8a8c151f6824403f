#include "handle_work.hpp"

#include <cstddef>

namespace chorus::testing {

namespace {

template <class Content>
const Content& any_of(const std::vector<Content>& all, random_generator& chance) {
  return all[chance.below(all.size())];
}

} // namespace

void handle_work::act(handle_node& at, random_generator& chance) const {
  auto dice = chance.below(100);
  if (at.hands.empty() || dice < 10) {
    at.hands.push_back(at.spawn());
  } else if (dice < 20) {
    if (!others.empty())
      at.send(any_of(others, chance), any_of(at.hands, chance));
  } else if (dice < 40) {
    auto receiver = any_of(at.hands, chance);
    at.send(receiver, any_of(at.hands, chance));
  } else if (dice < 60 || at.hands.size() > 20) {
    auto dropped = at.hands.begin() + static_cast<std::ptrdiff_t>(chance.below(at.hands.size()));
    auto last = std::move(*dropped);
    at.hands.erase(dropped);
  } else if (dice < 62) {
    if (thing_handle actor = any_of(at.hands, chance); !keeps(actor->name))
      at.end_actor(actor);
  } else if (dice < 75) {
    auto requester = any_of(at.hands, chance);
    if (!at.is_own(requester) || requester->is_dead)
      return;
    auto receiver = any_of(at.hands, chance);
    at.ask(receiver, requester, new_request_(requester->name));
  } else if (dice < 90 && !at.inbox.empty()) {
    auto which = chance.below(at.inbox.size());
    if (chance.chance(0.6))
      at.delegate(which, thing_handle{any_of(at.hands, chance)});
    else
      at.answer(which);
  } else {
    at.sweep();
  }
}

} // namespace chorus::testing
