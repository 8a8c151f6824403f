#include "om_liar.hpp"

#include <chorus/runtime/check.hpp>

namespace chorus::testing {

namespace om = generals::om;

namespace {

om::message read(const letter& from) {
  auto decoded = om::wire::decode(shared_bytes{from.bytes});
  CHORUS_CHECK(decoded, "a letter of an honest core is readable");
  return *decoded;
}

} // namespace

void om_liar::operator()(std::vector<letter>& from_traitors, const std::vector<letter>& to_traitors) {
  see(to_traitors);
  std::vector<letter> sent;
  for (auto& honest : std::exchange(from_traitors, {}))
    distort(std::move(honest), sent);
  count_equivocations(sent);
  for (auto more = chance_.below(4); more > 0; --more) {
    sent.push_back(chance_.chance(0.5) ? forge() : garbage());
    if (auto old = replay())
      sent.push_back(*old);
  }
  chance_.shuffle(sent);
  from_traitors = std::move(sent);
}

void om_liar::distort(letter honest, std::vector<letter>& sent) {
  auto what = read(honest);
  switch (chance_.below(10)) {
  case 0:
    told_.add("withhold");
    return;
  case 1:
    told_.add("delay");
    honest.late = true;
    sent.push_back(std::move(honest));
    return;
  case 2:
    told_.add("say both");
    sent.push_back(say(honest, what, generals::order::attack));
    sent.push_back(say(honest, what, generals::order::retreat));
    return;
  case 3:
    sent.push_back(say(honest, what, any_order()));
    return;
  default:
    sent.push_back(say(honest, what, side_of(honest.to)));
    return;
  }
}

letter om_liar::say(letter honest, om::message what, generals::order instead) {
  if (what.what != instead)
    told_.add("contradict");
  what.what = instead;
  honest.bytes = om::wire::encode(what).head;
  return honest;
}

/// A path that never was, through anybody, also through generals who are not of the army.
letter om_liar::forge() {
  told_.add("forge path");
  om::message made{army_.battle, any_order(), {}};
  auto length = 1 + chance_.below(om::traitors_limit + 1);
  while (made.by.size() < length)
    made.by.push_back(static_cast<generals::general>(chance_.below(army_.generals + 2)));
  auto sender = any_traitor();
  if (chance_.chance(0.5)) {
    made.by.front() = generals::commander;
    made.by.back() = sender;
  }
  return {sender, any_general(), om::wire::encode(made).head};
}

void om_liar::count_equivocations(const std::vector<letter>& sent) {
  std::map<om::path, std::set<generals::order>> said;
  for (const auto& each : sent) {
    auto what = read(each);
    if (said[what.by].insert(what.what).second && said[what.by].size() == 2)
      told_.add("equivocate");
  }
}

} // namespace chorus::testing
