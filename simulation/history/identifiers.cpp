#include <chorus/simulation/history/identifiers.hpp>

namespace chorus::simulation {

std::string to_string(participant who) {
  return "p" + std::to_string(who.value);
}

std::string to_string(const message_id& message) {
  return to_string(message.origin) + "#" + std::to_string(message.number);
}

} // namespace chorus::simulation
