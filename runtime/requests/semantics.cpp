#include <chorus/runtime/requests/semantics.hpp>

namespace chorus::requests {

std::string_view to_string(request_semantics what) noexcept {
  switch (what) {
  case request_semantics::maybe:
    return "maybe";
  case request_semantics::at_least_once:
    return "at-least-once";
  case request_semantics::at_most_once:
    return "at-most-once";
  }
  return "unknown";
}

} // namespace chorus::requests
