#include <chorus/simulation/history/violation.hpp>

namespace chorus::simulation {

std::string to_string(const violation& found) {
  return found.invariant + ": " + found.what;
}

} // namespace chorus::simulation
