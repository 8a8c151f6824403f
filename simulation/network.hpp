#pragma once

#include <chorus/runtime/random.hpp>
#include <chorus/runtime/time.hpp>
#include <chorus/simulation/event_queue.hpp>
#include <chorus/simulation/fault.hpp>
#include <chorus/simulation/link_quality.hpp>
#include <chorus/simulation/packet.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace chorus::simulation {

/// What lies between the nodes: packets that get lost, doubled, late, out of order, or altered;
/// connections that break; partitions.
///
/// Each direction of each link has a quality of its own. Unless a packet is reordered, it arrives after
/// those sent before it in the same direction, as over a TCP connection; a reset of the connection takes
/// with it what is under way.
///
/// Several partitions may hold at once: a direction is open when none of them closes it. Packets are lost
/// that are sent into a closed direction or under way when it closes.
class network {
public:
  /// Packets under way in one direction; what is more is lost, as in a router.
  static constexpr std::size_t limit_under_way = 10'000;

  /// The world around the network.
  class user {
  public:
    virtual ~user() = default;
    virtual void arrived(packet what) = 0;

    /// `how`: lost, cut off, or connection reset.
    virtual void lost(const packet& what, fault how) = 0;
  };

  /// One direction: from whom to whom.
  using direction = std::pair<node_index, node_index>;

  using partition_id = std::uint64_t;

  /// All must outlive the network.
  network(event_queue& events, fault_counts& faults, user& around, random_generator chance)
      : events_(events), faults_(faults), around_(around), chance_(chance) {}

  /// One more node, connected with all others by links of quality `normal`.
  void add_node();

  void send(packet what);

  // -- quality -----------------------------------------------------------------------------------------

  /// Of all links, also those of nodes that come later.
  void set_quality(const link_quality& all);
  void set_quality(direction which, const link_quality& what);

  /// From now on larger packets are lost in that direction (`link_quality::largest_bytes`).
  void set_largest(direction which, std::size_t bytes) { ways_[place(which)].quality.largest_bytes = bytes; }

  // -- partitions --------------------------------------------------------------------------------------

  /// Closes these directions until the partition is healed.
  partition_id close(std::vector<direction> directions);

  /// `group` and the others do not hear each other.
  partition_id part(const std::vector<node_index>& group);

  /// Nothing happens if it is healed already.
  void heal(partition_id which);
  void heal_all();

  bool is_open(direction which) const { return ways_[place(which)].closed_by == 0; }

  // -- connections -------------------------------------------------------------------------------------

  /// What is under way between the two, in both directions, is lost.
  void reset(node_index one, node_index other);

  /// Packets under way in all directions.
  std::size_t under_way() const noexcept { return under_way_; }

private:
  /// Each has chance of its own: more packets in one change nothing in the others.
  struct way {
    way(random_generator own, const link_quality& normal) : chance(own), quality(normal) {}

    random_generator chance;
    link_quality quality;
    int closed_by = 0;          ///< partitions
    std::uint64_t closings = 0; ///< so far: what was sent before the last one is lost
    std::uint64_t connection = 0;
    std::size_t under_way = 0;
    std::uint64_t sent = 0;
    std::uint64_t newest = 0; ///< that has arrived
    time_point latest_arrival;
  };

  /// What a packet must fit to when it arrives.
  struct ticket {
    std::uint64_t number;
    std::uint64_t connection;
    std::uint64_t closings;
  };

  std::size_t place(direction which) const;
  void put_under_way(packet what);
  void arrive(packet what, const ticket& sent);
  void lose(const packet& what, fault how);

  event_queue& events_;
  fault_counts& faults_;
  user& around_;
  random_generator chance_;
  link_quality normal_;
  std::size_t nodes_ = 0;
  std::vector<way> ways_; ///< by `place`
  std::size_t under_way_ = 0;
  std::map<partition_id, std::vector<direction>> partitions_;
  partition_id newest_partition_ = 0;
};

/// Changes, cuts off or adds a few bytes.
void corrupt_bytes(byte_buffer& bytes, random_generator& chance);

} // namespace chorus::simulation
