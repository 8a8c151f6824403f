#include "interfaces.hpp"

#include <ifaddrs.h>
#include <memory>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace chorus {

namespace {

bool is_usable(const ifaddrs& entry) {
  if (entry.ifa_addr == nullptr || (entry.ifa_flags & IFF_UP) == 0)
    return false;
  if (entry.ifa_addr->sa_family == AF_INET)
    return true;
  if (entry.ifa_addr->sa_family != AF_INET6)
    return false;
  return !IN6_IS_ADDR_LINKLOCAL(&reinterpret_cast<const sockaddr_in6*>(entry.ifa_addr)->sin6_addr);
}

} // namespace

std::vector<interface_address> interface_addresses() {
  ifaddrs* found = nullptr;
  if (getifaddrs(&found) != 0)
    return {};
  std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner{found, &freeifaddrs};
  std::vector<interface_address> all;
  for (auto family : {AF_INET, AF_INET6}) {
    for (const auto* entry = found; entry != nullptr; entry = entry->ifa_next) {
      if (!is_usable(*entry) || entry->ifa_addr->sa_family != family)
        continue;
      socklen_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
      char text[NI_MAXHOST];
      if (getnameinfo(entry->ifa_addr, size, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0)
        all.push_back({entry->ifa_name, text});
    }
  }
  return all;
}

} // namespace chorus
