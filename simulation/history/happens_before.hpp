#pragma once

#include <chorus/runtime/strong_integer.hpp>
#include <chorus/simulation/history/identifiers.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace chorus::simulation {

/// Something that happened: the n-th that was recorded, of all processes together. 0 means "nothing".
using event = strong_integer<struct event_tag, std::uint32_t>;

/// What truly happened before what (Lamport, "Time, clocks, and the ordering of events in a distributed
/// system", CACM 21(7), 1978): the order within each process, from a cause to its effect, and what follows
/// from these two.
///
/// It is recorded from outside, by one who sees every process, and owes nothing to the clocks of the protocol
/// under test. Per event it keeps how many events of each other process lie in its past; all events of a
/// process between two receptions share that row. A query is two look-ups, an event that receives costs as
/// many counts as there are processes: 100,000 events of 100 processes take 40 megabytes at most.
///
/// Thread rules: none of its own; one relation belongs to one thread.
class happens_before_relation {
public:
  /// The greatest process number that can be recorded, so that a row stays small.
  static constexpr std::uint32_t max_process = 4096;

  /// The most events of one relation.
  static constexpr std::size_t max_events = std::size_t{1} << 24;

  /// Records what `who` does next, after everything that it did before. Pre: `who` is somebody, up to
  /// `max_process`; there are less than `max_events` events.
  event append(participant who);

  /// The same, for something that also has a cause elsewhere: receiving what was sent at `cause`.
  /// Pre: besides, `cause` was recorded.
  event append(participant who, event cause);

  std::size_t size() const noexcept { return events_.size(); }

  /// Whether `first` happened before `second`. Nothing happens before itself. Pre: both were recorded.
  bool holds(event first, event second) const;

  /// Whether neither happened before the other, and they are two. Pre: both were recorded.
  bool concurrent(event first, event second) const;

private:
  struct record {
    participant who;
    std::uint32_t number; ///< of the events of `who`, from 1
    std::size_t past;     ///< index of the row that counts the other processes' events before it
  };

  struct progress {
    std::uint32_t count = 0;
    std::size_t past = 0;
  };

  using row = std::vector<std::uint32_t>; ///< by process; what lies beyond its end is zero

  event append_after(participant who, const record* cause);
  void learn(progress& here, participant who, const record& cause);
  const record& at(event what) const;
  std::uint32_t count_before(const record& what, participant of) const;

  std::vector<record> events_;
  std::vector<row> rows_{row{}}; ///< the first is the past of those who have received nothing
  std::vector<progress> processes_;
};

} // namespace chorus::simulation
