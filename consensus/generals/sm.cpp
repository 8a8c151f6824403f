#include <chorus/consensus/generals/sm.hpp>
#include <chorus/runtime/check.hpp>

#include <algorithm>
#include <utility>

namespace chorus::consensus::generals::sm {

order choice(const std::set<order>& orders) {
  return orders.size() == 1 ? *orders.begin() : default_order;
}

core::core(battle fought, signature_scheme& scheme) : battle_(std::move(fought)), scheme_(&scheme) {
  check(battle_, generals_limit, traitors_limit);
}

void core::receive(time_point now, const peer&, const message& what) {
  if (what.battle != battle_.id) {
    ++counters_.of_another_battle;
  } else if (!is_possible(what)) {
    ++counters_.impossible;
  } else if (now >= battle_.end_of(what.chain.size() - 1)) {
    // Without this a traitor could keep an order until nobody can pass it on any more.
    ++counters_.late;
  } else if (orders_.contains(what.what)) {
    ++counters_.known;
  } else if (!is_genuine(what, battle_.generals, *scheme_)) {
    ++counters_.forged;
  } else {
    ++counters_.accepted;
    orders_.insert(what.what);
    if (what.chain.size() <= battle_.traitors)
      send_to_others(what);
  }
}

void core::apply(time_point now, const command& what) {
  CHORUS_CHECK(battle_.is_commander(), "a command to a lieutenant");
  CHORUS_CHECK(is_known(what.what), "a command that does not exist");
  if (decision_ || now >= deadline())
    return;
  orders_.insert(what.what);
  send_to_others({battle_.id, what.what, {}});
  decide(what.what);
}

void core::tick(time_point now) {
  if (!decision_ && now >= deadline())
    decide(choice(orders_));
}

std::optional<time_point> core::next_deadline() const {
  if (decision_)
    return std::nullopt;
  return deadline();
}

core::output core::drain() {
  return std::exchange(output_, {});
}

// -- helpers -----------------------------------------------------------------------------------------

bool core::is_possible(const message& what) const {
  const auto& chain = what.chain;
  if (!is_known(what.what) || chain.empty() || chain.size() > battle_.rounds() || chain[0].by != commander)
    return false;
  // Whoever has signed an order has it, so nobody loyal sends it there.
  if (what.is_endorsed_by(battle_.self))
    return false;
  std::vector<general> signers;
  for (const auto& link : chain)
    signers.push_back(link.by);
  std::sort(signers.begin(), signers.end());
  return signers.back() < battle_.generals.size()
         && std::adjacent_find(signers.begin(), signers.end()) == signers.end();
}

// To everybody who has not signed it.
void core::send_to_others(message what) {
  endorse(what, battle_.self, *scheme_);
  for (std::size_t to = 0; to < battle_.generals.size(); ++to)
    if (!what.is_endorsed_by(static_cast<general>(to)))
      output_.messages.push_back({battle_.generals[to], what});
}

void core::decide(order what) {
  decision_ = what;
  output_.decision = decided{what};
}

// A commander waits for his command only in round 0, a lieutenant for orders until the end.
time_point core::deadline() const {
  return battle_.end_of(battle_.is_commander() ? 0 : battle_.rounds() - 1);
}

} // namespace chorus::consensus::generals::sm
