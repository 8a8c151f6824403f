#include "transcript.hpp"

#include <algorithm>

namespace chorus::simulation {

void transcript::add(time_point now, const std::string& what) {
  if (!is_on_)
    return;
  if (lines_.size() >= limit) {
    lines_.erase(lines_.begin(), lines_.begin() + limit / 2);
    dropped_ += limit / 2 - (dropped_ > 0 ? 1 : 0); // not the line that says so
    lines_.insert(lines_.begin(), std::to_string(dropped_) + " lines before are not kept");
  }
  lines_.push_back(to_text(now.time_since_epoch()) + "  " + what);
}

std::string transcript::tail(std::size_t lines) const {
  std::string text;
  for (auto place = lines_.size() - std::min(lines, lines_.size()); place < lines_.size(); ++place)
    text += lines_[place] + '\n';
  return text;
}

std::string to_text(duration time) {
  constexpr std::size_t places = 9;
  auto nanoseconds = time.count();
  auto fraction = std::to_string(nanoseconds % 1'000'000'000);
  return std::to_string(nanoseconds / 1'000'000'000) + '.' + std::string(places - fraction.size(), '0')
         + fraction;
}

} // namespace chorus::simulation
