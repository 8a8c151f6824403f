#pragma once

#include <chorus/runtime/address.hpp>
#include <chorus/runtime/result.hpp>

#include <optional>
#include <string>
#include <vector>

/// Questions about the host part of an address.
namespace chorus {

/// An IPv4 or IPv6 address in digits, with or without a scope (`fe80::1%eth0`): no look-up needed.
bool is_numeric(const std::string& host);

/// `*`, `0.0.0.0` or `::`: every interface; nobody can connect to it from elsewhere.
bool is_wildcard(const std::string& host);

/// A numeric address that only this machine reaches, or the name `localhost`.
bool is_loopback(const std::string& host);

/// The addresses of `host` in digits, in the order in which the system prefers them, each once. Asks
/// the system's resolver and BLOCKS for as long as that takes, seconds if its servers are silent.
/// Errors: not_found, with a sentence that names the host.
result<std::vector<std::string>> look_up(const std::string& host);

/// How ZeroMQ writes the address. Pre: the host is numeric.
std::string endpoint_of(const address& where);

} // namespace chorus
