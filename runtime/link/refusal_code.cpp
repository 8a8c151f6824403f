#include <chorus/runtime/link/refusal_code.hpp>

namespace chorus::link {

errc to_code(refused::why reason) noexcept {
  switch (reason) {
  case refused::why::too_large:
    return errc::too_large;
  case refused::why::closed:
    return errc::node_down;
  case refused::why::unserved:
    return errc::unavailable;
  case refused::why::overloaded:
    break;
  }
  return errc::overloaded;
}

refused::why to_reason(errc code) noexcept {
  switch (code) {
  case errc::too_large:
    return refused::why::too_large;
  case errc::node_down:
    return refused::why::closed;
  case errc::unavailable:
    return refused::why::unserved;
  default:
    return refused::why::overloaded;
  }
}

} // namespace chorus::link
