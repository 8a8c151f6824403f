#include "listener.hpp"

#include "door.hpp"
#include "host.hpp"
#include "interfaces.hpp"

#include <cerrno>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace chorus {

namespace {

std::string own_addresses() {
  std::string all;
  for (const auto& own : interface_addresses())
    all.append(all.empty() ? "" : ", ").append(own.host);
  return all;
}

error explain(int code, const address& where) {
  auto text = to_string(where);
  switch (code) {
  case EADDRINUSE:
    return {
        errc::address_in_use,
        "another program listens on " + text + "; stop it or listen on another port (0 takes a free one)"};
  case EACCES:
  case EPERM:
    return {
        errc::permission_denied,
        "this user may not listen on " + text + "; ports below 1024 need a privilege, take a higher one"};
  case EADDRNOTAVAIL:
  case ENODEV:
    return {
        errc::invalid_argument,
        "no interface of this machine has the address of " + text + "; use * or one of " + own_addresses()};
  default:
    return {errc::io, "cannot listen on " + text + ": " + zmq_strerror(code)};
  }
}

/// In digits, what stands for `host`; several are tried until one can be bound.
result<std::vector<std::string>> candidates(const std::string& host) {
  if (host == "*")
    return std::vector<std::string>{"::", "0.0.0.0"};
  if (is_numeric(host))
    return std::vector<std::string>{host};
  std::vector<std::string> of_interface;
  for (const auto& own : interface_addresses()) {
    if (own.interface_name == host)
      of_interface.push_back(own.host);
  }
  if (!of_interface.empty())
    return of_interface;
  auto found = look_up(host);
  if (found)
    return found;
  return error{
      errc::invalid_argument,
      "cannot listen on '" + host
          + "': it is neither an address, nor an interface of this machine, nor a name that resolves; use * "
            "or one of "
          + own_addresses()};
}

result<listener> bind(zmq::context_t& context, const socket_settings& settings, const address& where) {
  zmq::socket_t router{context, zmq::socket_type::router};
  prepare(router, settings, where.host.find(':') != std::string::npos);
  keep_alive(router);
  router.set(zmq::sockopt::router_mandatory, true);
  router.set(zmq::sockopt::router_handover, true);
  // Only refusals and replies to newcomers that cannot be reached otherwise are written to it; a connection
  // that does not take them needs none.
  router.set(zmq::sockopt::sndhwm, datagrams_waiting);
  // As many as the system lets wait: whoever finds no place in the queue tries again only in a second.
  router.set(zmq::sockopt::backlog, SOMAXCONN);
  auto events = door::watch(context, router, "connections-to-" + where.host);
  if (zmq_bind(router.handle(), endpoint_of(where).c_str()) != 0)
    return explain(zmq_errno(), where);
  auto endpoint = router.get(zmq::sockopt::last_endpoint);
  auto bound = parse_address(endpoint.substr(endpoint.find("//") + 2));
  if (!bound)
    return bound.failure();
  return listener{std::move(router), std::move(events), std::move(*bound)};
}

} // namespace

result<listener> listen(zmq::context_t& context, const socket_settings& settings, const address& where) {
  auto hosts = candidates(where.host);
  if (!hosts)
    return hosts.failure();
  std::optional<error> first_failure;
  for (const auto& host : *hosts) {
    auto bound = bind(context, settings, {host, where.port});
    if (bound)
      return bound;
    // A port that is taken or forbidden on one of the addresses is so on the machine.
    auto code = bound.failure().code;
    if (code == errc::address_in_use || code == errc::permission_denied)
      return bound;
    if (!first_failure)
      first_failure = bound.failure();
  }
  return *first_failure;
}

} // namespace chorus
