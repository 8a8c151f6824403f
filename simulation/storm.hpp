#pragma once

#include <chorus/runtime/random.hpp>
#include <chorus/runtime/time.hpp>
#include <chorus/simulation/adversary.hpp>
#include <chorus/simulation/fault.hpp>
#include <chorus/simulation/fault_profile.hpp>
#include <chorus/simulation/world.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace chorus::simulation {

/// One thing that is going to happen in a storm: a fault, or a piece of work for the protocol.
///
/// It has a seed of its own, so that leaving it out changes nothing in what the others do: this is what
/// makes a failing run small enough to read.
struct planned {
  time_point when;
  std::optional<fault> what; ///< nothing: work
  std::uint64_t seed = 0;
};

/// All that is going to happen from the beginning of the world until `length`, in order of time. A piece of
/// work comes every `work_every`, from the half of it to one and a half.
std::vector<planned>
make_plan(const fault_profile& profile, duration length, duration work_every, random_generator chance);

/// Makes faults happen and ends them again.
///
/// Each fault picks its victims and its length by chance and ends by itself; `calm_down` ends all at once.
class storm {
public:
  /// Both must outlive the storm, and the storm what is left of the run: the ends of its faults are events of
  /// the world. `change`: how liars change what they say.
  storm(world& around, const fault_profile& profile, liar::changer change = change_bytes);

  /// Stormy links from now on.
  void begin();

  void perform(fault what, random_generator chance);

  /// Everything that is broken is whole again: partitions heal, nodes run (if nodes restart in this
  /// profile), clocks tell the time, disks have room, links are calm. Liars go on lying.
  void calm_down();

private:
  /// A node for which `condition` holds; nothing if there is none.
  node* pick(random_generator& chance, const std::function<bool(const node&)>& condition);
  bool may_go_down() const;
  void cut(fault what, random_generator& chance, duration length);
  void crash(fault what, random_generator& chance, duration length);
  void disturb_clock(fault what, random_generator& chance, duration length);
  void disturb_disk(fault what, random_generator& chance, duration length);

  /// `what` happens after that time, unless the storm is over by then.
  void later(duration after, std::function<void()> what);

  world& world_;
  const fault_profile& profile_;
  liar::changer change_;
  bool over_ = false;
};

} // namespace chorus::simulation
