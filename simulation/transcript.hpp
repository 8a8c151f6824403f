#pragma once

#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace chorus::simulation {

/// What happened, a line for each event, for people. A run writes it only when it is switched on: the
/// same seed tells the same story, so it is enough to write it when a run is repeated to look at.
class transcript {
public:
  /// Lines kept; of more, the first half is dropped, and the first line left says how many are missing.
  static constexpr std::size_t limit = 200'000;

  explicit transcript(bool is_on) : is_on_(is_on) {}

  /// Ask before you put a line together.
  bool is_on() const noexcept { return is_on_; }

  /// `12.000345678  <what>`: seconds of true time since the world began.
  void add(time_point now, const std::string& what);

  const std::vector<std::string>& lines() const noexcept { return lines_; }

  /// The last lines as one text.
  std::string tail(std::size_t lines) const;

private:
  bool is_on_;
  std::size_t dropped_ = 0;
  std::vector<std::string> lines_;
};

/// Seconds with nine places: `0.000000001`.
std::string to_text(duration time);

} // namespace chorus::simulation
