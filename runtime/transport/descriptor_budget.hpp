#pragma once

#include "descriptor_reserve.hpp"

#include <chorus/runtime/result.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace chorus {

/// How many file descriptors a process may have (RLIMIT_NOFILE, `ulimit -n`) and has.
struct descriptor_usage {
  std::size_t limit = 0;
  std::size_t in_use = 0;

  /// Of this process, now. Needs no descriptor.
  static descriptor_usage measure();
};

/// Shares out the descriptors that one transport may use.
///
/// Of the process' limit goes first what is in use when the transport opens, what a transport needs by
/// itself, a part for the application, and a small part for nodes that are not known yet: datagram lanes to
/// contacts and connection attempts. Those take turns within their part. The rest is room for connections of
/// members: those of others take at most half of it, and the lanes of this node what they leave. Lanes for
/// messages take at most three quarters of that, so that the failure detector can always ask.
///
/// A lane to a member that finds no room is refused. `take_shortage` tells the transport how much room it has
/// to make by closing lanes that are idle.
///
/// Thread rules: the I/O thread; `open` before it starts.
class descriptor_budget {
public:
  /// Of a transport without connections: ZeroMQ's threads and listening sockets, the reserve, the loop. It
  /// uses two or three fewer.
  static constexpr std::size_t own = 18 + descriptor_reserve::size;

  /// One part in so many is left to the application, and at least so many.
  static constexpr std::size_t application_part = 8;
  static constexpr std::size_t application_least = 8;

  /// Of what these leave, one part in so many is for contacts and connection attempts, and at least so many:
  /// a third for attempts, the rest for contacts.
  static constexpr std::size_t unknown_part = 16;
  static constexpr std::size_t unknown_least = 6;

  /// What one needs in ZeroMQ: a TCP connection and an event for each socket; lanes for messages have a
  /// monitor, which is two sockets more.
  static constexpr std::size_t of_message_lane = 4;
  static constexpr std::size_t of_datagram_lane = 2;

  /// Both lanes to it, and its two connections to this node.
  static constexpr std::size_t of_peer = of_message_lane + of_datagram_lane + 2;

  /// By how much the limit has to grow for one more peer, parts for others included. Rounded up.
  static constexpr std::size_t limit_of_peer = 10;

  /// A node that has no room for so many does not start.
  static constexpr std::size_t least_peers = 2;

  /// That are asked for at a time, whatever is missing: the next turn of the loop asks for the rest.
  static constexpr std::size_t largest_shortage = 64;

  /// Error: io (too few; the text says how many there have to be). `connections` of others are wanted at
  /// most.
  static result<descriptor_budget> open(const descriptor_usage& process, std::size_t connections);

  /// Connections of others at a time.
  std::size_t connections_limit() const noexcept { return connections_limit_; }

  /// Peers for which there is room all the time.
  std::size_t peers() const noexcept { return parts_.room / of_peer; }

  /// The limit of the process that has room for `peers` all the time.
  std::size_t limit_for(std::size_t peers) const noexcept;

  /// The limit as it was when this was opened.
  std::size_t limit() const noexcept { return process_.limit; }

  /// There are that many connections of others now.
  void set_connections(std::size_t count) noexcept { connections_ = count; }

  /// Descriptors of one lane, given back at the end. Ends before the budget.
  class lease {
  public:
    lease() = default;
    lease(lease&& other) noexcept : taken_(std::exchange(other.taken_, nullptr)), count_(other.count_) {}
    lease& operator=(lease&& other) noexcept {
      std::swap(taken_, other.taken_);
      std::swap(count_, other.count_);
      return *this;
    }
    ~lease() {
      if (taken_ != nullptr)
        *taken_ -= count_;
    }

  private:
    friend descriptor_budget;
    lease(std::size_t& taken, std::size_t count) : taken_(&taken), count_(count) { taken += count; }

    std::size_t* taken_ = nullptr;
    std::size_t count_ = 0;
  };

  /// Nothing if there is no room; that counts as a shortage.
  [[nodiscard]] std::optional<lease> take_for_messages();
  [[nodiscard]] std::optional<lease> take_for_datagrams();

  /// Nothing if contacts or attempts have taken their part. No shortage: no lane to a member is closed for
  /// them.
  [[nodiscard]] std::optional<lease> take_for_contact();
  [[nodiscard]] std::optional<lease> take_for_attempt();
  [[nodiscard]] bool has_room_for_contact() const noexcept;

  /// Descriptors that lanes have to give back: `all` of them together, and those for messages.
  struct shortage {
    std::size_t all = 0;
    std::size_t messages = 0;

    explicit operator bool() const noexcept { return all > 0 || messages > 0; }
  };

  /// What it takes so that who was refused since the last call finds room, and connections of others have
  /// theirs.
  [[nodiscard]] shortage take_shortage();

private:
  /// How a limit is shared out, without what the application and the transport itself have.
  struct parts {
    std::size_t contacts = 0;
    std::size_t attempts = 0;
    std::size_t room = 0; ///< for members
  };

  static parts share_out(const descriptor_usage& process);
  static std::size_t limit_with(std::size_t room, std::size_t in_use);

  descriptor_budget(const descriptor_usage& process, const parts& all, std::size_t connections);

  std::size_t room_for_lanes() const noexcept;
  std::size_t room_for_message_lanes() const noexcept;

  descriptor_usage process_;
  parts parts_;
  std::size_t connections_limit_;
  std::size_t connections_ = 0;
  std::size_t messages_ = 0; ///< taken by lanes
  std::size_t datagrams_ = 0;
  std::size_t contacts_ = 0;
  std::size_t attempts_ = 0;
  std::size_t refused_messages_ = 0;
  std::size_t refused_datagrams_ = 0;
};

} // namespace chorus
