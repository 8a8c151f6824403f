#include <chorus/membership/swim/suspicion.hpp>
#include <chorus/membership/swim/timing.hpp>

#include <algorithm>
#include <optional>

namespace chorus::membership::swim {

namespace {

/// Hearsay, silence, a closed or foreign door: what says more takes the place of what said less.
int strength(evidence what) {
  if (is_strong(what))
    return 2;
  return what == evidence::silence ? 1 : 0;
}

auto by_accuser(const peer& accuser) {
  return [accuser](const accusation& one) { return one.accuser == accuser; };
}

} // namespace

bool suspicion::hear(time_point now, const voice& said) {
  const auto known = std::ranges::find_if(accusations_, by_accuser(said.accuser));
  if (known == accusations_.end()) {
    if (accusations_.size() >= accusers_limit)
      return false;
    accusations_.push_back({said.accuser, said.what, now});
    abstentions_.erase(said.accuser);
    return true;
  }
  if (strength(said.what) <= strength(known->what))
    return false;
  known->what = said.what;
  known->when = now;
  return true;
}

bool suspicion::abstain(const peer& member) {
  if (has_voice_of(member) || abstentions_.size() >= abstentions_limit)
    return false;
  return abstentions_.insert(member).second;
}

void suspicion::postpone(duration pause) {
  since_ += pause;
  deadline_ += pause;
  if (excused_until_ != time_point{})
    excused_until_ += pause;
  for (auto& one : accusations_)
    one.when += pause;
}

bool suspicion::has_voice_of(const peer& accuser) const {
  return std::ranges::any_of(accusations_, by_accuser(accuser));
}

bool suspicion::has_strong_voice_of(const peer& accuser) const {
  const auto known = std::ranges::find_if(accusations_, by_accuser(accuser));
  return known != accusations_.end() && is_strong(known->what);
}

suspect suspicion::as_rumour() const {
  auto voices = accusations_;
  std::ranges::stable_sort(voices, [](const accusation& left, const accusation& right) {
    if (left.counts != right.counts)
      return left.counts;
    return strength(left.what) > strength(right.what);
  });
  voices.resize(std::min(voices.size(), suspect::voices_limit));
  suspect told{subject_, refutation_, {}};
  for (const auto& one : voices)
    told.voices.push_back({one.accuser, one.what});
  return told;
}

/// `answering`: the members that can answer, this node included.
void suspicion::reckon(const suspicion_terms& terms, std::size_t answering) {
  std::size_t accusers = 0;
  std::size_t strong = 0;
  std::optional<time_point> first_strong;
  for (const auto& one : accusations_) {
    if (!one.counts || one.what == evidence::hearsay)
      continue;
    ++accusers;
    if (!is_strong(one.what))
      continue;
    ++strong;
    first_strong = first_strong ? std::min(*first_strong, one.when) : one.when;
  }
  // The first accuser raises the suspicion, the others confirm it.
  const auto wanted = std::min(answering - 1, confirmations_limit);
  const auto confirmations = std::min(accusers == 0 ? 0 : accusers - 1, wanted);
  auto wait = terms.shortest;
  if (confirmations < wanted) {
    const auto done = log10_in_thousandths(confirmations + 1);
    const auto all = log10_in_thousandths(wanted + 1);
    wait = std::max(terms.shortest, terms.longest - (terms.longest - terms.shortest) / all * done);
  }
  deadline_ = since_ + wait;
  if (first_strong && strong >= std::min(answering, strong_evidences))
    deadline_ = std::min(deadline_, *first_strong + terms.grace);
}

} // namespace chorus::membership::swim
