#pragma once

#include "notice.hpp"

#include <chorus/runtime/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace chorus {

/// One-way messages that arrived and could not be read, counted until the node that sent them is told: the
/// first of each pair and reason at once, the others together, so that a flood costs a few parcels. Their
/// node decides by the header of a record's first message whom it tells: all messages of a record are of one
/// kind and, if they came on behalf of an actor of a third node, of one such actor.
///
/// Thread rules: none of its own; the I/O thread's.
class unreadable_messages {
public:
  /// Records open at a time. Messages beyond them are counted and logged here only.
  static constexpr std::size_t limit = 4096;

  enum class effect {
    opened,  ///< tell the sending node of this one now
    counted, ///< in a record, for `take_all`
    dropped, ///< too many records
  };

  effect add(const peer& from, const unreadable_message& what);

  /// What was counted since the last call. A record in which nothing was is closed.
  std::vector<std::pair<peer, unreadable_message>> take_all();

  /// They could not be told now; the next `take_all` gives them again.
  void postpone(const peer& from, const unreadable_message& what);

  /// Nothing can be told to this node any more.
  void forget(const peer& who);

private:
  enum class message_kind : std::uint8_t { one_way, request, response };

  struct key {
    peer from;
    std::uint64_t sender = 0;
    std::uint64_t receiver = 0;
    caf17::actor_reference foreign_sender;
    message_kind kind = message_kind::one_way;
    std::uint64_t type = 0;
    errc reason = errc::malformed;
    friend auto operator<=>(const key&, const key&) noexcept = default;
  };
  static key key_of(const peer& from, const unreadable_message& what);

  std::map<key, unreadable_message> records_;
};

} // namespace chorus
