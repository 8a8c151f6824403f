#include <chorus/runtime/result.hpp>

namespace chorus {

std::string_view to_string(errc code) noexcept {
  switch (code) {
  case errc::none:
    return "none";
  case errc::invalid_argument:
    return "invalid_argument";
  case errc::malformed:
    return "malformed";
  case errc::too_large:
    return "too_large";
  case errc::unknown_type:
    return "unknown_type";
  case errc::overloaded:
    return "overloaded";
  case errc::node_down:
    return "node_down";
  case errc::not_found:
    return "not_found";
  case errc::refused:
    return "refused";
  case errc::address_in_use:
    return "address_in_use";
  case errc::permission_denied:
    return "permission_denied";
  case errc::unavailable:
    return "unavailable";
  case errc::io:
    return "io";
  case errc::outcome_unknown:
    return "outcome_unknown";
  }
  return "unknown";
}

std::string to_string(const error& failure) {
  std::string text{to_string(failure.code)};
  if (!failure.what.empty())
    text.append(": ").append(failure.what);
  return text;
}

} // namespace chorus
