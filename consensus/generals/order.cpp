#include <chorus/consensus/generals/order.hpp>

namespace chorus::consensus::generals {

std::string_view to_string(order what) noexcept {
  switch (what) {
  case order::retreat:
    return "retreat";
  case order::attack:
    return "attack";
  }
  return "no order";
}

} // namespace chorus::consensus::generals
