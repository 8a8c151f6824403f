#include <chorus/runtime/requests/try_failure.hpp>

namespace chorus::requests {

try_failure failure_of(errc code) noexcept {
  switch (code) {
  case errc::overloaded:
    return try_failure::no_room;
  case errc::unavailable:
    return try_failure::target_leaving;
  case errc::node_down:
  case errc::not_found:
    return try_failure::target_lost;
  default:
    return try_failure::hopeless;
  }
}

next_step after(try_failure failure, bool can_find_target, bool has_open_tries) noexcept {
  switch (failure) {
  case try_failure::no_room:
    return next_step::try_again;
  case try_failure::target_leaving:
    if (has_open_tries)
      return next_step::await_open_tries;
    [[fallthrough]];
  case try_failure::target_lost:
    return can_find_target ? next_step::find_target : next_step::give_up;
  case try_failure::hopeless:
    break;
  }
  return next_step::give_up;
}

} // namespace chorus::requests
