#include <chorus/consensus/generals/om.hpp>
#include <chorus/runtime/check.hpp>

#include <algorithm>
#include <utility>

namespace chorus::consensus::generals::om {

core::core(battle fought)
    : battle_(std::move(fought)), heard_(battle_.generals.size(), battle_.self, battle_.traitors) {
  check(battle_, generals_limit, traitors_limit);
}

void core::receive(time_point now, const peer& from, const message& what) {
  if (what.battle != battle_.id) {
    ++counters_.of_another_battle;
  } else if (!can_have_sent(from, what)) {
    ++counters_.impossible;
  } else if (now >= battle_.end_of(what.by.size() - 1)) {
    ++counters_.late;
  } else if (!heard_.learn(what.by, what.what)) {
    ++counters_.duplicates;
  } else {
    ++counters_.heard;
  }
}

void core::apply(time_point now, const command& what) {
  CHORUS_CHECK(battle_.is_commander(), "a command to a lieutenant");
  CHORUS_CHECK(is_known(what.what), "a command that does not exist");
  if (decision_ || now >= battle_.end_of(0))
    return;
  for (std::size_t to = 1; to < battle_.generals.size(); ++to)
    output_.messages.push_back({battle_.generals[to], {battle_.id, what.what, {commander}}});
  decide(what.what);
}

void core::tick(time_point now) {
  while (!decision_ && now >= battle_.end_of(round_))
    finish_round();
}

std::optional<time_point> core::next_deadline() const {
  if (decision_)
    return std::nullopt;
  return battle_.end_of(round_);
}

core::output core::drain() {
  return std::exchange(output_, {});
}

// -- helpers -----------------------------------------------------------------------------------------

bool core::can_have_sent(const peer& from, const message& what) const {
  return is_known(what.what) && heard_.has_place_for(what.by) && battle_.generals[what.by.back()] == from;
}

void core::finish_round() {
  if (battle_.is_commander()) // to whom nobody gave an order in time
    return decide(default_order);
  ++round_;
  if (round_ < battle_.rounds())
    return relay(round_);
  count_silences();
  decide(heard_.decide());
}

// OM(m), step 2, of every execution that this round belongs to: as commander of the next smaller OM, tell
// the other lieutenants what was heard, or the default if nothing was.
void core::relay(std::size_t length) {
  for (auto& by : heard_.paths(length)) {
    const auto what = heard_.heard(by);
    auto longer = by;
    longer.push_back(battle_.self);
    for (std::size_t to = 0; to < battle_.generals.size(); ++to)
      if (std::find(longer.begin(), longer.end(), static_cast<general>(to)) == longer.end())
        output_.messages.push_back({battle_.generals[to], {battle_.id, what, longer}});
  }
}

void core::count_silences() {
  std::size_t places = 0;
  for (std::size_t length = 1; length <= battle_.rounds(); ++length)
    places += heard_.paths(length).size();
  counters_.silences += places - heard_.size();
}

void core::decide(order what) {
  decision_ = what;
  output_.decision = decided{what};
}

} // namespace chorus::consensus::generals::om
