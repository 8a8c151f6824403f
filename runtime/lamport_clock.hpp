#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/strong_integer.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

namespace chorus {

/// When something happened, in Lamport's logical time. If one event happens before another its time
/// is less; the converse does not hold (see `vector_clock` for that). Zero is before every event.
using lamport_time = strong_integer<struct lamport_time_tag>;

/// One process' logical clock (Lamport, "Time, clocks, and the ordering of events in a distributed
/// system", CACM 21(7), 1978).
///
/// Thread rules: none of its own; one clock belongs to one process, so to one thread.
class lamport_clock {
public:
  /// The greatest time that is believed of others. A clock that ticks a thousand million times a
  /// second gets there after 146 years, so a greater one is made up; believing it would leave no
  /// time for what happens next.
  static constexpr lamport_time latest_believed{std::uint64_t{1} << 62};

  /// The time of the latest event here; zero before the first.
  lamport_time now() const noexcept { return now_; }

  /// An event here, or a message sent (rule IR1): returns its time, greater than any before.
  lamport_time tick();

  /// A message received that carries `sent` (rule IR2): returns the time of its arrival, greater than
  /// `sent` and than any before here. Nothing happens and nothing is returned if `sent` is after
  /// `latest_believed`; such a message is malformed.
  [[nodiscard]] std::optional<lamport_time> witness(lamport_time sent);

private:
  lamport_time now_;
};

/// A place in a total order of all events that agrees with happens-before: by time, and by node among
/// events of the same time (Lamport 1978, the relation "=>").
///
/// A stamp is unique as long as its node stamps no time twice. A node whose clock starts again at zero
/// first witnesses what others hold of its former lives.
struct lamport_stamp {
  lamport_time time;
  node_id node;

  friend constexpr auto operator<=>(const lamport_stamp&, const lamport_stamp&) noexcept = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(time, node);
  }
};

/// `<time>@<node>`.
std::string to_string(const lamport_stamp& stamp);

} // namespace chorus
