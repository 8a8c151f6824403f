#include "sm_liar.hpp"

namespace chorus::testing {

namespace sm = generals::sm;

void sm_liar::operator()(std::vector<letter>& from_traitors, const std::vector<letter>& to_traitors) {
  see(to_traitors);
  learn(to_traitors);
  learn(from_traitors);
  std::vector<letter> sent;
  for (auto& honest : std::exchange(from_traitors, {}))
    distort(std::move(honest), sent);
  if (is_traitor(generals::commander) && chance_.chance(0.5))
    sent.push_back(sign_another_order());
  for (auto more = chance_.below(4); more > 0; --more) {
    if (!known_.empty()) {
      sent.push_back(show_what_was_held_back());
      sent.push_back(change_what_was_signed());
    }
    if (auto old = replay())
      sent.push_back(*old);
    if (chance_.chance(0.5))
      sent.push_back(garbage());
  }
  chance_.shuffle(sent);
  from_traitors = std::move(sent);
  ++round_;
}

void sm_liar::learn(const std::vector<letter>& letters) {
  for (const auto& each : letters)
    if (auto what = sm::wire::decode(shared_bytes{each.bytes}))
      known_.push_back(*what);
}

void sm_liar::distort(letter honest, std::vector<letter>& sent) {
  switch (chance_.below(4)) {
  case 0:
    told_.add("delay");
    honest.late = true;
    sent.push_back(std::move(honest));
    return;
  case 1:
    sent.push_back(std::move(honest));
    return;
  default:
    told_.add("withhold");
    return;
  }
}

letter sm_liar::sign_another_order() {
  told_.add("sign another order");
  sm::message made{army_.battle, any_order(), {}};
  endorse_as(generals::commander, made);
  known_.push_back(made);
  return post(made);
}

// With the signatures of as many traitors as the hour demands, if there are so many.
letter sm_liar::show_what_was_held_back() {
  told_.add("hold back");
  auto what = known_[chance_.below(known_.size())];
  for (auto traitor : army_.traitors)
    if (what.chain.size() < round_ + 1 && !what.is_endorsed_by(traitor))
      endorse_as(traitor, what);
  return post(what);
}

letter sm_liar::change_what_was_signed() {
  auto what = known_[chance_.below(known_.size())];
  switch (chance_.below(3)) {
  case 0:
    told_.add("change order");
    what.what = opposite(what.what);
    if (chance_.chance(0.5) && what.chain.size() > 1) {
      what.chain.pop_back();
      endorse_as(any_traitor(), what);
    }
    break;
  case 1: {
    told_.add("forge signature");
    sm::endorsement made_up{any_loyal(), {}};
    for (auto& byte : made_up.mark)
      byte = any_byte();
    // A mark of that general, if one is known, from another place.
    for (const auto& other : known_)
      for (const auto& link : other.chain)
        if (link.by == made_up.by && chance_.chance(0.5))
          made_up.mark = link.mark;
    if (chance_.chance(0.5)) {
      what.what = opposite(what.what);
      what.chain.clear();
      made_up.by = generals::commander;
    }
    what.chain.push_back(made_up);
    break;
  }
  default:
    told_.add("leave out signature");
    what.chain.erase(what.chain.begin() + static_cast<std::ptrdiff_t>(chance_.below(what.chain.size())));
    break;
  }
  return post(what);
}

letter sm_liar::post(const sm::message& what) {
  return {any_traitor(), any_loyal(), sm::wire::encode(what).head};
}

void sm_liar::endorse_as(generals::general traitor, sm::message& what) {
  simulation::symbolic_signer signer{registry_, peer_of(traitor).node};
  sm::endorse(what, traitor, signer);
}

generals::general sm_liar::any_loyal() {
  for (;;)
    if (auto who = any_general(); !is_traitor(who))
      return who;
}

} // namespace chorus::testing
