#include "connection_environment.hpp"

#include <system_error>
#include <utility>

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
  auto taken =
      what == lane::kind::messages ? descriptors.take_for_messages() : descriptors.take_for_datagrams();
  return make_lane(what, self, endpoint, std::move(taken));
}

std::unique_ptr<lane>
connection_environment::make_contact_lane(const peer& self, const std::string& endpoint) {
  return make_lane(lane::kind::datagrams, self, endpoint, descriptors.take_for_contact());
}

std::unique_ptr<lane> connection_environment::make_lane(
    lane::kind what,
    const peer& self,
    const std::string& endpoint,
    std::optional<descriptor_budget::lease> taken
) {
  if (!taken || !reserve.fill())
    throw std::system_error{std::make_error_code(std::errc::too_many_files_open)};
  return std::make_unique<lane>(context, settings, what, self, ++last_serial, endpoint, std::move(*taken));
}

} // namespace chorus
