#pragma once

#include <chorus/runtime/random.hpp>
#include <chorus/runtime/time.hpp>
#include <chorus/simulation/fault.hpp>
#include <chorus/simulation/link_quality.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace chorus::simulation {

/// How often a fault is made to happen in the whole world, and how long each one lasts.
struct episodes {
  duration every{}; ///< from the half of it to one and a half; zero: never
  duration shortest{};
  duration longest{};
};

/// All that goes wrong in one kind of world.
struct fault_profile {
  link_quality stormy; ///< of every link while faults happen
  link_quality calm;   ///< afterwards

  /// What is not in here does not happen. Only faults of nodes, disks, connections and partitions, and the
  /// kinds of lies; what happens to single packets stands in `stormy`. A `disk_lost` is a crash after which
  /// the disk is empty; `restart` follows from `crash`.
  std::map<fault, episodes> faults;

  /// False: who has crashed stays down for ever, after the storm as well.
  bool restarts = true;

  /// Nodes that are down or paused at one time; a fault that would make them more does not happen.
  std::size_t down_at_most = 1'000;

  /// Nodes that ever lie; the first in order of their index.
  std::size_t liars = 0;
};

/// The names of all faults that a storm of this profile makes happen: what a campaign expects at least
/// (campaign.hpp). A disk that is full or slow is met only by a protocol that writes.
std::vector<std::string> faults_in(const fault_profile& profile);

/// The same, with each fault left out with an even chance, those of single packets too: storms that differ
/// in kind reach what the sum of all faults never lets happen (Groce, Zhang, Eide, Chen and Regehr, "Swarm
/// testing", ISSTA 2012).
fault_profile mixed(const fault_profile& all, random_generator chance);

} // namespace chorus::simulation
