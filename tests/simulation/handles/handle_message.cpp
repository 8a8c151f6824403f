#include "handle_message.hpp"

namespace chorus::testing {

std::pair<std::uint64_t, std::uint64_t> order_of(const handle_message& message) {
  using kind = handle_message::kind;
  constexpr auto of_the_node = ~std::uint64_t{0};
  switch (message.what) {
  case kind::held:
  case kind::introduced:
  case kind::forgotten:
  case kind::moved:
  case kind::cut:
  case kind::unreachable:
    return {of_the_node, of_the_node - 1};
  case kind::release:
    return {of_the_node, of_the_node - 2};
  default:
    return {message.sender, message.receiver};
  }
}

} // namespace chorus::testing
