#pragma once

#include <chorus/runtime/ids.hpp>

#include <cstdint>
#include <vector>

namespace chorus::handles {

/// Which other nodes hold handles of one local actor: the home's side of the accounts that tell when nobody
/// out there uses the actor any more. One account for each relation: what another node got before a relation
/// ended was let go with it, and is never subtracted from what it got afterwards.
///
/// Messages overtake each other on a link, so neither side can say "as of now". Both count instead, and
/// sums do not mind the order (reference listing with counts: Birrell, Evers, Nelson, Owicki and Wobber,
/// "Distributed Garbage Collection for Network Objects", SRC report 116, 1993, with Cap'n Proto's counted
/// releases). For each relation:
///
///   given     how often the handle was sent there, less what the holder has released
///   returned  how often it came back from there, as receiver of a message or inside one, less
///             what the holder said it has sent back
///
/// A holder has let go when both are zero: everything that was sent has arrived, on both sides.
class holders {
public:
  /// The handle is about to be sent.
  void give(relation_number to);

  /// It was not sent after all. Nothing if the relation has ended in between: what was given went with it.
  void take_back(relation_number to);

  /// The handle came from there.
  void came_back(relation_number from);

  /// The holder has let go of the handle; it had received it and sent it back that often.
  void release(relation_number by, std::uint64_t received, std::uint64_t returned);

  /// The relation has ended.
  void forget(relation_number ended);

  bool empty() const noexcept { return entries_.empty(); }

  struct holder {
    relation_number relation;
    std::int64_t given = 0;
    std::int64_t returned = 0;
  };

  /// In no particular order.
  const std::vector<holder>& all() const noexcept { return entries_; }

private:
  /// Adds to the two sums; modulo 2^64, so that a negative amount is its complement.
  void book(relation_number under, std::uint64_t given, std::uint64_t returned);

  /// An actor has few holders, and the one that was booked last is asked for again: it stands in front.
  std::vector<holder> entries_;
};

} // namespace chorus::handles
