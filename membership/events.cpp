#include <chorus/membership/events.hpp>

namespace chorus::membership {

std::string_view to_string(member_down::why reason) noexcept {
  switch (reason) {
  case member_down::why::failed:
    return "failed";
  case member_down::why::left:
    return "left";
  case member_down::why::restarted:
    return "restarted";
  }
  return "unknown";
}

} // namespace chorus::membership
