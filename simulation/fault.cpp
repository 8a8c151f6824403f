#include "fault.hpp"

namespace chorus::simulation {

std::string_view to_string(fault what) noexcept {
  switch (what) {
  case fault::lost:
    return "lost";
  case fault::duplicated:
    return "duplicated";
  case fault::overtaken:
    return "overtaken";
  case fault::corrupted:
    return "corrupted";
  case fault::cut_off:
    return "cut off";
  case fault::too_large:
    return "too large";
  case fault::connection_reset:
    return "connection reset";
  case fault::one_way_partition:
    return "one-way partition";
  case fault::two_way_partition:
    return "two-way partition";
  case fault::link_matrix:
    return "link matrix";
  case fault::crash:
    return "crash";
  case fault::restart:
    return "restart";
  case fault::disk_lost:
    return "disk lost";
  case fault::pause:
    return "pause";
  case fault::slow_node:
    return "slow node";
  case fault::clock_fast:
    return "clock fast";
  case fault::clock_slow:
    return "clock slow";
  case fault::clock_jump:
    return "clock jump";
  case fault::equivocation:
    return "equivocation";
  case fault::forgery:
    return "forgery";
  case fault::replay:
    return "replay";
  case fault::unsynced_lost:
    return "unsynced lost";
  case fault::torn_write:
    return "torn write";
  case fault::disk_full:
    return "disk full";
  case fault::disk_slow:
    return "disk slow";
  case fault::bit_rot:
    return "bit rot";
  }
  return "unknown";
}

} // namespace chorus::simulation
