#include "host.hpp"
#include "interfaces.hpp"

#include <chorus/runtime/transport/advertise.hpp>

#include <algorithm>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

namespace chorus {

namespace {

/// A name that does not resolve yet is another machine's: this machine's own names always resolve.
bool is_remote(const address& seed) {
  if (is_loopback(seed.host))
    return false;
  auto found = look_up(seed.host);
  return !found || !std::all_of(found->begin(), found->end(), is_loopback);
}

/// The local address from which packets to `where` would leave. Connecting a datagram socket asks the
/// routing table and sends nothing.
std::optional<std::string> source_towards(const address& where, int family) {
  addrinfo wanted{};
  wanted.ai_family = family;
  wanted.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(where.host.c_str(), std::to_string(where.port).c_str(), &wanted, &found) != 0)
    return std::nullopt;
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner{found, &freeaddrinfo};
  std::optional<std::string> source;
  for (const auto* entry = found; entry != nullptr && !source; entry = entry->ai_next) {
    auto descriptor = socket(entry->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
      continue;
    sockaddr_storage own{};
    socklen_t size = sizeof own;
    auto* own_address = reinterpret_cast<sockaddr*>(&own);
    char text[NI_MAXHOST];
    if (connect(descriptor, entry->ai_addr, entry->ai_addrlen) == 0
        && getsockname(descriptor, own_address, &size) == 0
        && getnameinfo(own_address, size, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0)
      source = text;
    close(descriptor);
  }
  return source;
}

/// For a node that listens on all interfaces.
std::string best_interface(const std::string& bound_host, const std::vector<address>& seeds) {
  auto only_v4 = bound_host == "0.0.0.0";
  for (const auto& seed : seeds) {
    if (auto source = source_towards(seed, only_v4 ? AF_INET : AF_UNSPEC))
      return *source;
  }
  for (const auto& own : interface_addresses()) {
    if (!is_loopback(own.host) && !(only_v4 && own.host.find(':') != std::string::npos))
      return own.host;
  }
  return "127.0.0.1";
}

error unreachable(const std::string& problem, const address& seed, const std::string& remedy) {
  return {
      errc::invalid_argument,
      problem + ", but the seed " + to_string(seed) + " is on another machine and could not connect back; "
          + remedy};
}

} // namespace

result<address> choose_advertised(
    const address& bound, const std::optional<address>& wanted, const std::vector<address>& seeds
) {
  // Those on other machines decide: what reaches them is also good for this one.
  std::vector<address> remote_seeds;
  std::copy_if(seeds.begin(), seeds.end(), std::back_inserter(remote_seeds), is_remote);
  if (!remote_seeds.empty()) {
    const auto& seed = remote_seeds.front();
    if (is_loopback(bound.host)) {
      return unreachable(
          "this node listens on " + to_string(bound) + ", the loopback",
          seed,
          "listen on *:" + std::to_string(bound.port) + " or on an address that others reach"
      );
    }
    if (wanted && (is_wildcard(wanted->host) || is_loopback(wanted->host))) {
      return unreachable(
          "this node is to be advertised as " + to_string(*wanted),
          seed,
          "advertise an address that others reach, or none to let this node find it"
      );
    }
  }
  auto port = wanted && wanted->port != 0 ? wanted->port : bound.port;
  if (wanted && !is_wildcard(wanted->host))
    return address{wanted->host, port};
  if (!is_wildcard(bound.host))
    return address{bound.host, port};
  return address{best_interface(bound.host, remote_seeds.empty() ? seeds : remote_seeds), port};
}

} // namespace chorus
