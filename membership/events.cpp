#include <chorus/membership/events.hpp>

namespace chorus::membership {

std::string_view to_string(member_over::why reason) noexcept {
  switch (reason) {
  case member_over::why::left:
    return "left";
  case member_over::why::restarted:
    return "restarted";
  }
  return "unknown";
}

} // namespace chorus::membership
