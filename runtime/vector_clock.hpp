#pragma once

#include <chorus/runtime/ids.hpp>
#include <chorus/runtime/result.hpp>
#include <chorus/runtime/strong_integer.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chorus {

/// How many events of one origin are known; the n-th event of an origin makes it n.
using event_count = strong_integer<struct event_count_tag>;

/// How two moments of a distributed execution stand to each other.
enum class causal_order {
  equal,          ///< the same events are known
  happens_before, ///< everything known to the first is known to the second, and more
  happens_after,  ///< the other way round
  concurrent,     ///< each knows something that the other does not
};

/// The name as it stands above, for logs and tests.
std::string_view to_string(causal_order order) noexcept;

/// Which events are known, as a count for each origin (Fidge, "Timestamps in message-passing systems
/// that preserve the partial ordering", 1988; Mattern, "Virtual time and global states of distributed
/// systems", 1989). When every event is stamped with the clock of its process, `compare` of two stamps
/// is exactly the relation of the events.
///
/// An origin is one life of a node. Origins come and go, so a clock has entries only for those it knows
/// events of: an origin without an entry compares as "no events known". Where entries are pruned that
/// is not the same as zero: only clocks pruned at the same frontier may be compared or merged.
///
/// Thread rules: a value type; distinct objects are independent.
class vector_clock {
public:
  struct entry {
    peer origin;
    event_count count; ///< at least one

    friend bool operator==(const entry&, const entry&) = default;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(origin, count);
    }
  };

  /// The most entries that are taken from others: one life of every member of a full cluster
  /// (`limits::members`). A clock of this node may grow beyond, when members come back as other lives and
  /// entries of the earlier ones are not pruned; then others refuse it as `too_large`.
  static constexpr std::size_t max_entries = 1024;

  /// The greatest count that is taken from others; no origin gets there in a lifetime, and it leaves
  /// room to count on.
  static constexpr event_count max_count{std::uint64_t{1} << 62};

  /// No events known.
  vector_clock() = default;

  /// A clock that somebody else sent: entries in ascending order of origin, none twice, within the
  /// limits above. Error: malformed, too_large.
  static result<vector_clock> from_entries(std::vector<entry> entries);

  /// In ascending order of origin.
  const std::vector<entry>& entries() const noexcept { return entries_; }

  /// How many events of `origin` are known; nothing if there is no entry for it.
  std::optional<event_count> find(const peer& origin) const;

  /// One more event of `origin`: returns its number.
  event_count increment(const peer& origin);

  /// Learns everything that `other` knows: the least clock that knows what both know.
  void merge(const vector_clock& other);

  friend bool operator==(const vector_clock&, const vector_clock&) = default;

  template <class Archive>
  void save(Archive& archive) const {
    archive(entries_);
  }

  /// Throws std::invalid_argument for what `from_entries` refuses, as archives want it.
  template <class Archive>
  void load(Archive& archive) {
    std::vector<entry> entries;
    archive(entries);
    auto clock = from_entries(std::move(entries));
    if (!clock)
      throw std::invalid_argument{clock.failure().what};
    *this = *std::move(clock);
  }

private:
  std::vector<entry> entries_;
};

/// How `first` stands to `second`.
causal_order compare(const vector_clock& first, const vector_clock& second);

/// Whether `second` knows all that `first` knows, and more.
bool happens_before(const vector_clock& first, const vector_clock& second);

/// Whether each knows something that the other does not.
bool concurrent(const vector_clock& first, const vector_clock& second);

/// `{<origin>:<count> <origin>:<count>}`.
std::string to_string(const vector_clock& clock);

} // namespace chorus
