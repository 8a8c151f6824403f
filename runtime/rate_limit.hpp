#pragma once

#include <chorus/runtime/time.hpp>

#include <cstddef>
#include <map>
#include <string>

namespace chorus {

/// Lets one report pass for each subject, then none for a while: a stranger who knocks all day fills
/// no log.
class rate_limit {
public:
  static constexpr std::chrono::seconds quiet_for{30};

  /// Subjects remembered. With more of them at a time somebody is making them up; then new ones go
  /// unreported until the old ones are forgotten.
  static constexpr std::size_t subjects = 256;

  bool passes(const std::string& subject, time_point now) {
    std::erase_if(reported_, [now](const auto& entry) { return now - entry.second >= quiet_for; });
    if (reported_.size() >= subjects)
      return false;
    return reported_.emplace(subject, now).second;
  }

private:
  std::map<std::string, time_point> reported_;
};

} // namespace chorus
