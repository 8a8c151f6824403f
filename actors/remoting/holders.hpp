#pragma once

#include <chorus/runtime/ids.hpp>

#include <cstdint>
#include <vector>

namespace chorus {

/// Which other nodes hold handles of one local actor: the home's side of the accounts that tell when nobody
/// out there uses the actor any more.
///
/// Messages overtake each other on a link, so neither side can say "as of now". Both count instead, and
/// sums do not mind the order (reference listing with counts: Birrell, Evers, Nelson, Owicki and Wobber,
/// "Distributed Garbage Collection for Network Objects", SRC report 116, 1993, with Cap'n Proto's counted
/// releases). For each holder:
///
///   given     how often its handle was sent there, less what the holder has released
///   returned  how often it came back from there, as receiver of a message or inside one, less
///             what the holder said it has sent back
///
/// A holder has let go when both are zero: everything that was sent has arrived, on both sides.
class holders {
public:
  /// The handle is about to be sent to `who`.
  void give(const peer& who);

  /// It was not sent after all. Nothing if `who` was forgotten in between: what it was given went with it.
  void take_back(const peer& who);

  /// The handle came from `who`.
  void came_back(const peer& who);

  /// `who` has let go of the handle; it had received it and sent it back that often.
  void release(const peer& who, std::uint64_t received, std::uint64_t returned);

  /// Nothing more comes from `who`.
  void forget(const peer& who);

  bool empty() const noexcept { return entries_.empty(); }

  struct holder {
    peer who;
    std::int64_t given = 0;
    std::int64_t returned = 0;
  };

  /// In no particular order.
  const std::vector<holder>& all() const noexcept { return entries_; }

private:
  /// Adds to the two sums; modulo 2^64, so that a negative amount is its complement.
  void book(const peer& who, std::uint64_t given, std::uint64_t returned);

  /// An actor has few holders, and the one that was booked last is asked for again: it stands in front.
  std::vector<holder> entries_;
};

} // namespace chorus
