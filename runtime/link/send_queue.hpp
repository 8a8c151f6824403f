#pragma once

#include "segment.hpp"

#include <chorus/runtime/bytes.hpp>
#include <chorus/runtime/link/link.hpp>

#include <array>
#include <cstddef>
#include <deque>
#include <list>
#include <map>
#include <optional>

namespace chorus::link {

/// The messages that could not leave at once, and who is next.
///
/// - Each pair has a lane; within it order is kept.
/// - Lanes take turns of about `chunk_bytes` (deficit round robin: Shreedhar and Varghese, "Efficient
///   Fair Queueing Using Deficit Round Robin", SIGCOMM 1995), so a pair with a large message delays a
///   pair with a small one by one chunk.
/// - At most one large message is under way: its lane owns the **passage**, others with a large
///   message at their head are parked until it is free. So a receiver never puts more than one message
///   together, and two half-received ones never fill its window between them.
/// - A lane that holds a reserved message is reserved as a whole, because what stands before that
///   message must leave first. For the same reason the owner of the passage is reserved while a
///   reserved lane is parked (priority inheritance).
/// - A lane to receiver 0 is held until no other lane of its sender is left (link.hpp, `pair`).
///
/// Every operation but `take_all` takes time independent of the number of lanes, except for look-ups
/// among them: one in `push`, one for each lane that ends and another one if any lane is held then, and one
/// or two whenever a lane to receiver 0 is placed.
/// Its bound is kept by the sender: the send buffer.
class send_queue {
public:
  /// Messages of more than `chunk_bytes` are cut. Pre: > 0.
  explicit send_queue(std::size_t chunk_bytes);

  send_queue(const send_queue&) = delete;
  send_queue& operator=(const send_queue&) = delete;

  void push(const pair& who, urgency how, shared_bytes payload);

  /// The next segment whose cost fits into the room for its urgency, if there is one. What is first in
  /// turn is not overtaken by something smaller of the same urgency, or a large message would starve.
  std::optional<segment> take(std::size_t ordinary_room, std::size_t reserved_room);

  bool empty() const noexcept { return lanes_.empty(); }

  /// The large message of which `take` has given chunks but not the last one. Pre: there is one.
  const shared_bytes& under_way() const { return passage_->messages.front().payload; }

  /// Calls `visit(pair, urgency, payload)` for every message that has not left as a whole, by pair and of
  /// each pair in order. Empties the queue.
  template <class Visitor>
  void take_all(Visitor&& visit) {
    for (auto& [who, waiting] : lanes_)
      for (auto& message : waiting.messages)
        visit(who, message.how, std::move(message.payload));
    clear();
  }

private:
  struct queued {
    shared_bytes payload;
    urgency how = urgency::ordinary;
  };

  struct lane;
  using ring = std::list<lane*>;

  struct lane {
    chorus::link::pair pair;
    std::deque<queued> messages;
    std::size_t reserved = 0; ///< of them
    std::size_t offset = 0;   ///< how much of the first message has left
    std::size_t spent = 0;    ///< of this turn
    ring* home = nullptr;     ///< the ring that holds this lane,
    ring::iterator place;     ///< and where
  };

  void clear();
  bool is_large(const lane& waiting) const;
  std::size_t next_cost(const lane& waiting) const;
  segment cut(lane& waiting);
  void end_message(lane& waiting);
  void end_turn(lane& waiting);
  void pass_on();
  void release_held(std::uint64_t sender);
  void place(lane& waiting);
  bool is_held(const lane& waiting) const;
  ring& home_of(const lane& waiting);

  static constexpr std::size_t urgencies = 2;

  std::size_t chunk_bytes_;
  std::map<pair, lane> lanes_;
  std::array<ring, urgencies> ready_;  ///< by urgency; whose turn it is stands in front
  std::array<ring, urgencies> parked_; ///< by urgency; waiting for the passage
  ring held_;                          ///< to receiver 0, behind other lanes of their senders
  lane* passage_ = nullptr;            ///< the lane whose large message is, or is next, under way
  std::size_t turn_ = 0;               ///< the urgency that is asked first
};

} // namespace chorus::link
