#include "accepted_connection.hpp"

#include <chorus/runtime/check.hpp>

#include <algorithm>
#include <cstddef>
#include <fcntl.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace chorus::accepted_connection {

namespace {

std::optional<std::uint16_t> port_of(const sockaddr_storage& where) {
  switch (where.ss_family) {
  case AF_INET:
    return ntohs(reinterpret_cast<const sockaddr_in&>(where).sin_port);
  case AF_INET6:
    return ntohs(reinterpret_cast<const sockaddr_in6&>(where).sin6_port);
  default:
    return std::nullopt;
  }
}

/// As interfaces tell it: an IPv4 address that came over an IPv6 socket is an IPv4 address.
std::string without_mapping(std::string host) {
  constexpr std::string_view mapped = "::ffff:";
  return host.starts_with(mapped) && host.find('.') != std::string::npos ? host.substr(mapped.size()) : host;
}

} // namespace

std::string host_of(int descriptor) {
  sockaddr_storage other{};
  socklen_t size = sizeof other;
  if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&other), &size) != 0 || !port_of(other))
    return {};
  char digits[NI_MAXHOST];
  auto failed = getnameinfo(
      reinterpret_cast<sockaddr*>(&other), size, digits, sizeof digits, nullptr, 0, NI_NUMERICHOST
  );
  return failed ? std::string{} : without_mapping(digits);
}

std::optional<std::uint64_t> bytes_read(int descriptor) {
  tcp_info known{};
  socklen_t size = sizeof known;
  constexpr auto needed = offsetof(tcp_info, tcpi_bytes_received) + sizeof known.tcpi_bytes_received;
  if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &known, &size) != 0 || size < needed)
    return std::nullopt;
  int waiting = 0;
  if (ioctl(descriptor, SIOCINQ, &waiting) != 0)
    return std::nullopt;
  auto unread = static_cast<std::uint64_t>(std::max(waiting, 0));
  // Asked for one after the other; more may have come between.
  return known.tcpi_bytes_received - std::min<std::uint64_t>(unread, known.tcpi_bytes_received);
}

ender::ender(std::uint16_t local_port)
    : local_port_(local_port), nothing_(descriptor::required(eventfd(0, EFD_CLOEXEC))),
      own_(descriptor::required(fcntl(nothing_.number(), F_DUPFD_CLOEXEC, 0))) {}

void ender::end(int connection) {
  // A descriptor of our own: from here on it cannot become something else.
  if (dup3(connection, own_.number(), O_CLOEXEC) < 0)
    return;
  sockaddr_storage local{};
  socklen_t size = sizeof local;
  if (getsockname(own_.number(), reinterpret_cast<sockaddr*>(&local), &size) == 0
      && port_of(local) == local_port_) {
    // Reset when ZeroMQ closes it: nothing of it lingers in the system, at either end.
    linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(own_.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    shutdown(own_.number(), SHUT_RDWR);
  }
  dup3(nothing_.number(), own_.number(), O_CLOEXEC);
}

} // namespace chorus::accepted_connection
