#pragma once

#include <string>
#include <vector>

namespace chorus {

/// One address of one network interface of this machine.
struct interface_address {
  std::string interface_name;
  std::string host; ///< in digits; with a scope if it is link-local
};

/// The addresses of all interfaces that are up, in the system's order, IPv4 before IPv6, without
/// link-local ones (they mean something else on every other machine).
std::vector<interface_address> interface_addresses();

} // namespace chorus
