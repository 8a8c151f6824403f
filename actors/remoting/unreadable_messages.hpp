#pragma once

#include "parcel.hpp"

#include <chorus/runtime/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

namespace chorus {

/// One-way messages that arrived and could not be read, counted until the node that sent them is told: the
/// first of each pair and reason at once, the others together, so that a flood costs a few parcels.
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
  /// Whose, sender, receiver, message type, reason.
  using key = std::tuple<peer, std::uint64_t, std::uint64_t, std::uint64_t, errc>;
  static key key_of(const peer& from, const unreadable_message& what);

  std::map<key, unreadable_message> records_;
};

} // namespace chorus
