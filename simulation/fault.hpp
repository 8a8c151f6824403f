#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace chorus::simulation {

/// Everything that a world can do to a protocol, by name. `fault_counts` says how often it was done.
enum class fault : std::uint8_t {
  // the network, to one packet
  lost,       ///< on the way
  duplicated, ///< arrives twice
  overtaken,  ///< arrives after one that was sent later
  corrupted,  ///< arrives with other bytes
  cut_off,    ///< lost at a partition
  too_large,  ///< lost in a hole for large packets
  // the network, for a while
  connection_reset,  ///< what is under way between two nodes is lost, and both notice
  one_way_partition, ///< one node is not heard by another, but hears it
  two_way_partition, ///< the nodes fall into two groups
  link_matrix,       ///< each direction of each link is up or down by itself
  // a node
  crash,
  restart,
  disk_lost, ///< a restart with an empty disk
  pause,     ///< a stopped process that wakes late
  slow_node, ///< takes long for each packet
  clock_fast,
  clock_slow,
  clock_jump, ///< forward
  // a liar
  equivocation, ///< tells one node something else than another
  forgery,      ///< says what the protocol did not say
  replay,       ///< says again what was true once
  // a disk
  unsynced_lost, ///< a crash takes a write that was not answered yet
  torn_write,    ///< a crash leaves the first part of a write
  disk_full,     ///< a write finds no room, and waits for it
  disk_slow,     ///< a write takes long
  bit_rot,       ///< a durable record reads differently
};

inline constexpr std::size_t fault_kinds = static_cast<std::size_t>(fault::bit_rot) + 1;

/// The name as it stands above, with spaces and hyphens.
std::string_view to_string(fault what) noexcept;

/// How often each fault happened.
class fault_counts {
public:
  void add(fault what) noexcept { ++counts_[static_cast<std::size_t>(what)]; }

  std::uint64_t operator[](fault what) const noexcept { return counts_[static_cast<std::size_t>(what)]; }

private:
  std::array<std::uint64_t, fault_kinds> counts_{};
};

} // namespace chorus::simulation
