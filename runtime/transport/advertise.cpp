#include "host.hpp"
#include "interfaces.hpp"

#include <chorus/runtime/transport/advertise.hpp>

#include <algorithm>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace chorus {

namespace {

/// No other machine reaches this one there.
bool is_of_one_machine(const std::string& digits) {
  return is_loopback(digits) || is_wildcard(digits);
}

bool is_own(const std::string& digits) {
  auto own = interface_addresses();
  return is_of_one_machine(digits)
         || std::ranges::any_of(own, [&digits](const auto& each) { return each.host == digits; });
}

/// Why a cluster with this seed has members that cannot connect to a loopback address of this machine; empty
/// if the seed itself is reached over the loopback only.
std::string why_remote(const address& seed) {
  if (is_of_one_machine(seed.host))
    return "";
  auto found = look_up(seed.host);
  if (!found)
    return "does not resolve, so it is no name of this machine (" + found.failure().what + ')';
  if (std::ranges::all_of(*found, is_of_one_machine))
    return "";
  return std::ranges::all_of(*found, is_own)
             ? "is on this machine at an address that other machines use, and they could not connect to the "
               "loopback"
             : "is on another machine and could not connect back";
}

struct remote_seed {
  address where;
  std::string why;
};

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

error unreachable(const std::string& problem, const remote_seed& seed, const std::string& remedy) {
  return {
      errc::invalid_argument,
      problem + ", but the seed " + to_string(seed.where) + ' ' + seed.why + "; " + remedy};
}

} // namespace

result<address> choose_advertised(
    const address& bound, const std::optional<address>& wanted, const std::vector<address>& seeds
) {
  if (wanted && is_wildcard(wanted->host)) {
    return error{
        errc::invalid_argument,
        "this node is to be advertised as " + to_string(*wanted)
            + ", which means every interface: others cannot connect to it; advertise an address of this "
              "machine, "
              "or leave it out to let this node choose one"};
  }
  // Those that other machines reach decide: what reaches them is also good for this machine.
  std::vector<address> remote_seeds;
  std::optional<remote_seed> first_remote;
  for (const auto& each : seeds) {
    auto why = why_remote(each);
    if (why.empty())
      continue;
    remote_seeds.push_back(each);
    if (!first_remote)
      first_remote = remote_seed{each, std::move(why)};
  }
  if (first_remote) {
    const auto& seed = *first_remote;
    if (is_loopback(bound.host)) {
      return unreachable(
          "this node listens on " + to_string(bound) + ", the loopback",
          seed,
          "listen on *:" + std::to_string(bound.port) + " or on an address that others reach"
      );
    }
    if (wanted && is_loopback(wanted->host)) {
      return unreachable(
          "this node is to be advertised as " + to_string(*wanted),
          seed,
          "advertise an address that others reach, or leave it out to let this node choose one"
      );
    }
  }
  auto port = wanted && wanted->port != 0 ? wanted->port : bound.port;
  if (wanted)
    return address{wanted->host, port};
  if (!is_wildcard(bound.host))
    return address{bound.host, port};
  return address{best_interface(bound.host, remote_seeds.empty() ? seeds : remote_seeds), port};
}

bool is_every_interface(const std::string& host) {
  return is_wildcard(host);
}

} // namespace chorus
