#include <chorus/membership/suspicion_report.hpp>

namespace chorus::membership {

std::string_view to_string(evidence what) noexcept {
  switch (what) {
  case evidence::silence:
    return "silence";
  case evidence::refused:
    return "refused";
  case evidence::address_taken:
    return "address_taken";
  case evidence::hearsay:
    return "hearsay";
  }
  return "unknown";
}

std::string_view to_string(suspicion_report::outcome what) noexcept {
  switch (what) {
  case suspicion_report::outcome::ongoing:
    return "ongoing";
  case suspicion_report::outcome::refuted:
    return "refuted";
  case suspicion_report::outcome::failed:
    return "failed";
  case suspicion_report::outcome::left:
    return "left";
  case suspicion_report::outcome::restarted:
    return "restarted";
  }
  return "unknown";
}

} // namespace chorus::membership
