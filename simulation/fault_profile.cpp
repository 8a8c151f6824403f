#include "fault_profile.hpp"

#include <initializer_list>
#include <set>

namespace chorus::simulation {

std::vector<std::string> faults_in(const fault_profile& profile) {
  std::set<fault> all;
  auto add_if = [&all](bool is_there, std::initializer_list<fault> what) {
    if (is_there)
      all.insert(what);
  };
  for (const auto& [what, how_often] : profile.faults)
    add_if(how_often.every > duration::zero(), {what});
  auto has = [&all](fault what) { return all.contains(what); };
  add_if(has(fault::disk_lost), {fault::crash});
  add_if(has(fault::crash) && profile.restarts, {fault::restart});
  add_if(
      has(fault::one_way_partition) || has(fault::two_way_partition) || has(fault::link_matrix),
      {fault::cut_off}
  );
  add_if(profile.stormy.loss > 0, {fault::lost});
  add_if(profile.stormy.duplication > 0, {fault::duplicated});
  add_if(profile.stormy.reordering > 0, {fault::overtaken});
  add_if(profile.stormy.corruption > 0, {fault::corrupted});
  add_if(profile.liars > 0, {fault::equivocation, fault::forgery, fault::replay});
  std::vector<std::string> names;
  for (auto what : all)
    names.emplace_back(to_string(what));
  return names;
}

fault_profile mixed(const fault_profile& all, random_generator chance) {
  auto some = all;
  for (auto* each :
       {&some.stormy.loss, &some.stormy.duplication, &some.stormy.reordering, &some.stormy.corruption})
    if (chance.chance(0.5))
      *each = 0;
  std::erase_if(some.faults, [&chance](const auto&) { return chance.chance(0.5); });
  return some;
}

} // namespace chorus::simulation
