#include <chorus/consensus/generals/battle.hpp>
#include <chorus/runtime/check.hpp>

#include <algorithm>

namespace chorus::consensus::generals {

time_point battle::end_of(std::size_t which) const noexcept {
  return start + static_cast<duration::rep>(which + 1) * round;
}

void check(const battle& fought, std::size_t generals_limit, std::size_t traitors_limit) {
  const auto count = fought.generals.size();
  CHORUS_CHECK(count >= 2 && count <= generals_limit, "a battle of too few or too many generals");
  CHORUS_CHECK(fought.traitors <= traitors_limit, "more traitors than this protocol is to bear");
  CHORUS_CHECK(fought.traitors + 2 <= count, "a battle in which no two generals are loyal");
  CHORUS_CHECK(fought.self < count, "a general who is not of the army");
  CHORUS_CHECK(fought.round > duration::zero(), "a round without length");
  auto names = fought.generals;
  std::sort(names.begin(), names.end());
  CHORUS_CHECK(std::adjacent_find(names.begin(), names.end()) == names.end(), "a general named twice");
}

} // namespace chorus::consensus::generals
