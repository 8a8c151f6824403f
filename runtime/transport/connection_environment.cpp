#include "connection_environment.hpp"

#include <system_error>

namespace chorus {

bool connection_environment::open(const std::function<void()>& make) {
  try {
    make();
    return true;
  } catch (const zmq::error_t&) {
    return false;
  } catch (const std::system_error&) {
    return false;
  }
}

std::unique_ptr<lane>
connection_environment::make_lane(lane::kind what, const peer& self, const std::string& endpoint) {
  return std::make_unique<lane>(context, settings, what, self, ++last_serial, endpoint);
}

} // namespace chorus
